"""The work on claims of the world (tests/world.py): a rule, a finding, a rejection, a file."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from billing.models import (
    Batch,
    Claim,
    ClaimAttachment,
    ClaimFinding,
    ClaimRule,
    InterchangeFile,
    Rejection,
    RemittedLine,
    Underpayment,
    UsualAllowed,
)
from rcm.models import Practice, User
from tests.world_answers import make_rejection


@dataclass(frozen=True)
class ClaimWork:
    """The rows pages about corrections are about."""

    rule: ClaimRule
    finding: ClaimFinding
    rejection: Rejection
    attachment: ClaimAttachment
    underpayment: Underpayment
    usual: UsualAllowed


def make_claim_work(batch: Batch, file: InterchangeFile, mark: str) -> ClaimWork:
    """Of the one claim of the batch, which has one finding already."""
    claim = batch.submissions.get().claim
    return ClaimWork(
        rule=make_claim_rule(batch.practice, mark),
        finding=claim.findings.get(),
        rejection=make_rejection(batch, claim, file, mark),
        attachment=make_attachment(claim, mark),
        usual=make_usual(claim),
        underpayment=make_underpayment(claim, mark),
    )


def make_claim_rule(practice: Practice, mark: str) -> ClaimRule:
    """A draft nobody tried yet."""
    maker = User.objects.create_user(f"{mark.lower()}-claims@example.test", "correct-Horse-7")
    return ClaimRule.objects.create(
        practice=practice,
        name=f"Units of {mark}",
        terms="units above 4",
        action=ClaimRule.Action.WARN,
        message=f"{mark}: look at the units.",
        starts_on=date(2026, 11, 16),
        created_by=maker,
    )


def make_attachment(claim: Claim, mark: str) -> ClaimAttachment:
    """A note that went by fax."""
    content = f"Note of {mark}.".encode()
    return ClaimAttachment.objects.create(
        practice=claim.practice,
        encounter_id=claim.encounter_id,
        rank=claim.rank,
        report_type="09",
        transmission="FX",
        control_number=f"{mark.upper()}A1",
        name=f"{mark}.txt",
        content_type=ClaimAttachment.Kind.TEXT,
        content=content,
        size=len(content),
        pages=1,
        sha256=sha256(content).hexdigest(),
        added_to=claim,
    )


def make_usual(claim: Claim) -> UsualAllowed:
    """Thirty lines of an earlier quarter."""
    return UsualAllowed.objects.create(
        practice=claim.practice,
        payer=claim.payer,
        procedure_code="99213",
        quarter=date(2026, 7, 1),
        lines=30,
        low=Decimal("110.00"),
        median=Decimal("112.00"),
        high=Decimal("112.00"),
    )


def make_underpayment(claim: Claim, mark: str) -> Underpayment:
    """The one paid line, 12.00 below what the payer allowed of thirty others."""
    line = RemittedLine.objects.get(remitted_claim__claim=claim)
    same = {"practice": claim.practice, "payer": claim.payer, "procedure_code": "99213"}
    return Underpayment.objects.create(
        **same,
        remitted_line=line,
        claim=claim,
        paid_on=date(2026, 11, 16),
        basis=Underpayment.Basis.USUAL,
        basis_name=f"Q3 2026 of {mark}",
        basis_lines=30,
        expected=Decimal("112.00"),
        allowed=Decimal("100.00"),
        shortfall=Decimal("12.00"),
    )
