"""The simulator: takes 837, 270 and 276 files up, answers them, adjudicates, pays.

One call of `run_once` does everything that is waiting. An inbound file is first moved to `work/`,
then answered in one state transaction, then moved to `received/`; answers are published last.
After a crash the next start carries on at the step that was not done.
"""

import hashlib
import logging
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from payers.sandbox import acceptance, documents, wire
from payers.sandbox.acknowledge import (
    acknowledge_group,
    acknowledge_interchange,
    is_accepted,
)
from payers.sandbox.behaviour import Behaviour, Payer
from payers.sandbox.facility import view_claim
from payers.sandbox.folders import (
    Folders,
    find_complete_files,
    name_work_file,
    read_mailbox,
    write_atomically,
)
from payers.sandbox.inquiries import InquiryDesk
from payers.sandbox.intake import SentInterchange, SentTransaction, read_submission
from payers.sandbox.partners import Partner, identify_partner
from payers.sandbox.payments import PaymentDesk
from payers.sandbox.state import Answer, State, StoredClaim
from rcm.x12.acknowledgment_277ca import ClaimAcknowledgmentStart, ClaimStatus
from rcm.x12.claim_837p import Claim, Submitter
from rcm.x12.envelope import Envelope
from rcm.x12.items import AnyClaim

log = logging.getLogger("payers.sandbox.clearinghouse")


def read_clock() -> datetime:
    """Now, in local time with its zone."""
    return datetime.now(UTC).astimezone()


def locate(error: Exception) -> str:
    """Type and place of a defect, without its message: that could quote a claim."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    return f"{type(error).__name__} at {place}"


@dataclass(frozen=True, slots=True)
class Settings:
    """`delay_seconds` lies between accepting a claim and paying it; `seed` shifts all numbers."""

    delay_seconds: float = 2.0
    seed: int = 1


class Clearinghouse:
    """Everything that happens between an inbound file and its answers."""

    def __init__(
        self,
        folders: Folders,
        state: State,
        behaviour: Behaviour,
        settings: Settings,
        is_being_written: Callable[[Path], bool] = lambda path: False,
        clock: Callable[[], datetime] = read_clock,
    ) -> None:
        self.folders = folders
        self.state = state
        self.behaviour = behaviour
        self.settings = settings
        self.clock = clock
        self._is_being_written = is_being_written
        self.desk = PaymentDesk(state, behaviour, settings.seed, clock)
        self.inquiries = InquiryDesk(state, behaviour)

    def behave(self, behaviour: Behaviour) -> None:
        """From now on the payers answer so, also what waits for its answer already."""
        self.behaviour = self.desk.behaviour = self.inquiries.behaviour = behaviour

    def run_once(self) -> int:
        """Take up, answer, adjudicate, publish; returns how much there was to be done."""
        steps = self.take_up_files() + self.answer_files()
        steps += self.adjudicate(self.clock().timestamp())
        return steps + self.publish()

    def take_up_files(self) -> int:
        """Move complete inbound files to `work/`, each under a name of its own."""
        count = 0
        for path in find_complete_files(self.folders.inbound):
            if self._is_being_written(path):
                continue
            name = name_work_file(path, self.folders.inbound, time.time_ns())
            os.replace(path, self.folders.work / name)
            count += 1
        return count

    def answer_files(self) -> int:
        """Answer every file in `work/`, oldest first.

        A file this program fails on is put aside in `received/` with the suffix .failed, so that
        the files behind it are answered.
        """
        waiting = sorted(self.folders.work.iterdir())
        for path in waiting:
            name = path.name
            try:
                if not self.state.is_received(name):
                    with self.state.transaction():
                        self._answer_file(path)
            except Exception as error:
                log.error("a file of %d bytes failed: %s", path.stat().st_size, locate(error))
                name += ".failed"
            os.replace(path, self.folders.received / name)
        return len(waiting)

    def adjudicate(self, now: float) -> int:
        """Pay and deny every claim whose delay ended before `now`; returns how many."""
        due = self.state.find_due_claims(now)
        if not due:
            return 0
        with self.state.transaction():
            return self.desk.settle(due)

    def publish(self) -> int:
        """Bring queued answers into the outbound folder; a file already there stays as it is."""
        waiting = self.state.find_unpublished()
        for answer in waiting:
            path = self.folders.outbound / answer.name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, answer.content)
            self.state.mark_published(answer.name)
            log.info("published %s (%d bytes)", answer.name, len(answer.content))
        return len(waiting)

    def _answer_file(self, path: Path) -> None:
        content = path.read_bytes()
        interchanges = read_submission(content)
        if not interchanges:
            log.warning("a file of %d bytes is not X12; no answer is possible", len(content))
        for interchange in interchanges:
            self._answer_interchange(interchange, read_mailbox(path.name))
        self.state.note_received(path.name, hashlib.sha256(content).hexdigest())

    def _answer_interchange(self, interchange: SentInterchange, mailbox: str) -> None:
        start = interchange.start
        first = interchange.groups[0].start if interchange.groups else None
        partner = identify_partner(start, first, mailbox)
        sender = f"{start.sender_qualifier}/{partner.sender_id}"
        is_repeated = not self.state.note_interchange(sender, start.control_number)
        acknowledgment = acknowledge_interchange(interchange, is_repeated=is_repeated)
        if acknowledgment:
            content = wire.write_ta1_file(self._envelope(partner), acknowledgment)
            self._queue(partner, "ta1", content)
        if acknowledgment and acknowledgment.code == "R":
            log.info("interchange refused, TA1 note %s", acknowledgment.note_code)
            return
        for group in interchange.groups:
            if not group.transactions:
                continue
            content = wire.write_999_file(self._envelope(partner), acknowledge_group(group))
            self._queue(partner, "999", content)
            for sent in group.transactions:
                if is_accepted(sent, group):
                    self._answer_claims(partner, sent)
                    self._answer_inquiries(partner, sent)

    def _answer_inquiries(self, partner: Partner, sent: SentTransaction) -> None:
        today = self.clock().date()
        if sent.eligibility:
            answers = self.inquiries.answer_eligibility(sent.eligibility, today)
            self._queue(partner, "271", wire.write_271_file(self._envelope(partner), answers))
        if sent.statuses:
            statuses = self.inquiries.answer_claims(sent.statuses, today)
            self._queue(partner, "277", wire.write_277_file(self._envelope(partner), statuses))

    def _answer_claims(self, partner: Partner, sent: SentTransaction) -> None:
        by_provider: dict[str, list[tuple[AnyClaim, ClaimStatus]]] = {}
        for claim in sent.claims:
            status = self._judge(partner, claim)
            by_provider.setdefault(claim.billing_provider.npi, []).append((claim, status))
        for judged in by_provider.values():
            statuses = [status for _, status in judged]
            content = wire.write_277ca_file(
                self._envelope(partner),
                self._describe_batch(partner, sent.batch_reference, sent.submitter, judged[0][0]),
                statuses,
            )
            self._queue(partner, "277ca", content)
            rejected = sum(status.is_rejected for status in statuses)
            log.info("claims: %d accepted, %d rejected", len(statuses) - rejected, rejected)

    def _describe_batch(
        self, partner: Partner, reference: str, submitter: Submitter | None, claim: AnyClaim
    ) -> ClaimAcknowledgmentStart:
        today = self.clock().date()
        return ClaimAcknowledgmentStart(
            source_name=self.behaviour.clearinghouse_name,
            source_id=self.behaviour.clearinghouse_id,
            receiver_name=submitter.name if submitter else partner.sender_id,
            receiver_id=submitter.identifier if submitter else partner.sender_id,
            reference=f"{self.next_number('acknowledgment'):09d}",
            created_on=today,
            batch_trace=reference,
            received_on=today,
            processed_on=today,
            provider_name=claim.billing_provider.name,
            provider_npi=claim.billing_provider.npi,
        )

    def _judge(self, partner: Partner, sent: AnyClaim) -> ClaimStatus:
        """Accept a claim into adjudication and store it, or turn it away."""
        claim = view_claim(sent)
        today = self.clock().date()
        payer = self.behaviour.payers.get(claim.payer.payer_id)
        rejection = acceptance.find_rejection(claim, payer, today)
        if payer is None or rejection:
            status = rejection or acceptance.UNKNOWN_PAYER
            return acceptance.describe_claim(claim, status, today=today)
        course, original = self._find_course(claim)
        if payer.duplicates == "reject" and self._is_duplicate(claim, course):
            return acceptance.describe_claim(claim, acceptance.DUPLICATE, today=today)
        if course == "unknown" and payer.unknown_original == "reject":
            return acceptance.describe_claim(claim, acceptance.ORIGINAL_UNKNOWN, today=today)
        icn = self.desk.next_claim_number()
        self.state.add_claim(self._build_row(partner, sent, payer, icn, course, original, today))
        return acceptance.describe_claim(claim, acceptance.ACCEPTED, today=today, icn=icn)

    def _find_course(self, claim: Claim) -> tuple[str, int | None]:
        payer_id = claim.payer.payer_id
        if claim.frequency in ("7", "8"):
            original = self.state.find_claim(payer_id, claim.payer_claim_control_number)
            if original is None or original.course in ("unknown", "void"):
                return "unknown", None
            return ("replace" if claim.frequency == "7" else "void"), original.id
        return "new", None

    def _is_duplicate(self, claim: Claim, course: str) -> bool:
        number = claim.patient_control_number
        known = self.state.find_claim_by_number(claim.payer.payer_id, number)
        return course == "new" and known is not None

    def _build_row(
        self,
        partner: Partner,
        claim: AnyClaim,
        payer: Payer,
        icn: str,
        course: str,
        original: int | None,
        today: date,
    ) -> StoredClaim:
        delay = payer.delay_seconds
        return StoredClaim(
            id=0,
            partner=documents.dump(partner),
            payer_id=payer.payer_id,
            npi=claim.billing_provider.npi,
            patient_control_number=claim.patient_control_number,
            icn=icn,
            document=documents.dump(claim),
            course=course,
            original=original,
            status="pending",
            received_on=today.isoformat(),
            due_at=self.clock().timestamp()
            + (self.settings.delay_seconds if delay is None else delay),
            remitted=None,
        )

    def next_number(self, name: str) -> int:
        """The next number of a sequence; the seed keeps two sandboxes apart."""
        return self.desk.next_number(name)

    def _envelope(self, partner: Partner) -> Envelope:
        return self.desk.address(partner)

    def _queue(self, partner: Partner, kind: str, content: bytes) -> None:
        self.state.add_answer(Answer(self.desk.name_file(partner.file_prefix, kind), kind, content))
