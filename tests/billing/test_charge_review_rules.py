"""Which coded visits wait for a person: plain facts in, reasons out."""

import pytest

from billing.rules.charge_review import LABELS, Line, Reason, Visit, review

PRICED = Line(1, "99213", True)


@pytest.mark.parametrize(
    ("visit", "reasons"),
    [
        (Visit([PRICED], True), []),
        (
            Visit([PRICED, Line(2, "99499", False)], True),
            [Reason("no_price", "99499 has no price on the date of service.", 2)],
        ),
        (
            Visit([PRICED], False),
            [Reason("no_coverage", "No policy of the patient is chosen: who pays?")],
        ),
        (
            Visit([PRICED], True, same_day="E7"),
            [Reason("duplicate_visit", "The patient saw the same provider that day: E7.")],
        ),
        (
            Visit([PRICED], True, coder="Ana Berg"),
            [Reason("new_coder", "Charts of Ana Berg are looked at for now.")],
        ),
        (
            Visit([PRICED], True, eligibility=("eligibility_inactive", "The plan ended.")),
            [Reason("eligibility_inactive", "The plan ended.")],
        ),
    ],
)
def test_a_visit_waits_for_each_reason(visit: Visit, reasons: list[Reason]) -> None:
    assert review(visit) == reasons
    assert {reason.code for reason in reasons} <= set(LABELS)


def test_every_reason_is_named_the_lines_first() -> None:
    visit = Visit([Line(1, "99499", False)], False, "E7", "Ana Berg")
    codes = [reason.code for reason in review(visit)]
    assert codes == ["no_price", "no_coverage", "duplicate_visit", "new_coder"]


def test_a_persons_word_settles_what_needs_a_judgment_and_nothing_else() -> None:
    told = ("eligibility_mismatch", "The payer has another birth date.")
    visit = Visit([Line(1, "99499", False)], False, "E7", "Ana Berg", eligibility=told)
    left = review(visit, is_accepted=True)
    assert [reason.code for reason in left] == ["no_price", "no_coverage", told[0]]
