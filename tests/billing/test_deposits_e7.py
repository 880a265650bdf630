"""A thousand EFT and remittance pairs, day by day over seven weeks with two bank holidays: early,
late, split, joined, missing, differing, twice. The generator knows what must be listed when.

Nothing of the product's calendar, matching or lists is used to know it.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from billing import deposit_state as lists
from billing.actions.deposits import match_deposits
from billing.models import BankLine, DepositMatch, Remittance
from rcm.models import Practice
from tests import make
from tests.billing import banking as b

FIRST, LAST = date(2026, 11, 2), date(2026, 12, 18)
CLOSED = {"2026-11-11", "2026-11-26"}
PAYERS = ["1999999999", "1888888888", "1777777777"]
KINDS = {
    "on time": 300,
    "early": 100,
    "late": 120,
    "split": 90,
    "joined": 90,
    "joined by name": 60,
    "no money": 80,
    "no remittance": 60,
    "differs": 70,
    "twice": 30,
}


@dataclass
class Case:
    """Told (day, trace, cents) and paid (day, trace, cents) of one pair."""

    kind: str
    payer: str
    told: list[tuple[date, str, int]] = field(default_factory=list)
    paid: list[tuple[date, str, int]] = field(default_factory=list)


def is_open(day: date) -> bool:
    return day.isoweekday() <= 5 and day.isoformat() not in CLOSED


def after(day: date, count: int) -> date:
    """The `count`-th day the banks are open after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_open(day)
    return day


def make_case(chance: random.Random, kind: str, number: int) -> Case:
    case = Case(kind, chance.choice(PAYERS))
    trace = f"E7{number:05d}X"
    cents = chance.randrange(10_000, 900_000)
    told_on = FIRST + timedelta(days=chance.randrange(25))
    paid_on = after(told_on, chance.randrange(1, 4))
    if kind == "early":
        told_on = after(told_on, 1)
        told_on, paid_on = told_on + timedelta(days=chance.randrange(1, 9)), told_on
    elif kind == "late":
        paid_on = after(told_on, chance.randrange(3, 9))
    case.told = [(told_on, trace, cents)]
    case.paid = [(paid_on, trace, cents)]
    if kind == "split":
        part = chance.randrange(1, cents)
        later = after(paid_on, chance.randrange(0, 5) or 1)
        case.paid = [(paid_on, trace, part), (later, trace, cents - part)]
    elif kind.startswith("joined"):
        parts = [chance.randrange(100, 90_000) for _ in range(chance.randrange(2, 5))]
        names = [f"{trace}-{at}" if "name" in kind else trace for at in range(len(parts))]
        days = [told_on + timedelta(days=chance.randrange(7)) for _ in parts]
        case.told = list(zip(days, names, parts, strict=True))
        case.paid = [(paid_on, trace, sum(parts))]
    elif kind == "no money":
        case.paid = []
    elif kind == "no remittance":
        case.told = []
    elif kind == "differs":
        case.paid = [(paid_on, trace, cents + chance.choice([-100, -1, 1, 5_000]))]
    elif kind == "twice":
        case.paid.append((after(paid_on, 2), trace, cents))
    return case


def expected(case: Case, today: date) -> tuple[Counter[str], Counter[str]]:
    """How many remittances and bank lines of the case stand in each state at the end of `today`."""
    told = [row for row in case.told if row[0] <= today]
    paid = [row for row in case.paid if row[0] <= today]

    def by_age(rows: list[tuple[date, str, int]]) -> Counter[str]:
        return Counter("overdue" if today >= after(day, 3) else "waiting" for day, *_ in rows)

    def all_in(state: str) -> tuple[Counter[str], Counter[str]]:
        return Counter({state: len(told)}), Counter({state: len(paid)})

    if not told or not paid:
        return by_age(told), by_age(paid)
    if case.kind == "differs":
        return all_in("differs")
    if case.kind == "twice":
        if len(paid) == 1:
            return all_in("matched")
        return Counter(differs=1), Counter(matched=1, differs=1)
    if len(told) == len(case.told) and len(paid) == len(case.paid):
        return all_in("matched")
    if case.kind == "joined by name":
        return by_age(told), by_age(paid)
    return all_in("differs")


def listed(practice: Practice, today: date) -> dict[str, tuple[str, str]]:
    """What the page lists: every row by its id, with its trace number."""
    found: dict[str, tuple[str, str]] = {}
    views = {
        "overdue": (
            lists.overdue_payments(practice.pk, today),
            lists.overdue_lines(practice.pk, today),
        ),
        "differs": (
            lists.differing_payments(practice.pk),
            lists.differing_lines(practice.pk),
        ),
        "open": (lists.missing_payments(practice.pk), lists.unexplained_lines(practice.pk)),
    }
    for name, (payments, lines) in views.items():
        for side, rows in (("payment", payments), ("line", lines)):
            for pk, trace in rows.values_list("pk", "trace_number"):
                key = f"{side} {pk}"
                if name == "open" and key in found:
                    continue
                assert key not in found, f"{key} is listed twice"
                found[key] = (trace, "waiting" if name == "open" else name)
    return found


def shown(practice: Practice, today: date) -> Iterator[tuple[str, str, str]]:
    """(side, trace, state) of every row there is; what no list holds must be matched in full."""
    found = listed(practice, today)
    states = lists.deposit_states(practice.pk, Remittance.objects.all(), today)
    for pk, trace in Remittance.objects.values_list("pk", "trace_number"):
        state = found.get(f"payment {pk}", ("", "matched"))[1]
        assert states[pk].state == state, (trace, states[pk], state)
        yield "payment", trace, state
    rows = DepositMatch.objects.values_list("bank_line").annotate(total=Sum("amount"))
    stands = dict(rows)
    for pk, trace, amount in BankLine.objects.values_list("pk", "trace_number", "amount"):
        state = found.get(f"line {pk}", ("", "matched"))[1]
        assert state != "matched" or stands[pk] == amount
        yield "line", trace, state


def live(practice: Practice, cases: list[Case], today: date) -> None:
    """One day: remittances arrive, then the bank's file, then the sweep."""
    told = [(case.payer, *row[1:]) for case in cases for row in case.told if row[0] == today]
    file = make.interchange_file(practice, f"day {today}".encode())
    Remittance.objects.bulk_create(
        Remittance(
            practice=practice,
            file=file,
            transaction_number="1",
            payer_identifier=payer,
            trace_number=trace,
            paid_on=today,
            amount_paid=Decimal(cents) / 100,
            copy_number=at + 1,  # several of one trace number and day
            recorded_at=b.noon(today),
        )
        for at, (payer, trace, cents) in enumerate(told)
    )
    paid = [
        b.movement(cents, b.addenda(trace, case.payer))
        for case in cases
        for day, trace, cents in case.paid
        if day == today
    ]
    if paid:
        b.imported(practice, b.bai2(*paid, day=today))
    match_deposits(practice)


def test_e7_every_pair_is_matched_or_listed_on_the_day_it_is_due(north: Practice) -> None:
    chance = random.Random(835)  # noqa: S311  (a test's dice)
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    cases = [make_case(chance, kind, number) for number, kind in enumerate(kinds)]
    assert len(cases) == 1000
    of_trace = {row[1].split("-")[0]: case for case in cases for row in (*case.told, *case.paid)}
    seen: Counter[str] = Counter()
    day = FIRST
    while day <= LAST:
        live(north, cases, day)
        found: dict[int, list[Counter[str]]] = {id(case): [Counter(), Counter()] for case in cases}
        for side, trace, state in shown(north, day):
            case = of_trace[trace.split("-")[0]]
            found[id(case)][side == "line"][state] += 1
        for case in cases:
            wanted = expected(case, day)
            assert tuple(found[id(case)]) == wanted, (day, case, found[id(case)], wanted)
            seen.update(wanted[0])
        day += timedelta(days=1)
    assert all(seen[state] > 1000 for state in ("waiting", "overdue", "differs", "matched"))
    ended = Counter(state for _, _, state in shown(north, LAST))
    assert ended["waiting"] == 0
    # Nothing is listed but what is missing or differs: 80 + 60, and 70 and 30 pairs on both sides.
    assert (ended["overdue"], ended["differs"]) == (140, 200)
