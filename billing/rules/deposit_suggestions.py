"""What a person is offered for a bank line or a payment nobody could match by trace number.

A suggestion never matches by itself: amount, payer and day are likely, not certain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.rules.deposits import Line, Payment, same_payer
from rcm.business_days import business_days_between

WINDOW = 30  # days between a payment and its money that are worth a suggestion
CANDIDATES = 20  # of which sums are tried
PARTS = 6  # a sum has at most
SHOWN = 5
LEAST = 50
# Words of a payer's name that say nothing.
NOISE = {"THE", "AND", "INC", "LLC", "CORP", "HEALTH", "CARE", "PLAN", "INSURANCE", "COMPANY"}


@dataclass(frozen=True)
class Suggestion:
    """These together are it. `score` to 100; `why` in words."""

    ids: tuple[int, ...]
    score: int
    why: tuple[str, ...]


def suggest_payments(line: Line, payments: Sequence[Payment]) -> list[Suggestion]:
    """Payments that may be this line, best first: single ones, and the one sum that fits."""
    return suggest(line, payments, lambda payment: score_pair(payment, line))


def suggest_lines(payment: Payment, lines: Sequence[Line]) -> list[Suggestion]:
    """Bank lines that may be this payment."""
    return suggest(payment, lines, lambda line: score_pair(payment, line))


def suggest(
    item: Line | Payment,
    others: Sequence[Line | Payment],
    score: Callable[..., tuple[int, tuple[str, ...]]],
) -> list[Suggestion]:
    scored = [(other, *score(other)) for other in others]
    found = [
        Suggestion((other.id,), points, why) for other, points, why in scored if points >= LEAST
    ]
    if not any(other.amount == item.amount and points >= LEAST for other, points, _ in scored):
        related = [
            other
            for other, points, why in scored
            if other.amount > 0 and points > 0 and is_tied(why)
        ]
        if ids := only_sum(related[:CANDIDATES], item.amount):
            found.append(Suggestion(ids, 70, ("the only sum that fits", "same payer")))
    return sorted(found, key=lambda each: (-each.score, each.ids))[:SHOWN]


def is_tied(why: tuple[str, ...]) -> bool:
    """Sums are tried only among what belongs to one payer or trace number."""
    return "same payer" in why or "same trace number" in why or "payer named" in why


def score_pair(payment: Payment, line: Line) -> tuple[int, tuple[str, ...]]:
    """How likely they are one, with the reasons. 0 for another payer or days too far."""
    apart = abs((line.deposited_on - payment.paid_on).days)
    if not same_payer(payment.payer, line.payer) or apart > WINDOW:
        return 0, ()
    score = 0
    why: list[str] = []
    if payment.trace_key and payment.trace_key == line.trace_key:
        score, why = score + 50, [*why, "same trace number"]
    if payment.amount == line.amount:
        score, why = score + 40, [*why, "same amount"]
    if payment.payer and payment.payer == line.payer:
        score, why = score + 20, [*why, "same payer"]
    elif is_named(payment.name, line.text):
        score, why = score + 15, [*why, "payer named"]
    days = abs(business_days_between(payment.paid_on, line.deposited_on))
    if days <= 3:
        score, why = score + 15, [*why, f"{days} business day{'' if days == 1 else 's'} apart"]
    elif apart <= 10:
        score, why = score + 8, [*why, f"{apart} days apart"]
    if {payment.method, line.method} in ({"CHK", "check"}, {"ACH", "eft"}):
        score, why = score + 5, [*why, "same method"]
    return min(score, 100), tuple(why)


def is_named(name: str, text: str) -> bool:
    """Does the bank's text hold a telling word of the payer's name?"""
    words = set(text.upper().replace(",", " ").split())
    return any(
        word in words for word in name.upper().split() if word not in NOISE and len(word) > 2
    )


def only_sum(others: Sequence[Line | Payment], target: int) -> tuple[int, ...]:
    """The ids of the one set of two to PARTS whose amounts are `target`; empty when there is none
    or more than one, because then nobody can tell.
    """
    ordered = sorted(others, key=lambda other: (-other.amount, other.id))
    found: list[tuple[int, ...]] = []

    def try_from(at: int, missing: int, chosen: tuple[int, ...]) -> None:
        if not missing and len(chosen) > 1:
            found.append(chosen)
        if missing <= 0 or len(chosen) == PARTS or len(found) > 1:
            return
        for place in range(at, len(ordered)):
            amount = ordered[place].amount
            if amount * (PARTS - len(chosen)) < missing:
                return  # the largest that are left cannot reach it
            if amount <= missing:
                try_from(place + 1, missing - amount, (*chosen, ordered[place].id))

    try_from(0, target, ())
    return tuple(sorted(found[0])) if len(found) == 1 else ()
