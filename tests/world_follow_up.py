"""An open insurance balance with a call on it, for tests that walk all addresses."""

from uuid import UUID

from billing.models import Account, Posting
from coding.models import Encounter
from denials.models import FollowUp, FollowUpTouch, PayerPattern
from rcm.models import Role, User
from tests import make
from tests.world_money import PAID_ON


def make_follow_up(encounter: Encounter, mark: str) -> FollowUp:
    """40.00 are owed by the next payer; a person called about it, and how it pays is known."""
    practice = encounter.practice
    number = f"F{mark}"
    claim = make.claim(
        practice, ("99213", "40.00"), encounter=encounter, rank="S", patient_control_number=number
    )
    Posting.objects.create(
        practice=practice,
        source=Account.REVENUE,
        destination=Account.SECONDARY_RECEIVABLE,
        amount=claim.amount_billed,
        claim=claim,
        origin=f"test:{mark}",
        posted_on=PAID_ON,
    )
    row = FollowUp.objects.get(claim=claim)
    PayerPattern.objects.create(
        practice=practice,
        payer=claim.payer,
        answers=40,
        median_days=14,
        slow_days=25,
        learned_at=claim.created_at,
    )
    person = make.member(practice, Role.BILLER, f"call-{mark}@example.test", "Cal", mark)
    call_about(row, person, mark)
    row.refresh_from_db()
    return row


def call_about(row: FollowUp, person: User, mark: str) -> None:
    """A call, and the lead was told."""
    touch = FollowUpTouch.objects.create(
        practice=row.practice,
        follow_up=row,
        act=UUID(int=row.pk),
        kind=FollowUpTouch.Kind.CALL,
        outcome="in_process",
        answered_by=f"Rita of {mark}",
        reference=f"REF {mark}",
        next_on=PAID_ON,
        note=f"{mark} is looked at",
        amount=row.balance,
        before={},
        created_by=person,
    )
    FollowUp.objects.filter(pk=row.pk).update(
        owner=person,
        next_on=PAID_ON,
        touched_at=touch.created_at,
        touched_on=PAID_ON,
        last_touch=touch,
        escalated_by=person,
        escalated_at=touch.created_at,
        escalation_reason=f"{mark} is silent",
    )
