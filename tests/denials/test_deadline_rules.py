"""Until when a remedy is open: windows by program and payer, leap days, holidays, local days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denials.rules.deadlines import (
    AppealStep,
    Deadline,
    DeniedClaim,
    PayerTerms,
    after_business_days,
    deadlines,
    in_window,
    new_claim,
)
from denials.rules.local_day import ZONES, days_left, local_day
from denials.rules.program_deadlines import Window, one_year_after
from payers.rules.filing import FilingLimits, is_business_day

LIMITS = FilingLimits(90, 180, "Unified", "Unified")
CHICAGO = ZoneInfo("America/Chicago")


def denied(**changes: object) -> DeniedClaim:
    facts: dict[str, object] = {
        "payer_class": "commercial",
        "payer_name": "Unified",
        "reason": "16",
        "remarks": (),
        "is_institutional": False,
        "takes_replacement": True,
        "served_from": date(2026, 1, 5),
        "served_through": date(2026, 1, 9),
        "denied_on": date(2026, 2, 2),
        "limits": LIMITS,
        "appeal_days": 120,
    }
    return DeniedClaim(**facts | changes)  # type: ignore[arg-type]  # facts by name


def days(found: list[Deadline]) -> dict[str, tuple[str, str]]:
    return {row.remedy: (row.deadline.isoformat(), row.last_safe_day.isoformat()) for row in found}


def test_a_commercial_denial_can_be_corrected_and_appealed() -> None:
    # August 1 is a Saturday, June 2 a Tuesday.
    assert days(deadlines(denied())) == {
        "appeal_1": ("2026-06-02", "2026-06-02"),
        "corrected_claim": ("2026-08-01", "2026-07-31"),
    }


def test_professional_medicare_has_no_corrected_claim_but_a_reopening() -> None:
    found = deadlines(denied(payer_class="medicare"))
    assert days(found) == {
        "appeal_1": ("2026-06-07", "2026-06-05"),
        "reopening": ("2027-02-02", "2027-02-02"),
    }
    assert found[0].source == "Redetermination: 120 days from receipt, 42 CFR 405.942"
    assert (found[0].starts_on, found[0].days, found[0].confidence) == (
        date(2026, 2, 7),
        120,
        "high",
    )


def test_a_facility_corrects_at_medicare_within_a_year_of_the_through_date() -> None:
    found = deadlines(denied(payer_class="medicare", is_institutional=True))
    # January 9, 2027 is a Saturday.
    assert days(found)["corrected_claim"] == ("2027-01-09", "2027-01-08")
    assert "reopening" not in days(found)


@pytest.mark.parametrize(
    ("level", "expected"),
    [(1, 180), (2, 60), (3, 60), (4, 60)],
)
def test_each_medicare_level_begins_five_days_after_the_notice_before_it(
    level: int, expected: int
) -> None:
    noticed = date(2026, 8, 3)
    decisions = {each: noticed - timedelta(days=100 * (level - each)) for each in range(1, level)}
    found = deadlines(denied(payer_class="medicare", decisions=decisions | {level: noticed}))
    [row] = [each for each in found if each.remedy == f"appeal_{level + 1}"]
    assert (row.days, row.deadline) == (expected, noticed + timedelta(days=5 + expected))


def test_after_the_fifth_level_there_is_no_further_appeal() -> None:
    decisions = {level: date(2026, 8, 3) for level in range(1, 6)}
    assert days(deadlines(denied(payer_class="medicare", decisions=decisions))).keys() == {
        "reopening"
    }


def test_a_commercial_payer_has_two_levels_and_then_an_external_review() -> None:
    second = deadlines(denied(decisions={1: date(2026, 4, 1)}))
    assert days(second)["appeal_2"] == ("2026-07-30", "2026-07-30")
    external = deadlines(denied(decisions={1: date(2026, 4, 1), 2: date(2026, 6, 1)}))
    assert days(external)["external_review"] == ("2026-09-29", "2026-09-29")
    over = {1: date(2026, 4, 1), 2: date(2026, 6, 1), 6: date(2026, 9, 1)}
    assert days(deadlines(denied(decisions=over))).keys() == {"corrected_claim"}


@pytest.mark.parametrize(
    ("payer_class", "expected"),
    [("advantage", ("2026-04-08", "2026-04-08")), ("medicaid", ("2026-04-03", "2026-04-03"))],
)
def test_other_programs_have_sixty_days(payer_class: str, expected: tuple[str, str]) -> None:
    assert days(deadlines(denied(payer_class=payer_class)))["appeal_1"] == expected


def test_an_unprocessable_claim_is_sent_anew_and_never_appealed() -> None:
    found = deadlines(denied(payer_class="medicare", remarks=("N56", "MA130")))
    assert days(found) == {"new_claim": ("2027-01-05", "2027-01-05")}
    assert days(deadlines(denied(remarks=("MA130",)))) == {
        "new_claim": ("2026-04-05", "2026-04-03")
    }


def test_late_filing_cannot_be_appealed_at_medicare_but_elsewhere() -> None:
    [row] = deadlines(denied(payer_class="medicare", reason="29"))
    assert (row.remedy, row.deadline, row.confidence) == (
        "decision",
        date(2026, 3, 4),
        "house rule",
    )
    assert days(deadlines(denied(reason="29"))) == {"appeal_1": ("2026-06-02", "2026-06-02")}


def test_a_payer_without_replacements_is_appealed_to_and_sent_no_second_claim() -> None:
    assert days(deadlines(denied(takes_replacement=False))) == {
        "appeal_1": ("2026-06-02", "2026-06-02")
    }


def test_a_states_program_is_never_longer_than_the_federal_limit() -> None:
    long = FilingLimits(730, 180, "State", "State")
    row = new_claim(denied(payer_class="medicaid", limits=long))
    assert (row.days, row.deadline) == (365, date(2027, 1, 5))
    short = new_claim(denied(payer_class="medicaid"))
    assert (short.days, short.source) == (90, "Timely filing of Unified, counted from the service")


@pytest.mark.parametrize(
    ("served", "end"),
    [
        ("2023-02-28", "2024-02-28"),
        ("2023-03-01", "2024-03-01"),
        ("2024-02-28", "2025-02-28"),
        ("2024-02-29", "2025-02-28"),
        ("2024-03-01", "2025-03-01"),
        ("2027-12-31", "2028-12-31"),
    ],
)
def test_a_calendar_year_ends_on_the_same_date_and_february_29_on_the_28th(
    served: str, end: str
) -> None:
    assert one_year_after(date.fromisoformat(served)).isoformat() == end


@pytest.mark.parametrize(
    ("end", "safe"),
    [
        ("2026-07-06", "2026-07-06"),
        ("2026-07-05", "2026-07-02"),  # July 4 is a Saturday, kept on the Friday
        ("2026-07-04", "2026-07-02"),
        ("2026-07-03", "2026-07-02"),
        ("2026-07-02", "2026-07-02"),
        ("2026-11-26", "2026-11-25"),  # Thanksgiving
        ("2026-12-25", "2026-12-24"),
        ("2027-01-01", "2026-12-31"),
        ("2027-01-18", "2027-01-15"),  # Martin Luther King Day
        ("2021-12-31", "2021-12-30"),  # January 1, 2022 is a Saturday
        ("2028-02-29", "2028-02-29"),
        ("2032-02-29", "2032-02-27"),
    ],
)
def test_the_last_safe_day_is_the_business_day_on_or_before(end: str, safe: str) -> None:
    event = date.fromisoformat(end) - timedelta(days=30)
    row = in_window("appeal_1", event, Window(30, "calendar", 0, "", ""))
    assert (row.deadline.isoformat(), row.last_safe_day.isoformat()) == (end, safe)


def test_business_days_pass_over_weekends_and_holidays() -> None:
    # Wednesday; Thursday is Thanksgiving.
    assert after_business_days(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert after_business_days(date(2026, 11, 25), 3) == date(2026, 12, 1)
    assert after_business_days(date(2026, 11, 25), 0) == date(2026, 11, 25)


def terms(**changes: object) -> PayerTerms:
    facts: dict[str, object] = {
        "source": "Terms of Unified",
        "starts_on": date(2026, 1, 1),
        "corrected_claim_days": 60,
        "steps": (AppealStep(1, 30, "business", 3), AppealStep(2, 45)),
    }
    return PayerTerms(**facts | changes)  # type: ignore[arg-type]  # facts by name


def test_a_payers_own_terms_win_over_its_row_and_its_program() -> None:
    for payer_class in ("commercial", "advantage"):
        found = deadlines(denied(payer_class=payer_class), [terms()])
        # 30 business days after February 5; Presidents' Day is none of them.
        assert days(found) == {
            "appeal_1": ("2026-03-20", "2026-03-20"),
            "corrected_claim": ("2026-04-03", "2026-04-03"),
        }
        assert {row.source for row in found} == {"Terms of Unified"}
        assert {row.confidence for row in found} == {"high"}


def test_terms_hold_from_their_first_to_their_last_day() -> None:
    changed = [
        terms(ends_on=date(2026, 2, 1), corrected_claim_days=10),
        terms(starts_on=date(2026, 2, 2), ends_on=date(2026, 2, 3), corrected_claim_days=20),
        terms(starts_on=date(2026, 2, 4), corrected_claim_days=30),
    ]
    for day, expected in ((1, 10), (2, 20), (3, 20), (4, 30)):
        found = deadlines(denied(denied_on=date(2026, 2, day)), changed)
        assert [row.days for row in found if row.remedy == "corrected_claim"] == [expected]


def test_a_plans_terms_win_over_those_for_all_plans() -> None:
    own = terms(is_of_plan=True, starts_on=date(2025, 1, 1), corrected_claim_days=15)
    found = deadlines(denied(), [own, terms()])
    assert [row.days for row in found if row.remedy == "corrected_claim"] == [15]


def test_terms_of_corrections_alone_leave_the_appeals_as_they_are() -> None:
    found = days(deadlines(denied(), [terms(steps=())]))
    assert found["appeal_1"] == ("2026-06-02", "2026-06-02")
    assert found["corrected_claim"] == ("2026-04-03", "2026-04-03")


def test_terms_of_a_later_level_leave_the_first_appeal_as_it_is() -> None:
    second = terms(steps=(AppealStep(2, 45),))
    assert days(deadlines(denied(), [second]))["appeal_1"] == ("2026-06-02", "2026-06-02")
    later = deadlines(denied(decisions={1: date(2026, 4, 1)}), [second])
    assert days(later)["appeal_2"] == ("2026-05-16", "2026-05-15")


@pytest.mark.parametrize(
    ("state", "moment", "expected"),
    [
        ("HI", datetime(2026, 12, 1, 9, 59, tzinfo=UTC), date(2026, 11, 30)),
        ("HI", datetime(2026, 12, 1, 10, 0, tzinfo=UTC), date(2026, 12, 1)),
        ("NY", datetime(2026, 12, 1, 4, 59, tzinfo=UTC), date(2026, 11, 30)),
        ("NY", datetime(2026, 12, 1, 5, 0, tzinfo=UTC), date(2026, 12, 1)),
        ("NY", datetime(2026, 7, 1, 4, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("AZ", datetime(2026, 7, 1, 6, 59, tzinfo=UTC), date(2026, 6, 30)),
        ("GU", datetime(2026, 6, 30, 14, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("??", datetime(2026, 12, 1, 5, 59, tzinfo=UTC), date(2026, 11, 30)),
    ],
)
def test_the_day_is_the_practices_own(state: str, moment: datetime, expected: date) -> None:
    assert local_day(state, moment, CHICAGO) == expected


def test_every_state_and_territory_has_a_zone() -> None:
    assert len(ZONES) == 56


def test_days_left_is_none_on_the_last_day_and_negative_after_it() -> None:
    last = date(2026, 12, 31)
    assert [days_left(last, last + timedelta(days=n)) for n in (-1, 0, 1)] == [1, 0, -1]


@given(
    payer_class=st.sampled_from(
        ["medicare", "medicaid", "advantage", "commercial", "blue", "other"]
    ),
    reason=st.sampled_from(["16", "29", "50", "97"]),
    remarks=st.sampled_from([(), ("MA130",), ("M76",)]),
    served=st.dates(date(2015, 1, 1), date(2045, 12, 31)),
    stay=st.integers(0, 60),
    waited=st.integers(0, 400),
    windows=st.tuples(*[st.integers(1, 1000)] * 3),
    is_institutional=st.booleans(),
    takes_replacement=st.booleans(),
    kind=st.sampled_from(["calendar", "business"]),
    has_terms=st.booleans(),
    decided=st.integers(0, 6),
)
def test_the_last_safe_day_is_a_business_day_never_after_the_deadline(
    payer_class: str,
    reason: str,
    remarks: tuple[str, ...],
    served: date,
    stay: int,
    waited: int,
    windows: tuple[int, int, int],
    is_institutional: bool,
    takes_replacement: bool,
    kind: str,
    has_terms: bool,
    decided: int,
) -> None:
    through = served + timedelta(days=stay)
    noticed = through + timedelta(days=waited)
    claim = denied(
        payer_class=payer_class,
        reason=reason,
        remarks=remarks,
        served_from=served,
        served_through=through,
        denied_on=noticed,
        is_institutional=is_institutional,
        takes_replacement=takes_replacement,
        limits=FilingLimits(windows[0], windows[1], "A", "A"),
        appeal_days=windows[2],
        decisions=dict.fromkeys(range(1, decided + 1), noticed),
    )
    own = terms(starts_on=date(2000, 1, 1), steps=(AppealStep(1, windows[2], kind, 5),))
    found = deadlines(claim, [own] if has_terms else [])
    assert found
    assert len({row.remedy for row in found}) == len(found)
    for row in found:
        assert row.last_safe_day <= row.deadline
        assert is_business_day(row.last_safe_day)
        assert row.deadline - row.last_safe_day <= timedelta(days=5)
    safe = [row.last_safe_day for row in found]
    assert safe == sorted(safe)
