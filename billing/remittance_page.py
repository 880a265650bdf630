"""What the page of one remittance shows: its equation, what waits, claims, moves, history."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator

from billing.actions.cancelling import KIND
from billing.actions.postings import preview
from billing.actions.takebacks import RELEASABLE
from billing.deposit_state import DepositState
from billing.exception_list import waiting as waiting_claims
from billing.ledger import remittance_balances
from billing.match_candidates import candidates_for
from billing.models import Account, Claim, Posting, Remittance, RemittedClaim
from billing.policy_page import HOLDING
from billing.remitted_claim_page import with_lines
from billing.rules.waiting import why_no_release
from rcm import events
from rcm.models import Event, Job, Practice, User
from rcm.money import ZERO, from_cents

CLAIMS = 25
EXCEPTIONS = 25
MOVES = 60
DEPOSIT_TONES = {"matched": "green", "overdue": "red", "differs": "red"}
# Why a held payment cannot be released, by the code of its hold.
NO_RELEASE = {
    "unbalanced": "It does not add up: the payer has to send a new version.",
    "other_practice": "It is paid to somebody else.",
    "test_file": "It is a test: no money moved.",
    "foreign_currency": "It is not in dollars.",
    "negative_payment": "It is negative: the payer has to explain it.",
    "debit_payment": "The payer takes money back: agree on it with the payer first.",
}
EVENT_TEXTS = {
    "remittance.recorded": "Recorded",
    "remittance.held": "Recorded and held",
    "remittance.matched": "Matched with our claims",
    "remittance.posted": "Posted",
    "remittance.denials_opened": "Denials opened",
    "remittance.received_again": "Received again, not recorded twice",
    "remittance.taken_back": "Posting taken back",
    "remittance.ready": "Ready to post",
    "remittance.released": "Released",
    "remittance.replaced": "Replaced by a new version",
    "remittance.part_added": "A further part received",
    "remittance.exported": "Downloaded as an 835",
    "remittance.rules_applied": "Posted by rules",
    "remittance.holds_released": "Held claims released",
}


def balance_terms(remittance: Remittance, deposit: DepositState) -> list[dict[str, Any]]:
    """Claims less PLB is the check, less what an earlier copy of it deposited; then the bank."""
    computed = remittance.amount_claims - remittance.amount_provider_adjustments
    expected = remittance.amount_paid - remittance.amount_elsewhere
    kept = remittance.amount_provider_adjustments
    terms: list[dict[str, Any]] = [
        {"label": "Claim payments", "amount": remittance.amount_claims},
        {
            "label": "Provider adjustments",
            "sign": "−",
            "amount": kept,
            "note": "kept back" if kept > 0 else "added" if kept < 0 else "",
        },
    ]
    if remittance.amount_elsewhere:
        terms += [
            {"label": "Check states", "sign": "=", "amount": remittance.amount_paid},
            {
                "label": "Deposited before",
                "sign": "−",
                "amount": remittance.amount_elsewhere,
                "note": "by an earlier copy",
            },
        ]
    is_equal = computed == expected
    terms.append(
        {
            "label": "New money" if remittance.amount_elsewhere else "Check",
            "sign": "=",
            "amount": computed,
            "note": "adds up" if is_equal else f"check states {expected:,.2f}",
            "is_result": True,
            "tone": "green" if is_equal else "red",
        }
    )
    if deposit.state != "not_needed":
        terms.append(
            {
                "label": "Bank",
                "amount": deposit.deposited,
                "note": deposit.label.lower(),
                "is_result": True,
                "tone": DEPOSIT_TONES.get(deposit.state, "amber"),
            }
        )
    return terms


def differences_of(remittance: Remittance) -> list[dict[str, Any]]:
    """The equations that do not hold, amounts as Decimal."""
    amounts = ("stated", "computed", "difference")
    return [row | {name: Decimal(row[name]) for name in amounts} for row in remittance.differences]


def claims_page(remittance: Remittance, number: str | None) -> Page:
    """The payer's claims with lines and adjustments, in its order."""
    claims = RemittedClaim.objects.filter(practice_id=remittance.practice_id, remittance=remittance)
    return Paginator(with_lines(claims, remittance).order_by("position"), CLAIMS).get_page(number)


def record_view(
    remittance: Remittance,
    page: Page,
    holds: Iterable[dict[str, Any]],
    exceptions: Iterable[dict[str, Any]],
    *,
    by: User,
) -> None:
    """Somebody saw the payment, these claims of it, and ours that they might mean."""
    shown = {claim.pk for claim in page.object_list}
    shown |= {claim.pk for group in holds for claim in group["rows"]}
    candidates: set[int] = set()
    for row in exceptions:
        shown.add(row["remitted"].pk)
        candidates |= {found["claim"].pk for found in row["candidates"]}
    events.record(
        "remittance.viewed",
        remittance,
        by=by,
        remitted_claims=sorted(shown),
        candidates=sorted(candidates),
    )


def exceptions_of(remittance: Remittance, practice: Practice) -> list[dict[str, Any]]:
    """Claims that wait for a person, with up to three suggestions each; those of rules left out."""
    waiting = waiting_claims(RemittedClaim.objects.filter(practice=practice, remittance=remittance))
    rows = waiting.exclude(HOLDING).select_related("claim").order_by("position")
    return [
        {
            "remitted": remitted,
            "candidates": candidates_for(remitted, practice),
            "no_release": why_no_release(
                remitted.exception_code, is_matched=remitted.claim_id is not None
            ),
        }
        for remitted in rows[:EXCEPTIONS]
    ]


def moves_of(remittance: Remittance, practice: Practice) -> dict[str, Any]:
    """The moves written, or before posting the ones that would be; per account what they sum to."""
    labels = dict(Account.choices)
    if remittance.posted_at or remittance.state == Remittance.State.HELD:
        postings = Posting.objects.filter(practice=practice, remittance=remittance)
        rows: list[dict[str, Any]] = [
            {"source": labels[p.source], "destination": labels[p.destination]}
            | {"amount": p.amount, "origin": p.origin, "claim": p.claim}
            for p in postings.select_related("claim").order_by("pk")[:MOVES]
        ]
        balances = remittance_balances(practice, remittance.pk)
        return {"rows": rows, "total": postings.count()} | totals(balances, is_written=True)
    planned = preview(remittance)
    claims = Claim.objects.in_bulk({m.claim_id for m in planned[:MOVES] if m.claim_id})
    rows = [
        {"source": labels[move.source], "destination": labels[move.destination]}
        | {"amount": from_cents(move.amount), "origin": move.origin}
        | {"claim": claims.get(claim_id or 0)}
        for move, claim_id, _ in planned[:MOVES]
    ]
    balances = {}
    for move, *_ in planned:
        for account, cents in ((move.source, -move.amount), (move.destination, move.amount)):
            balances[account] = balances.get(account, ZERO) + from_cents(cents)
    return {"rows": rows, "total": len(planned)} | totals(balances, is_written=False)


def totals(balances: dict[str, Decimal], *, is_written: bool) -> dict[str, Any]:
    """Account labels with what the moves change; zeros and unapplied, shown below, left out."""
    labels = dict(Account.choices)
    accounts = [
        (labels[name], amount)
        for name, amount in balances.items()
        if amount and name != Account.UNAPPLIED
    ]
    return {
        "accounts": accounts,
        "unapplied": -balances.get(Account.UNAPPLIED, ZERO),
        "is_written": is_written,
    }


def history_of(remittance: Remittance) -> list[dict[str, Any]]:
    """What happened to it, newest first, without the looks at it."""
    told = Event.objects.filter(
        practice_id=remittance.practice_id, subject_type="remittance", subject_id=remittance.pk
    ).exclude(name="remittance.viewed")
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name.replace(".", " ")),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in told.select_related("created_by").order_by("-id")[:30]
    ]


def verbs_of(remittance: Remittance, *, can_work: bool) -> dict[str, Any]:
    """Which verbs of the whole payment run now; `no_release` says why releasing does not."""
    states = Remittance.State
    is_held = remittance.state == states.HELD
    is_manual = remittance.source == Remittance.Source.MANUAL
    is_posted = remittance.state in (states.POSTED, states.PARTLY_POSTED)
    return {
        "can_work": can_work,
        "can_post": can_work and remittance.state == states.READY,
        "can_retry": can_work and remittance.state == states.PARTLY_POSTED,
        "can_undo": can_work and is_posted and not is_manual,
        "can_release": can_work and is_held and is_releasable(remittance),
        "no_release": why_not(remittance) if can_work and is_held else "",
    }


def is_releasable(remittance: Remittance) -> bool:
    """Only a person's judgment is missing; what does not add up needs a new file."""
    return remittance.hold_code in RELEASABLE and not remittance.differences


def why_not(remittance: Remittance) -> str:
    code = "unbalanced" if remittance.differences else remittance.hold_code
    return NO_RELEASE.get(code, "")


def running_job(remittance: Remittance) -> Job | None:
    """The posting of this payment that runs now."""
    return (
        Job.objects.filter(practice_id=remittance.practice_id, kind=KIND)
        .filter(subject_type="remittance", subject_id=remittance.pk, state=Job.State.RUNNING)
        .order_by("-pk")
        .first()
    )
