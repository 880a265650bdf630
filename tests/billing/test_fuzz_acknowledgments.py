"""A hundred random histories of acknowledgments end where an oracle says, in whatever order.

`bin/fuzz acknowledgments --count 1000 --seed S` runs the same for any number and seed.
"""

import dataclasses
from typing import Any

import pytest

from billing import fuzz_acknowledgments as fuzz
from billing.actions import acknowledgments, claim_answers
from billing.models import Batch, BatchAnswer, ClaimAcknowledgment, Rejection


@pytest.mark.parametrize("seed", [21, 22])
def test_histories_end_where_the_oracle_says(db: None, seed: int) -> None:
    report = fuzz.run(50, seed)
    assert report.finds == []
    assert report.is_clean
    assert report.histories == 50
    # The histories are not tame.
    for figure in ("doubled", "repeated", "lost", "resent", "missing_forms"):
        assert getattr(report, figure) > 5, figure
    assert set(report.states) == {"submitted", "accepted", "rejected", "adjudicated"}
    # Nothing of it stays.
    for model in (Batch, BatchAnswer, ClaimAcknowledgment, Rejection):
        assert not model.objects.exists()


def test_an_answer_taken_for_the_wrong_sending_is_caught(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = claim_answers._answer

    def blind(*given: Any) -> Any:
        return dataclasses.replace(answer(*given), is_current=True)

    monkeypatch.setattr(claim_answers, "_answer", blind)
    report = fuzz.run(60, 21)
    assert report.wrong > 0
    assert "the oracle has" in report.finds[0]


def test_the_last_word_instead_of_the_worst_is_caught(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last(batch: Batch, *, is_rejected: bool, message: str) -> None:
        batch.state = Batch.State.REJECTED if is_rejected else Batch.State.ACKNOWLEDGED
        batch.save()

    monkeypatch.setattr(acknowledgments, "_acknowledge", last)
    assert fuzz.run(60, 21).wrong > 0
