"""What an authorization covers, and what a visit lacks: plain facts in, sentences out."""

from datetime import date
from decimal import Decimal

import pytest

from payers.rules.authorizations import (
    Approval,
    CodeRange,
    Gap,
    Line,
    Rule,
    Visit,
    find_gaps,
    fitting,
    needs_authorization,
    quantity_used,
    read_ranges,
    why_not,
)

D = Decimal
SERVED = date(2026, 3, 2)
THERAPY = CodeRange("97110", "97140")
APPROVAL = Approval(
    "A1", "approved", "units", D(10), date(2026, 1, 1), date(2026, 6, 30), (THERAPY,)
)
RULE = Rule(THERAPY, date(2026, 1, 1))


def visit(*lines: tuple[str, int], on: date = SERVED, provider: int = 1) -> Visit:
    found = [Line(position, code, D(units)) for position, (code, units) in enumerate(lines, 1)]
    return Visit(on, provider, found)


def test_codes_and_ranges_are_read_as_typed() -> None:
    assert read_ranges(" 97110-97140, j0585 ") == [THERAPY, CodeRange("J0585", "J0585")]
    assert [str(each) for each in read_ranges("97110-97140 J0585")] == ["97110-97140", "J0585"]
    assert read_ranges("") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9711", "9711 is no procedure code of five signs."),
        ("97140-97110", "97140-97110 ends before it begins."),
        ("97110-", " is no procedure code"),
    ],
)
def test_what_is_no_code_is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_ranges(text)


@pytest.mark.parametrize(
    ("changes", "what", "reason"),
    [
        ({}, visit(("97110", 1)), ""),
        ({"state": "requested"}, visit(("97110", 1)), "Authorization A1 is not approved."),
        ({}, visit(("97110", 1), on=date(2025, 12, 31)), "Authorization A1 starts on 01/01/2026."),
        ({}, visit(("97110", 1), on=date(2026, 7, 1)), "Authorization A1 ended on 06/30/2026."),
        ({"ends_on": None}, visit(("97110", 1), on=date(2027, 7, 1)), ""),
        ({"provider": 2}, visit(("97110", 1)), "Authorization A1 is for another provider."),
        ({"provider": 1}, visit(("97110", 1)), ""),
        ({"ranges": ()}, visit(("99213", 1)), ""),
        ({}, visit(("97150", 1)), "Authorization A1 does not cover 97150."),
    ],
)
def test_an_authorization_covers_a_line_or_says_why_not(changes, what, reason) -> None:
    code = what.lines[0].procedure_code
    assert why_not(APPROVAL._replace(**changes), what, code) == reason


def test_a_rule_holds_from_its_day_to_its_last() -> None:
    rule = Rule(THERAPY, SERVED, SERVED)
    assert needs_authorization([rule], "97140", SERVED)
    assert not needs_authorization([rule], "97140", date(2026, 3, 1))
    assert not needs_authorization([rule], "97140", date(2026, 3, 3))
    assert not needs_authorization([rule], "97150", SERVED)


def test_units_are_counted_by_line_and_visits_once_each() -> None:
    visits = [visit(("97110", 2), ("97140", 1)), visit(("99213", 1)), visit(("97112", 3))]
    assert quantity_used(APPROVAL, visits) == D(6)
    assert quantity_used(APPROVAL._replace(counts="visits"), visits) == D(2)


@pytest.mark.parametrize(
    ("what", "number", "approval", "before", "gaps"),
    [
        (visit(("99213", 1)), "", None, 0, []),
        (visit(("97110", 1)), "A1", APPROVAL, 9, []),
        (
            visit(("99213", 1), ("97110", 1)),
            "",
            None,
            0,
            [Gap("Unified wants an authorization for 97110.", 2)],
        ),
        (
            visit(("97110", 1)),
            "A9",
            None,
            0,
            [Gap("Unified wants an authorization for 97110; A9 is not on file.", 1)],
        ),
        (
            visit(("97110", 1), on=date(2026, 7, 1)),
            "A1",
            APPROVAL,
            0,
            [Gap("Authorization A1 ended on 06/30/2026.", 1)],
        ),
        (
            visit(("97110", 2)),
            "A1",
            APPROVAL,
            9,
            [Gap("Authorization A1 has 1 of 10 units left, the visit takes 2.", is_used_up=True)],
        ),
        (
            visit(("97110", 2)),
            "A1",
            APPROVAL,
            12,
            [Gap("Authorization A1 has 0 of 10 units left, the visit takes 2.", is_used_up=True)],
        ),
        (visit(("99213", 1)), "A1", APPROVAL, 12, []),
    ],
)
def test_a_visit_lacks_what_its_payer_wants(what, number, approval, before, gaps) -> None:
    assert find_gaps(what, [RULE], "Unified", number, approval, D(before)) == gaps


def test_an_authorization_fits_when_it_covers_every_line_that_needs_one() -> None:
    other = APPROVAL._replace(number="A2", ranges=(CodeRange("97110", "97110"),))
    both = visit(("97110", 1), ("97140", 1), ("99213", 1))
    assert fitting([APPROVAL, other], both, [RULE]) == [APPROVAL]
    assert fitting([APPROVAL], visit(("99213", 1)), [RULE]) == []
