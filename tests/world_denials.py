"""The denial work of the world (tests/world.py): a planned bulk, a write-off that waits."""

from dataclasses import dataclass
from decimal import Decimal

from denials.models import Denial, DenialBulk, WriteOffLimit, WriteOffLine, WriteOffRequest
from rcm.models import Role
from tests import make


@dataclass(frozen=True)
class DenialWork:
    """One of each."""

    bulk: DenialBulk
    request: WriteOffRequest
    limit: WriteOffLimit


def make_denial_work(denial: Denial) -> DenialWork:
    """Another person than those of the tests asked for both."""
    email = f"denials-{denial.pk}@example.test"
    user = make.member(denial.practice, Role.BILLER, email, "Dee", "Nial")
    own = {"practice_id": denial.practice_id}
    request = WriteOffRequest.objects.create(
        amount=denial.amount,
        reason="small_balance",
        state="requested",
        needs_approval=True,
        requested_by=user,
        **own,
    )
    WriteOffLine.objects.create(
        request=request, denial=denial, amount=denial.amount, is_open=True, **own
    )
    bulk = DenialBulk.objects.create(
        verb="assign",
        values={"person": None},
        denial_ids=[denial.pk],
        seen=[0],
        plan={"cases": 1, "amount": "1.00", "outcomes": [], "taken": 1, "refused": []},
        made_by=user,
        **own,
    )
    limit = WriteOffLimit.objects.create(role="biller", amount=Decimal("100.00"), **own)
    return DenialWork(bulk, request, limit)
