"""Checks on dates: of service, and the supporting dates of professional claims."""

from collections import Counter
from datetime import date

from billing.rules.claim_views import first_day, last_day
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CHART, CLAIM, TR3, TR3_P
from coding.rules.code_lists import INPATIENT_PLACES
from rcm.x12.claim_837 import ClaimDate
from rcm.x12.claim_837p import Claim

ONSET, ACCIDENT, ADMISSION, DISCHARGE = "431", "439", "435", "096"
LAST_WORKED, RETURN_TO_WORK = "297", "296"
LAST_PERIOD, INITIAL_TREATMENT, LAST_SEEN, ACUTE, X_RAY = "484", "454", "304", "453", "455"
# What these dates name lies behind the last service of the claim.
EARLIER = {
    ONSET: "The onset",
    INITIAL_TREATMENT: "The initial treatment",
    LAST_SEEN: "The last visit",
    ACUTE: "The acute phase",
    ACCIDENT: "The accident",
    LAST_PERIOD: "The last menstrual period",
    X_RAY: "The last X-ray",
    ADMISSION: "The admission",
}
NOT_IN_FUTURE = {**EARLIER, DISCHARGE: "The discharge"}
ACCIDENT_CAUSES = frozenset({"AA", "OA"})
CAUSES = frozenset({"AA", "EM", "OA"})


def dates_of(claim: Claim) -> tuple[ClaimDate, ...]:
    return claim.rare.dates if claim.rare is not None else ()


def day_of(claim: Claim, qualifier: str) -> date | None:
    """The first supporting date of this kind."""
    for each in dates_of(claim):
        if each.qualifier == qualifier:
            return each.on
    return None


def look_future(claim: AnyClaim, facts: ClaimFacts) -> Look:
    today = facts.today
    for line in claim.lines:
        last = line.date_of_service_end or line.date_of_service
        if last is not None and last > today:
            yield Hit(f"Line {line.position} has a date of service in the future.", line.position)


def look_reversed(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        first, last = line.date_of_service, line.date_of_service_end
        if first is not None and last is not None and last < first:
            yield Hit(f"Line {line.position} ends before it begins.", line.position)


def look_old(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Ten years back no payer takes a claim: the year was mistyped."""
    first = first_day(claim)
    if first is not None and facts.today.year - first.year > 10:
        yield Hit(f"The first service is in {first.year}.")


def look_admission(claim: Claim, facts: ClaimFacts) -> Look:
    places = {claim.place_of_service, *(line.place_of_service for line in claim.lines)}
    if places & INPATIENT_PLACES and day_of(claim, ADMISSION) is None:
        yield Hit("An inpatient's claim needs the date of admission.")


def look_discharge(claim: Claim, facts: ClaimFacts) -> Look:
    admitted, discharged = day_of(claim, ADMISSION), day_of(claim, DISCHARGE)
    if admitted and discharged and discharged < admitted:
        yield Hit("The discharge is before the admission.")


def look_discharge_alone(claim: Claim, facts: ClaimFacts) -> Look:
    if day_of(claim, DISCHARGE) and day_of(claim, ADMISSION) is None:
        yield Hit("There is a discharge but no admission.")


def look_earlier(claim: Claim, facts: ClaimFacts) -> Look:
    last = last_day(claim) if claim.rare is not None else None
    for each in dates_of(claim):
        if last and each.qualifier in EARLIER and each.on > last:
            yield Hit(
                f"{EARLIER[each.qualifier]} is after the last service.",
                None,
                f"2300 DTP*{each.qualifier}",
            )


def look_supporting_future(claim: Claim, facts: ClaimFacts) -> Look:
    for each in dates_of(claim):
        if each.qualifier in NOT_IN_FUTURE and each.on > facts.today:
            yield Hit(
                f"{NOT_IN_FUTURE[each.qualifier]} is in the future.",
                None,
                f"2300 DTP*{each.qualifier}",
            )


def look_supporting_ranges(claim: Claim, facts: ClaimFacts) -> Look:
    for each in dates_of(claim):
        if each.until is not None and each.until < each.on:
            yield Hit("A range of dates ends before it begins.", None, f"2300 DTP*{each.qualifier}")


def look_work(claim: Claim, facts: ClaimFacts) -> Look:
    last, back = day_of(claim, LAST_WORKED), day_of(claim, RETURN_TO_WORK)
    if last and back and back < last:
        yield Hit("The return to work is before the last day worked.")


def look_repeated_dates(claim: Claim, facts: ClaimFacts) -> Look:
    kinds = dates_of(claim)
    for qualifier, times in Counter(each.qualifier for each in kinds).items() if kinds else ():
        if times > 1:
            yield Hit(f"One kind of date is there {times} times.", None, f"2300 DTP*{qualifier}")


def look_causes(claim: Claim, facts: ClaimFacts) -> Look:
    for cause in claim.rare.related_causes if claim.rare is not None else ():
        if cause not in CAUSES:
            yield Hit(f"The related cause {cause!r} is none of the guide's.")


def look_accident_date(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.rare is None:
        return
    if ACCIDENT_CAUSES & set(claim.rare.related_causes) and day_of(claim, ACCIDENT) is None:
        yield Hit("An accident needs its date.")


def look_accident_cause(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.rare is None or claim.rare.related_causes:
        return
    if day_of(claim, ACCIDENT):
        yield Hit("An accident's date is there, but not what the claim has to do with one.")


def look_accident_state(claim: Claim, facts: ClaimFacts) -> Look:
    rare = claim.rare
    if rare is None or "AA" not in rare.related_causes:
        return
    if not rare.accident_state and rare.accident_country in ("", "US"):
        yield Hit("A car accident needs the state it happened in.")


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "future_date",
        "Date of service in the future",
        _B,
        "2400 DTP*472",
        CHART,
        TR3,
        look_future,
    ),
    Scrub("date_reversed", "Dates reversed", _B, "2400 DTP*472", CHART, TR3, look_reversed),
    Scrub("date_old", "Service long ago", _W, "2400 DTP*472", CHART, "Plausibility", look_old),
    Scrub(
        "admission",
        "Admission date missing",
        _W,
        "2300 DTP*435",
        CLAIM,
        "CMS Claims Processing Manual 26, item 18",
        look_admission,
        PROFESSIONAL,
    ),
    Scrub(
        "discharge",
        "Discharge before admission",
        _B,
        "2300 DTP*096",
        CLAIM,
        TR3_P,
        look_discharge,
        PROFESSIONAL,
    ),
    Scrub(
        "discharge_alone",
        "Discharge without admission",
        _W,
        "2300 DTP*435",
        CLAIM,
        TR3_P,
        look_discharge_alone,
        PROFESSIONAL,
    ),
    Scrub(
        "earlier_date",
        "Date after service",
        _B,
        "2300 DTP",
        CLAIM,
        TR3_P,
        look_earlier,
        PROFESSIONAL,
    ),
    Scrub(
        "supporting_future",
        "Supporting date in the future",
        _B,
        "2300 DTP",
        CLAIM,
        TR3_P,
        look_supporting_future,
        PROFESSIONAL,
    ),
    Scrub(
        "range_reversed",
        "Range of dates reversed",
        _B,
        "2300 DTP",
        CLAIM,
        TR3_P,
        look_supporting_ranges,
        PROFESSIONAL,
    ),
    Scrub(
        "work_dates",
        "Work dates reversed",
        _B,
        "2300 DTP*296",
        CLAIM,
        TR3_P,
        look_work,
        PROFESSIONAL,
    ),
    Scrub(
        "date_repeated",
        "Date repeated",
        _B,
        "2300 DTP",
        CLAIM,
        TR3_P,
        look_repeated_dates,
        PROFESSIONAL,
    ),
    Scrub(
        "related_cause",
        "Related cause",
        _B,
        "2300 CLM11",
        CLAIM,
        TR3_P,
        look_causes,
        PROFESSIONAL,
    ),
    Scrub(
        "accident_date",
        "Accident without date",
        _B,
        "2300 DTP*439",
        CLAIM,
        TR3_P,
        look_accident_date,
        PROFESSIONAL,
    ),
    Scrub(
        "accident_cause",
        "Accident's date without cause",
        _B,
        "2300 CLM11",
        CLAIM,
        TR3_P,
        look_accident_cause,
        PROFESSIONAL,
    ),
    Scrub(
        "accident_state",
        "Accident without state",
        _B,
        "2300 CLM11-4",
        CLAIM,
        TR3_P,
        look_accident_state,
        PROFESSIONAL,
    ),
)
