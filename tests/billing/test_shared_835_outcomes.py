"""Every sample 835 of other projects ends as it should: posted to the cent, or it says why not.

`shared_835_outcomes.json`: per file what becomes of it for a practice that is not its payee, and
for the payee that sent the claims; `why` is the reason in our words, judged by reading the file.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from rcm.models import Practice
from tests.billing.books import assert_ledger
from tests.billing.shared_files import FILES, become_payee, become_stranger, send_claims, take_in

OUTCOMES = json.loads((Path(__file__).parent / "shared_835_outcomes.json").read_text())
PATHS = FILES or [None]


def name_of(path: Path | None) -> str:
    return path.name if path else "none"


def test_every_outcome_says_why() -> None:
    assert [name for name, told in OUTCOMES.items() if not told["why"]] == []


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_shared_835_of_another_payee_moves_no_money(north: Practice, path: Path | None) -> None:
    if path is None:
        return  # the samples are not part of this repository
    become_stranger(north)
    outcome = take_in(north, path.read_bytes())
    assert outcome == OUTCOMES[path.name]["stranger"]
    assert outcome["deposited"] == "0"


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_shared_835_ends_as_judged_for_its_payee(north: Practice, path: Path | None) -> None:
    if path is None:
        return  # the samples are not part of this repository
    content = path.read_bytes()
    become_payee(north, content)
    send_claims(north, content)
    outcome = take_in(north, content)
    assert outcome == OUTCOMES[path.name]["payee"]
    if set(outcome["payments"]) <= {"posted", "held"}:
        assert_ledger(north)


def test_what_is_posted_in_full_is_what_was_paid() -> None:
    for name, told in OUTCOMES.items():
        if told["payee"]["outcome"] == "posted":
            assert Decimal(told["payee"]["deposited"]) == Decimal(told["payee"]["paid"]), name
