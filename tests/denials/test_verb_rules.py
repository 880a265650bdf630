"""What may be done with a denial, and in words why not: the rule as a table."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from denials.rules.verbs import RULES, CaseFacts, Verdict, verdict, verdicts
from denials.rules.write_offs import is_above, limit_for

TODAY = date(2026, 11, 26)
FACTS = CaseFacts(
    state="open",
    state_label="Open",
    group="PR",
    amount=Decimal("165.00"),
    owed=Decimal("165.00"),
    today=TODAY,
    limit=Decimal("250.00"),
    correction=Verdict(True),
    has_open_appeal=True,
    appeal_by=date(2027, 1, 4),
)


def answers(**changes: Any) -> dict[str, bool]:
    found = verdicts(replace(FACTS, **changes))
    return {verb: answer.is_allowed for verb, answer in found.items()}


WORK = {"corrected", "route", "bill-patient", "write-off", "pend", "recategorize", "assign"}


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, WORK | {"appeal-filed"}),
        ({"group": "CO"}, WORK - {"bill-patient"} | {"appeal-filed"}),
        ({"is_asked": True}, WORK - {"route"} | {"appeal-filed"}),
        ({"owed": Decimal("164.99")}, WORK - {"bill-patient", "write-off"} | {"appeal-filed"}),
        (
            {"state": "pended", "state_label": "Pended"},
            WORK - {"recategorize"} | {"appeal-filed", "reopen"},
        ),
        ({"state": "with_coder", "state_label": "With coder"}, {"assign"}),
        ({"state": "resubmitted", "state_label": "Resubmitted"}, {"assign"}),
        ({"state": "resolved", "state_label": "Resolved", "resolution": "paid"}, set()),
        (
            {"state": "resolved", "state_label": "Resolved", "resolution": "written_off"},
            {"take-back"},
        ),
        ({"requested": Decimal("300.00")}, {"recategorize", "assign", "appeal-filed"}),
        ({"has_open_appeal": False}, WORK),
    ],
)
def test_each_state_of_a_case_has_its_verbs(changes: dict[str, Any], allowed: set[str]) -> None:
    assert {verb for verb, may in answers(**changes).items() if may} == allowed


@pytest.mark.parametrize(
    ("verb", "changes", "why"),
    [
        (
            "bill-patient",
            {"group": "CO"},
            "The payer's group code is CO: the contract forbids billing the patient for this.",
        ),
        (
            "appeal-filed",
            {"has_open_appeal": False, "appeal_by": date(2026, 10, 2)},
            "The appeal window closed 10/02.",
        ),
        ("appeal-filed", {"has_open_appeal": False, "appeal_by": None}, "No appeal is open."),
        (
            "route",
            {"is_asked": True},
            "The coder has answered this denial already. Decide with that answer.",
        ),
        (
            "write-off",
            {"amount": Decimal("250.01"), "owed": Decimal("300.00")},
            "Above your limit of $250.00: it will ask for approval.",
        ),
        ("write-off", {"amount": Decimal("250.00"), "owed": Decimal("300.00")}, ""),
        (
            "write-off",
            {"owed": Decimal(0)},
            "The payer owes $0.00 on this claim, so $165.00 cannot be moved.",
        ),
        (
            "corrected",
            {"correct_by": date(2026, 11, 25)},
            "The window for a corrected claim closed 11/25.",
        ),
        ("corrected", {"correct_by": TODAY}, ""),
        ("corrected", {"correction": None}, ""),
        (
            "pend",
            {"state": "resolved", "state_label": "Resolved"},
            "This denial is resolved now.",
        ),
        (
            "pend",
            {"requested": Decimal("300.00")},
            "A write-off of $300.00 waits for approval. Withdraw it first.",
        ),
        (
            "take-back",
            {"state": "resolved", "resolution": "patient", "patient_owes": Decimal("100.00")},
            "The patient owes $100.00 by now: the rest was paid or moved.",
        ),
        (
            "take-back",
            {"state": "resolved", "resolution": "written_off", "is_claim_open": False},
            "The claim was replaced since.",
        ),
    ],
)
def test_the_rule_says_why_in_words(verb: str, changes: dict[str, Any], why: str) -> None:
    assert verdict(verb, replace(FACTS, **changes)).why == why


def test_recategorizing_for_the_coder_asks_what_routing_asks() -> None:
    asked = replace(FACTS, is_asked=True)
    assert verdict("recategorize", asked).is_allowed
    assert verdict("recategorize", asked, for_coder=True).code == "coder_answered"


def test_every_refusal_has_words_and_a_code() -> None:
    states = ("open", "with_coder", "resubmitted", "pended", "resolved")
    for state in states:
        for verb in RULES:
            answer = verdict(verb, replace(FACTS, state=state, state_label=state, group="CO"))
            assert answer.is_allowed or (answer.why and answer.code)


@pytest.mark.parametrize(
    ("role", "own", "limit"),
    [
        ("biller", {}, Decimal("250.00")),
        ("coder_biller", {}, Decimal("250.00")),
        ("manager", {}, None),
        ("auditor", {}, Decimal(0)),
        ("biller", {"biller": Decimal("40.00")}, Decimal("40.00")),
        ("biller", {"biller": None}, None),
        ("manager", {"manager": Decimal(0)}, Decimal(0)),
    ],
)
def test_a_role_has_its_limit(
    role: str, own: dict[str, Decimal | None], limit: Decimal | None
) -> None:
    assert limit_for(role, own) == limit


def test_at_the_limit_nobody_else_is_needed() -> None:
    assert not is_above(Decimal("250.00"), Decimal("250.00"))
    assert is_above(Decimal("250.01"), Decimal("250.00"))
    assert not is_above(Decimal(10**9), None)
