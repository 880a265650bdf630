"""Who may code what, by hand."""

from datetime import date, timedelta

import pytest

from coding.rules.credentials import (
    HeldCredential,
    VisitKind,
    WantedCredential,
    care_of,
    is_kept_from,
    lacking_for,
    standing,
    unmet_of,
)

TODAY = date(2026, 11, 23)
STAY = VisitKind("inpatient", "Cardiology", "Inpatient")
OFFICE = VisitKind("professional", "Primary care", "Established")
STAYS_WANT = WantedCredential(("cic", "ccs"), care="inpatient")
RISK_WANTS = WantedCredential(("crc",), specialty="primary CARE")


def held(kind: str, starts: int = -400, ends: int | None = 300) -> HeldCredential:
    """A credential issued and expiring so many days from today."""
    expires_on = None if ends is None else TODAY + timedelta(days=ends)
    return HeldCredential(kind, TODAY + timedelta(days=starts), expires_on)


@pytest.mark.parametrize(
    ("visit", "wanted", "holds", "missing"),
    [
        (STAY, [], [], []),
        (STAY, [STAYS_WANT], [], [STAYS_WANT]),
        (STAY, [STAYS_WANT], [held("cpc")], [STAYS_WANT]),
        (STAY, [STAYS_WANT], [held("cic")], []),
        (STAY, [STAYS_WANT], [held("ccs")], []),
        (STAY, [STAYS_WANT], [held("ccs_p")], [STAYS_WANT]),
        (STAY, [STAYS_WANT], [held("cic", ends=0)], []),
        (STAY, [STAYS_WANT], [held("cic", ends=-1)], [STAYS_WANT]),
        (STAY, [STAYS_WANT], [held("cic", ends=-1), held("ccs")], []),
        (STAY, [STAYS_WANT], [held("cic", starts=0)], []),
        (STAY, [STAYS_WANT], [held("cic", starts=1)], [STAYS_WANT]),
        (STAY, [STAYS_WANT], [held("cic", ends=None)], []),
        (OFFICE, [STAYS_WANT], [], []),
        (OFFICE, [RISK_WANTS], [held("cpc")], [RISK_WANTS]),
        (OFFICE, [RISK_WANTS], [held("crc")], []),
        (STAY, [RISK_WANTS], [], []),
        (OFFICE, [WantedCredential(("cpc",))], [], [WantedCredential(("cpc",))]),
        (OFFICE, [WantedCredential(("cpc",), visit_type="new")], [], []),
        # Every requirement that applies must be met.
        (
            VisitKind("inpatient", "Primary care"),
            [STAYS_WANT, RISK_WANTS],
            [held("cic")],
            [RISK_WANTS],
        ),
        (VisitKind("inpatient", "Primary care"), [STAYS_WANT], [held("cic")], []),
    ],
)
def test_a_person_may_code_what_a_valid_credential_opens(
    visit: VisitKind,
    wanted: list[WantedCredential],
    holds: list[HeldCredential],
    missing: list[WantedCredential],
) -> None:
    unmet = unmet_of(wanted, holds, TODAY)
    assert lacking_for(unmet, visit) == missing
    assert is_kept_from(unmet, visit) == bool(missing)


@pytest.mark.parametrize(
    ("bill", "care"),
    [
        (None, "professional"),
        ("", "professional"),
        ("111", "inpatient"),
        ("117", "inpatient"),
        ("181", "inpatient"),
        ("211", "inpatient"),
        ("131", "outpatient"),
        ("711", "outpatient"),
        ("831", "outpatient"),
    ],
)
def test_the_type_of_bill_says_what_care_it_is(bill: str | None, care: str) -> None:
    assert care_of(bill) == care


@pytest.mark.parametrize(
    ("starts", "ends", "word"),
    [
        (-400, None, "valid"),
        (-400, 91, "valid"),
        (-400, 90, "in_90_days"),
        (-400, 31, "in_90_days"),
        (-400, 30, "in_30_days"),
        (-400, 0, "in_30_days"),
        (-400, -1, "expired"),
        (1, 300, "not_yet"),
    ],
)
def test_a_credential_warns_90_and_30_days_before_it_expires(
    starts: int, ends: int | None, word: str
) -> None:
    assert standing(held("cpc", starts, ends), TODAY) == word
