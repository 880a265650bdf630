"""Pure: the one next step of a claim, in a sentence."""

from datetime import date
from typing import Any

import pytest

from billing.rules.next_party import (
    NextFacts,
    Step,
    is_forwarded,
    next_step,
    receivable_of_share,
)

TODAY = date(2026, 11, 23)
PAID_ON = date(2026, 11, 20)


def facts(*, p: int = 0, s: int = 0, t: int = 0, patient: int = 0, **changes: Any) -> NextFacts:
    """A primary claim of Unified, decided; balances in cents."""
    fields: dict[str, Any] = {
        "rank": "P",
        "payer_name": "Unified",
        "balances": {
            "primary_receivable": p,
            "secondary_receivable": s,
            "tertiary_receivable": t,
            "patient_receivable": patient,
        },
        "is_decided": True,
        "decided_on": PAID_ON,
    }
    return NextFacts(**fields | changes)


def step(facts: NextFacts) -> tuple[str, int, str]:
    return next_step(facts, today=TODAY)[:3]


@pytest.mark.parametrize(
    ("told", "code", "amount", "sentence"),
    [
        (
            facts(p=6500),
            "payer_owes",
            6500,
            "Unified still owes $65.00: denied or paid short.",
        ),
        (
            facts(s=2000, later_ranks="S"),
            "secondary_due",
            2000,
            "$20.00 is to be billed to the secondary payer.",
        ),
        (
            facts(s=2000),
            "secondary_due",
            2000,
            "$20.00 is to be billed to the secondary payer, "
            "but no such coverage is known any more.",
        ),
        (
            facts(s=2000, later_ranks="S", later_claims={"S": False}),
            "secondary_sent",
            2000,
            "$20.00 is with the secondary payer: its claim was drafted already.",
        ),
        (
            facts(s=2000, forwarded=True, forwarded_to="Medigap"),
            "crossover_waiting",
            2000,
            "Unified sent it on to Medigap, so $20.00 is not billed again. "
            "Ask about it from 12/20/2026.",
        ),
        (facts(patient=2000), "patient_share", 2000, "The patient owes $20.00; no payer is left."),
        (
            facts(patient=2000, later_ranks="S"),
            "secondary_due",
            2000,
            "$20.00 is to be billed to the secondary payer.",
        ),
        (
            facts(patient=2000, forwarded=True),
            "crossover_waiting",
            2000,
            "Unified sent it on to the secondary payer, so $20.00 is not billed again. "
            "Ask about it from 12/20/2026.",
        ),
        (
            facts(patient=2000, later_ranks="S", answered="S"),
            "patient_share",
            2000,
            "The patient owes $20.00; no payer is left.",
        ),
        (
            facts(patient=2000, later_ranks="S", later_claims={"S": True}),
            "patient_share",
            2000,
            "The patient owes $20.00; no payer is left.",
        ),
        (
            facts(s=2000, later_ranks="S", answered="S"),
            "payer_owes",
            2000,
            "The secondary payer still owes $20.00: denied or paid short.",
        ),
        (facts(p=-1200, patient=500), "credit", 1200, "$12.00 came in more than was owed."),
        (facts(), "closed", 0, "Paid and explained to the cent; nobody owes anything."),
        (facts(p=16500, is_decided=False), "undecided", 16500, "Unified has not decided yet."),
        (
            facts(p=16500, is_decided=False, was_reversed=True),
            "undecided",
            16500,
            "The payer took its decision back; a new one is expected.",
        ),
        (
            facts(p=6500, is_replaced=True),
            "replaced",
            6500,
            "A corrected claim took the place of this one.",
        ),
        (
            facts(patient=2000, rank="S", later_ranks="P"),
            "patient_share",
            2000,
            "The patient owes $20.00; no payer is left.",
        ),
        (
            facts(patient=2000, rank="S", later_ranks="PT"),
            "secondary_due",
            2000,
            "$20.00 is to be billed to the tertiary payer.",
        ),
    ],
)
def test_each_situation_has_one_next_step(
    told: NextFacts, code: str, amount: int, sentence: str
) -> None:
    assert step(told) == (code, amount, sentence)


def test_a_forwarded_claim_is_asked_about_after_thirty_days() -> None:
    told = facts(s=2000, forwarded=True)
    day = date(2026, 12, 20)
    waiting = next_step(told, today=date(2026, 12, 19))
    assert (waiting.ask_on, waiting.is_late) == (day, False)
    assert next_step(told, today=day) == Step(
        "crossover_waiting",
        2000,
        "Unified sent it on to the secondary payer, so $20.00 is not billed again. "
        "Ask about it now.",
        day,
        is_late=True,
    )
    assert next_step(told, today=TODAY, crossover_days=2).is_late


@pytest.mark.parametrize(
    ("status", "remarks", "names_next_payer", "is_on"),
    [
        *((code, [], False, True) for code in ("19", "20", "21")),
        ("1", ["MA18"], False, True),
        ("1", ["M15", "N89"], False, True),
        ("1", ["MA07"], False, True),
        ("1", [], True, True),
        ("1", ["MA01"], False, False),
        ("4", [], False, False),
    ],
)
def test_a_crossover_is_known_by_status_remark_or_party(
    status: str, remarks: list[str], names_next_payer: bool, is_on: bool
) -> None:
    assert is_forwarded(status, remarks, names_next_payer=names_next_payer) is is_on


def test_a_forwarded_share_waits_for_the_next_payer() -> None:
    assert receivable_of_share("P", "1", [], has_forwarded=True) == "secondary_receivable"
    assert receivable_of_share("S", "2", [], has_forwarded=True) == "tertiary_receivable"
    assert receivable_of_share("T", "3", [], has_forwarded=True) == "patient_receivable"
