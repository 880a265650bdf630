"""What the people and machines of a story do, each through the function the product uses.

Every task runs twice, as a message that came twice would make it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing import ledger, tasks
from billing.actions import submissions
from billing.models import Batch, Claim, InquiryBatch, InterchangeFile, Remittance
from coding.actions import codes, encounters
from coding.models import CoderTask, Encounter
from denials import tasks as denial_tasks
from payers.actions.code_lists import load_code_lists
from payers.models import Channel
from payers.sandbox.behaviour import (
    Behaviour,
    Condition,
    Denial,
    Diagnoses,
    PatientShare,
    Payer,
    Rejection,
)
from payers.sandbox.clearinghouse import Clearinghouse, Settings
from payers.sandbox.folders import Folders
from payers.sandbox.inquiry_rules import EligibilityRule, InquiryRules, MemberCondition
from payers.sandbox.requests import ScriptedRequests
from payers.sandbox.state import State
from rcm.models import Practice, User
from tests import make
from tests.billing.outgoing import sandbox_channel

WRONG_MEMBER = "UC00000000"
LAPSED_MEMBER = "UC00000099"
# Pays 92.00 for 99213, of it 20.00 by the patient; 93000 only for chest pain.
UNIFIED = Payer(
    payer_id="UNIFD",
    name="UNIFIED CARE",
    trace_identifier="1999999999",
    base={"99213": 9_200, "93000": 3_000},
    share=PatientShare(copay=2_000, copay_codes=frozenset({"99213"})),
    denials=(
        Denial(
            Condition(
                procedure_codes=frozenset({"93000"}),
                lacks_diagnosis=Diagnoses(frozenset({"R079"})),
            ),
            "CO",
            "11",
        ),
    ),
    inquiries=InquiryRules(
        eligibility=(
            EligibilityRule(MemberCondition(frozenset({LAPSED_MEMBER})), "inactive"),
            EligibilityRule(MemberCondition(frozenset({WRONG_MEMBER})), "invalid_member_id"),
        )
    ),
    rejections=(Rejection(Condition(member_ids=frozenset({WRONG_MEMBER})), "A7", "164", "IL"),),
)
# Pays all that others left; the third one too. The half pays half of it and leaves the rest.
SECOND = Payer(payer_id="SECND", name="SECOND MUTUAL", trace_identifier="1888888888")
HALF = Payer(
    payer_id="HALFP",
    name="HALF MUTUAL",
    trace_identifier="1777777777",
    secondary_percent=Decimal(50),
)
THIRD = Payer(payer_id="THIRD", name="THIRD MUTUAL", trace_identifier="1666666666")
# Prices like the first payer and sends its claims on to the second one itself.
FORWARDING = replace(
    UNIFIED,
    payer_id="FORWD",
    name="FORWARDING CARE",
    trace_identifier="1555555555",
    crossover_id="SECND",
    crossover_name="SECOND MUTUAL",
)
# Leaves a tenth of everything it allows to the patient.
COINSURING = replace(
    UNIFIED,
    payer_id="COINS",
    name="COINSURING CARE",
    trace_identifier="1444444444",
    share=PatientShare(coinsurance_percent=Decimal(10)),
)
PAYERS = (COINSURING, UNIFIED, SECOND, HALF, THIRD, FORWARDING)


def twice(task: Callable[..., Any], *ids: int) -> None:
    task(*ids)
    task(*ids)


class Story:
    """One practice's days; `house` is the clearinghouse its claims go to."""

    def __init__(
        self, practice: Practice, ana: User, ben: User, folders: Folders, state: State
    ) -> None:
        self.practice, self.ana, self.ben = practice, ana, ben
        self.channel: Channel = sandbox_channel(practice)
        behaviour = Behaviour({payer.payer_id: payer for payer in PAYERS})
        self.house = Clearinghouse(folders, state, behaviour, Settings(delay_seconds=0))
        self.requests = ScriptedRequests(self.house)
        load_code_lists()
        make.code("icd10cm", "I10", "Essential (primary) hypertension")
        make.code("icd10cm", "R079", "Chest pain, unspecified")
        make.code("procedure", "99213", "Established visit, low")
        make.code("procedure", "93000", "Electrocardiogram with report")
        make.fees(practice, c99213="165.00", c93000="55.00")

    def chart(self, **changes: Any) -> Encounter:
        """A chart of three weeks ago, waiting for a coder."""
        served_on = timezone.localdate() - timedelta(days=21)
        provider = make.provider(self.practice, npi="1098765435")
        fields = {"date_of_service": served_on, "provider": provider}
        return make.encounter(self.practice, **fields | changes)

    def code(self, *procedures: str, diagnoses: tuple[str, ...] = ("I10",)) -> Encounter:
        """Ana takes the next chart, codes it from scratch, and completes it."""
        chart = encounters.next_encounter(self.practice, by=self.ana)
        assert chart is not None
        for charge in list(chart.charges.all()):
            codes.remove_charge(charge, by=self.ana)
        for diagnosis in list(chart.diagnoses.order_by("-position")):
            codes.remove_diagnosis(diagnosis, by=self.ana)
        for code in diagnoses:
            codes.add_diagnosis(chart, code, by=self.ana)
        pointers = tuple(range(1, len(diagnoses) + 1))
        for code in procedures:
            codes.add_charge(chart, code, by=self.ana, pointers=pointers)
        encounters.complete_encounter(chart, by=self.ana)
        return chart

    def draft(self, chart: Encounter) -> Claim:
        """The notice of a coded chart arrives; the claim it became."""
        twice(tasks.draft_ready_claims, self.practice.pk, chart.pk)
        return Claim.objects.get(encounter=chart, replaces=None)

    def submit(self) -> list[Batch]:
        """Ben submits what is ready; the batches go out over SFTP."""
        batches = submissions.submit_ready(self.practice, by=self.ben, send_after=timezone.now())
        for batch in batches:
            twice(tasks.send_batch, self.practice.pk, batch.pk)
            batch.refresh_from_db()
        return batches

    def ask(self) -> list[InquiryBatch]:
        """What is to be asked goes out over SFTP; the files, oldest first."""
        twice(tasks.send_inquiries, self.practice.pk)
        return list(InquiryBatch.objects.order_by("pk"))

    def exchange(self) -> list[Remittance]:
        """The clearinghouse works, its files are fetched, read and posted; payments in order."""
        self.house.run_once()
        known = set(Remittance.objects.values_list("pk", flat=True))
        twice(tasks.fetch_channel, self.practice.pk, self.channel.pk)
        received = InterchangeFile.objects.filter(direction="in", state="received")
        for file_id in list(received.order_by("pk").values_list("pk", flat=True)):
            twice(tasks.read_file, self.practice.pk, file_id)
        new = Remittance.objects.exclude(pk__in=known).order_by("pk")
        for remittance_id in list(new.values_list("pk", flat=True)):
            twice(tasks.post_remittance, self.practice.pk, remittance_id)
            twice(denial_tasks.open_denials, self.practice.pk, remittance_id)
            twice(tasks.draft_next_claims, self.practice.pk, remittance_id)
        return list(new.all())

    def follow(self, task: CoderTask) -> None:
        """The notice of the coder's answer arrives."""
        twice(denial_tasks.follow_coder_task, self.practice.pk, task.pk)

    def paid_claim(self) -> Claim:
        """One 99213 coded, sent and paid."""
        self.chart()
        claim = self.draft(self.code("99213"))
        self.submit()
        self.exchange()
        claim.refresh_from_db()
        return claim


def balances(*claims: Claim) -> dict[str, str]:
    """What these claims together left in each account, zeros left out."""
    found: dict[str, Decimal] = {}
    for claim in claims:
        accounts = ledger.claim_balances(claim.practice_id, [claim.pk])[claim.pk]
        for account, amount in accounts.items():
            found[account] = found.get(account, Decimal(0)) + amount
    return {account: str(amount) for account, amount in found.items() if amount}


def assert_ledger(practice: Practice) -> None:
    """All accounts add up to zero, and every payment is explained to the cent."""
    assert str(ledger.ledger_sum(practice)) == "0.00"
    assert str(ledger.unapplied(practice)) == "0.00"
