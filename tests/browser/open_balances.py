"""Old balances of three payers for the browser tests: silent, promised, called about, escalated.

`python -m tests.browser.open_balances` makes them beside a running system.
"""

import json
import sys
from datetime import date, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after setup)

from billing.models import Account, Claim, Posting, ServiceLine  # noqa: E402  (after setup)
from coding.models import Encounter  # noqa: E402  (after setup)
from denials.actions import follow_ups as actions  # noqa: E402  (after setup)
from denials.actions.follow_up_refresh import refresh  # noqa: E402  (after setup)
from denials.actions.follow_ups import Call  # noqa: E402  (after setup)
from denials.models import FollowUp, PayerPattern  # noqa: E402  (after setup)
from denials.practice_days import practice_today  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice, User  # noqa: E402  (after setup)

# Days since the service and dollars of each claim.
BALANCES = (
    *((12, "212.00"), (38, "612.00"), (41, "148.50"), (47, "96.20"), (55, "1284.00")),
    *((64, "330.00"), (74, "612.75"), (83, "45.00"), (97, "820.10"), (112, "265.00")),
    *((131, "1440.00"), (188, "75.30"), (44, "410.00"), (69, "187.00")),
)


def leave_balances_open(practice: Practice, *, by: User) -> dict[str, int]:
    """Claims their payers accepted and never decided; five of them were worked on."""
    kept = FollowUp.objects.filter(claim__patient_control_number="OPEN003")
    if made := kept.first():
        return {"follow_up": made.pk}
    today = practice_today(practice)
    visits = list(Encounter.objects.filter(coverage__isnull=False).order_by("pk")[:60])
    rows = [
        open_claim(visits[at * 3], f"OPEN{at:03d}", amount, today - timedelta(days=days))
        for at, (days, amount) in enumerate(BALANCES)
    ]
    refresh(practice)
    learn(practice, {row.payer_id for row in rows if row.payer_id})
    wait = Call("in_process", "Rita", "88213", next_on=today + timedelta(days=14))
    actions.log_call(rows[1], wait, by=by)
    promise = Call("payment_on_way", "Sam", "A-1177", promised_on=today)
    for row in rows[2:4]:
        actions.log_call(row, promise, by=by)
    FollowUp.objects.filter(pk=rows[3].pk).update(promised_on=today - timedelta(days=1))
    actions.escalate(rows[8], reason="Third call, nobody finds it", by=by)
    actions.snooze(rows[9], until=today + timedelta(days=6), by=by)
    return {"follow_up": rows[3].pk}


def open_claim(visit: Encounter, number: str, amount: str, served: date) -> FollowUp:
    """A claim of rank T beside the visit's own, with its charge in the ledger."""
    practice = visit.practice
    when = f"{served + timedelta(days=1):%Y-%m-%d}T15:00:00Z"
    claim = Claim.objects.create(
        practice=practice,
        encounter=visit,
        patient=visit.patient,
        coverage=visit.coverage,
        payer=visit.coverage.payer,  # type: ignore[union-attr]  # chosen so
        rank="T",
        status=Claim.Status.ACCEPTED,
        patient_control_number=number,
        date_of_service=served,
        amount_billed=amount,
        content={},
        submitted_at=when,
        accepted_at=when,
    )
    ServiceLine.objects.create(
        practice=practice,
        claim=claim,
        position=1,
        line_control_number=f"{number}-1",
        procedure_code="99214",
        units=1,
        pointers=[1],
        date_of_service=served,
        amount_billed=amount,
    )
    Posting.objects.create(
        practice=practice,
        source=Account.REVENUE,
        destination=Account.TERTIARY_RECEIVABLE,
        amount=amount,
        claim=claim,
        origin=f"open:{number}",
        posted_on=served,
    )
    return FollowUp.objects.select_related("claim", "practice").get(claim=claim)


def learn(practice: Practice, payers: set[int]) -> None:
    """As if these payers had answered often enough."""
    for at, payer_id in enumerate(sorted(payers)):
        PayerPattern.objects.update_or_create(
            payer_id=payer_id,
            defaults={
                **{"practice": practice, "answers": 20 + 37 * at, "median_days": 12 + 3 * at},
                **{"slow_days": 26 + 5 * at, "paid_share": "0.6200", "past_slow": at + 1},
                **{"past_slow_amount": "612.00", "learned_at": timezone.now()},
            },
        )


def main() -> None:
    practice = Practice.objects.get(initials="LS")
    with access.acting_in(practice.pk):
        made = leave_balances_open(practice, by=User.objects.get(email="ben@example.test"))
        sys.stdout.write(f"{json.dumps(made)}\n")


if __name__ == "__main__":
    main()
