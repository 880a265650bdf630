"""The work on claims of the world (tests/world.py): a rule, a finding, a rejection."""

from dataclasses import dataclass
from datetime import date

from billing.models import Batch, ClaimFinding, ClaimRule, InterchangeFile, Rejection
from rcm.models import Practice, User
from tests.world_answers import make_rejection


@dataclass(frozen=True)
class ClaimWork:
    """The rows pages about corrections are about."""

    rule: ClaimRule
    finding: ClaimFinding
    rejection: Rejection


def make_claim_work(batch: Batch, file: InterchangeFile, mark: str) -> ClaimWork:
    """Of the one claim of the batch, which has one finding already."""
    claim = batch.submissions.get().claim
    return ClaimWork(
        rule=make_claim_rule(batch.practice, mark),
        finding=claim.findings.get(),
        rejection=make_rejection(batch, claim, file, mark),
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
