"""Open balances for tests of the follow-up, and the ledger added up by other means."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import Account, AnswerClock, Claim, Posting
from denials.actions.follow_up_refresh import WEIGHTS, refresh, told_of
from denials.models import FollowUp, PayerPattern
from denials.practice_days import practice_today
from denials.rules.aging import BUCKETS
from rcm.models import Practice
from tests.denials.denying import sent_claim

INSURANCE = (
    Account.PRIMARY_RECEIVABLE,
    Account.SECONDARY_RECEIVABLE,
    Account.TERTIARY_RECEIVABLE,
)


def open_balance(practice: Practice, amount: str = "165.00", **changes: Any) -> FollowUp:
    """A claim with its payer, due: its clock ended before anybody touched it."""
    claim = sent_claim(practice, ("99213", amount), **changes)
    row = FollowUp.objects.get(claim=claim)
    FollowUp.objects.filter(pk=row.pk).update(clock_on=practice_today(practice) - timedelta(days=1))
    row.refresh_from_db()
    return row


def silent_for(claim: Claim, days: int) -> None:
    """Its payer accepted it so many days ago and has thirty for a decision."""
    AnswerClock.objects.update_or_create(
        practice=claim.practice,
        payer=claim.payer,
        step="payment",
        defaults={
            "expected_within": timedelta(days=30),
            "answers_count": 10,
            "learned_at": claim.accepted_at,
        },
    )
    ago = timedelta(days=days)
    Claim.objects.filter(pk=claim.pk).update(
        submitted_at=claim.submitted_at - ago, accepted_at=claim.accepted_at - ago
    )
    refresh(claim.practice)


def weigh(practice: Practice) -> None:
    """The night's last step: the order by what payers are known to pay."""
    with connection.cursor() as db:
        db.execute(WEIGHTS, told_of(practice))


def pattern(practice: Practice, payer: Any, **changes: Any) -> PayerPattern:
    fields = {"answers": 20, "median_days": 14, "slow_days": 25, "paid_share": Decimal("0.5000")}
    claim = Claim.objects.filter(practice=practice).latest("pk")
    return PayerPattern.objects.create(
        practice=practice, payer=payer, learned_at=claim.created_at, **fields | changes
    )


def by_hand(practice: Practice) -> dict[tuple[int, str], Decimal]:
    """(claim, account) -> what the moves add up to, one by one."""
    found: dict[tuple[int, str], Decimal] = {}
    for move in Posting.objects.filter(practice=practice, claim__isnull=False):
        for account, amount in ((move.destination, move.amount), (move.source, -move.amount)):
            if account in INSURANCE:
                key = (move.claim_id or 0, str(account))
                found[key] = found.get(key, Decimal(0)) + amount
    return found


def aged_by_hand(practice: Practice) -> dict[tuple[str, str], Decimal]:
    """(payer of the claim, bucket or "credit") -> dollars, counted in days without our rules."""
    today = practice_today(practice)
    found: dict[tuple[str, str], Decimal] = {}
    for (claim_id, _), amount in by_hand(practice).items():
        claim = Claim.objects.select_related("payer").get(pk=claim_id)
        if not amount:
            continue
        days = max((today - claim.date_of_service).days, 0)
        at = min(max(days - 1, 0) // 30, 4)
        column = BUCKETS[at].key if amount > 0 else "credit"
        key = (claim.payer.short_name, column)
        found[key] = found.get(key, Decimal(0)) + abs(amount)
    return found
