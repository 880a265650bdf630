"""How an adjustment is taken, by group and reason, with a payer's own answers first."""

import pytest

from payers.rules.treatment import treat


@pytest.mark.parametrize(
    ("group", "reason", "kind"),
    [
        ("CO", "45", "contractual"),
        ("CO", "253", "contractual"),
        ("CO", "50", "denial"),
        ("CO", "97", "denial"),
        ("PR", "1", "patient"),
        ("PR", "2", "patient"),
        ("PR", "3", "patient"),
        ("PR", "27", "denial"),
        ("PR", "96", "denial"),
        ("OA", "23", "none"),
        ("OA", "18", "denial"),
        ("PI", "45", "denial"),
        ("", "45", "denial"),
    ],
)
def test_the_default_answer_of_each_group(group: str, reason: str, kind: str) -> None:
    assert treat(group, reason, {}) == kind


def test_a_payers_own_answer_wins() -> None:
    assert treat("PR", "96", {("PR", "96"): "patient"}) == "patient"
    assert treat("CO", "96", {("PR", "96"): "patient"}) == "denial"
