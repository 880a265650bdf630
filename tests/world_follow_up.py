"""An open insurance balance with a call on it, for tests that walk all addresses."""

from decimal import Decimal
from uuid import UUID

from billing.models import Account
from coding.models import Encounter
from denials.models import FollowUp, FollowUpTouch, PayerPattern
from rcm.models import Role, User
from tests import make
from tests.world_money import PAID_ON


def make_follow_up(encounter: Encounter, mark: str) -> FollowUp:
    """40.00 are owed by the next payer; a person called about it, and how it pays is known."""
    practice = encounter.practice
    claim = encounter.claims.order_by("pk")[0]
    row, _ = FollowUp.objects.get_or_create(
        practice=practice,
        claim=claim,
        account=Account.SECONDARY_RECEIVABLE,
        date_of_service=claim.date_of_service,
        defaults={"payer": claim.payer, "balance": Decimal("40.00")},
    )
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
