"""Root cause and owner of a denial, from remark, reason and table."""

from datetime import date

from denials.rules.triage import Route, Triage, due_day, triage

REASONS = {
    "97": Route("Bundled into another procedure", "coding", "coder", True),
    "16": Route("Something is missing", "billing_data", "billing", False),
    "197": Route("No authorization", "authorization", "authorization", False),
}
REMARKS = {
    "M76": Route("Diagnosis code missing or not valid", "coding", "coder", True),
    "N290": Route("Rendering provider id missing", "billing_data", "billing", False),
}


def test_the_reason_decides_when_it_says_enough() -> None:
    assert triage("197", ["M76"], REASONS, REMARKS) == Triage(
        "No authorization", "authorization", "authorization", False
    )


def test_a_remark_sharpens_a_reason_that_says_nothing_by_itself() -> None:
    found = triage("16", ["N1", "M76"], REASONS, REMARKS)
    assert found == Triage(
        "Something is missing: Diagnosis code missing or not valid", "coding", "coder", True
    )


def test_a_vague_reason_without_a_known_remark_keeps_its_own_route() -> None:
    assert triage("16", ["N1"], REASONS, REMARKS).owner_queue == "billing"


def test_an_unknown_reason_goes_to_billing_and_says_so() -> None:
    assert triage("999", [], REASONS, REMARKS) == Triage(
        "Reason not in the table", "payer_policy", "billing", False
    )


def test_the_shorter_window_sets_the_day_to_act_by() -> None:
    assert due_day(date(2026, 11, 2), (365, 120)) == date(2027, 3, 2)
