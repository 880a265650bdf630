"""What the packet of an appeal holds and lacks, read of its case, files and chart."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coding.models import Document
from denials.appeal_facts import Case, read_case
from denials.models import Appeal, AppealFile, AppealItem, Denial
from denials.models.appeal_files import PACKET
from denials.practice_days import practice_today
from denials.rules import appeals as rules
from denials.rules.appeal_letters import Filled, fill


@dataclass(frozen=True)
class CheckedItem:
    """One line of the checklist with what stands behind it, in words."""

    row: AppealItem
    is_present: bool
    note: str
    files: Sequence[AppealFile] = ()

    @property
    def is_let_go(self) -> bool:
        return bool(self.row.not_available)

    @property
    def is_missing(self) -> bool:
        return rules.Item(
            self.row.kind, self.row.is_required, self.is_present, self.is_let_go
        ).is_missing

    @property
    def is_packed(self) -> bool:
        return self.is_present and (self.row.is_required or self.row.is_included)


@dataclass(frozen=True)
class Packet:
    """An appeal as it would leave now."""

    appeal: Appeal
    case: Case
    letter: Filled
    items: list[CheckedItem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        return [str(item.row) for item in self.items if item.is_missing]


def denials_of(appeal: Appeal) -> list[Denial]:
    """The denied lines of an appeal, in order. One statement."""
    rows = Denial.objects.filter(appeal_lines__appeal=appeal).select_related(
        *("claim", "payer", "service_line", "remitted_claim__remittance"),
        *("coder_task__resolved_by",),
    )
    return list(rows.order_by("pk"))


def read_packet(appeal: Appeal, *, now: datetime) -> Packet:
    """Letter, checklist and chosen pages of an appeal, as they stand."""
    today = practice_today(appeal.practice, now=now)
    case = read_case(denials_of(appeal), appeal.level, appeal.follows, now=now, today=today)
    letter = fill(appeal.body, case.letter)
    documents = list(
        Document.objects.filter(pk__in=appeal.documents.values("document")).order_by("pk")
    )
    packet = Packet(appeal, case, letter, documents=documents)
    files: defaultdict[str, list[AppealFile]] = defaultdict(list)
    for row in appeal.files.exclude(item=PACKET).defer("content").order_by("pk"):
        files[row.item].append(row)
    order = list(rules.ITEMS)
    for item in sorted(appeal.items.all(), key=lambda row: order.index(row.kind)):
        is_present, note = _standing(item.kind, packet)
        own = files[item.kind]
        if own and not is_present:
            note = ""
        packet.items.append(CheckedItem(item, is_present or bool(own), note, own))
    return packet


def _standing(kind: str, packet: Packet) -> tuple[bool, str]:
    """Is the item there by itself, and what people read of it."""
    case = packet.case
    found: dict[str, tuple[Any, str, str]] = {
        rules.LETTER: (
            packet.letter.text and not packet.letter.missing,
            "Every field is filled",
            "Fields without a fact are marked in the letter",
        ),
        rules.REMITTANCE: (True, f"Denial of {case.letter['denied_on']}", ""),
        rules.CLAIM: (
            case.claim.content,
            f"Claim {case.claim.patient_control_number}",
            "The claim was not made here",
        ),
        rules.CHART: (
            packet.documents,
            ", ".join(row.title for row in packet.documents),
            "Choose pages of the chart",
        ),
        rules.CODER: (
            case.coder_answer,
            f"Answer of {case.coder}" if case.coder else "The coder’s answer",
            "No coder has answered this denial",
        ),
        rules.POLICY: (
            case.policies,
            case.letter["policy"],
            "No coverage document is loaded for it",
        ),
        rules.AUTHORIZATION: (
            case.authorization,
            f"Number {case.authorization}",
            "The visit names no authorization",
        ),
        rules.FILING_PROOF: (case.filing_proof, "Made of the files sent", "The claim was not sent"),
        rules.DECISION: (False, "", "Add the payer’s letter"),
        rules.OTHER: (False, "", "None added"),
    }
    is_present, there, absent = found[kind]
    return bool(is_present), there if is_present else absent
