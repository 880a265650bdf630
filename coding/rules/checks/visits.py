"""Visits and places: new or known patient, one visit a day, place of service, telehealth."""

from datetime import date
from typing import NamedTuple

from coding.rules.code_facts import CodeFacts, PastLine
from coding.rules.code_kinds import Kind, kind_of
from coding.rules.code_lists import (
    CHECK_UPS,
    INPATIENT_PLACES,
    NEW_PATIENT_VISITS,
    OFFICE_VISITS,
    SEPARATE_VISIT,
)
from coding.rules.coded_claim import CodedClaim, CodedLine, is_medicare
from coding.rules.fixes import add, drop, set_units
from coding.rules.hits import Hit, Look

VISITS = "CMS IOM 100-04 ch. 12 §30.6"
PLACES = "CMS place of service code set"
# New means nobody of the specialty saw the patient for three years (ch. 12 §30.6.7).
NEW_FOR_YEARS = 3
NEW_VISITS = NEW_PATIENT_VISITS | {"92002", "92004", *map(str, range(99381, 99388))}
# The ages of a check-up, whole years, first and last: new and known patients.
CHECK_UP_AGES = {
    code: ages
    for at, ages in enumerate(
        ((0, 0), (1, 4), (5, 11), (12, 17), (18, 39), (40, 64), (65, 199)), start=1
    )
    for code in (f"9938{at}", f"9939{at}")
}
HOSPITAL_CARE = (*map(str, range(99221, 99224)), *map(str, range(99231, 99240)))
HOSPITALS = frozenset(
    {"02", "10", "19", "21", "22", "23", "31", "34", "51", "52", "55", "56", "61"}
)
EMERGENCY_VISITS = frozenset({"99281", "99282", "99283", "99284", "99285"})
EMERGENCY_PLACES = frozenset({"02", "10", "23"})
TELEHEALTH_PLACES = frozenset({"02", "10"})
TELEHEALTH_MARKS = frozenset({"95", "93", "GT", "GQ", "FQ", "G0"})


class Telehealth(NamedTuple):
    """Medicare's telehealth dates. Each changes by law or rule; sources beside the values."""

    # CMS MLN901705: until then the place of the visit in person with 95, after it 02 or 10.
    place_rules_from: date = date(2024, 1, 1)
    # Consolidated Appropriations Act, 2026: last day without limits of place and provider.
    flexible_until: date = date(2027, 12, 31)
    # CMS CR 10152: GT ended for professional claims, the place says it.
    gt_until: date = date(2017, 12, 31)


TELEHEALTH = Telehealth()


def years_before(day: date, years: int) -> date:
    """The same day some years before; February 29 becomes 28."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def is_face_to_face(past: PastLine) -> bool:
    """A visit or procedure; of what is not coded yet the visit itself."""
    return not past.procedure_code or kind_of(past.procedure_code) in (Kind.VISIT, Kind.SURGERY)


def look_new_patient(view: CodedClaim, codes: CodeFacts) -> Look:
    """Seen here in this specialty within three years. Only a warning: it may have been no
    face-to-face service."""
    for line in view.lines if view.codes & NEW_VISITS else ():
        if line.code not in NEW_VISITS:
            continue
        since = years_before(line.starts_on, NEW_FOR_YEARS)
        seen = [
            past.served_on
            for past in codes.history or ()
            if since < past.served_on < line.starts_on
            and past.specialty == codes.specialty
            and is_face_to_face(past)
        ]
        if seen:
            yield Hit(
                f"{line.code} on line {line.position} is for new patients; this one was seen on "
                f"{max(seen):%m/%d/%Y}.",
                line.position,
            )


def is_daily(line: CodedLine) -> bool:
    return line.kind == Kind.VISIT and line.code[:1].isdigit()


def look_second_visit(view: CodedClaim, codes: CodeFacts) -> Look:
    """Two visits of one day and provider; 25 says that the second stands for itself."""
    if Kind.VISIT not in view.kinds:
        return
    first: dict[tuple[date, str], CodedLine] = {}
    for line in view.lines:
        if not is_daily(line):
            continue
        before = first.setdefault((line.starts_on, line.provider), line)
        if before is not line and not {"25", "27"} & (line.marks | before.marks):
            # Beside a check-up it is the visit for the problem that stands for itself.
            treated = before if line.code in CHECK_UPS else line
            yield Hit(
                f"{line.code} on line {line.position} is a second visit of the day "
                f"(line {before.position}: {before.code}).",
                line.position,
                fix=add(SEPARATE_VISIT, treated.position, treated.marks),
            )


def look_visit_elsewhere(view: CodedClaim, codes: CodeFacts) -> Look:
    """A visit of the same day and specialty on another claim of ours. The same code is a
    duplicate, which has its own check."""
    if Kind.VISIT not in view.kinds:
        return
    for line in view.lines:
        if not is_daily(line) or "25" in line.marks:
            continue
        for past in codes.history or ():
            is_same = past.served_on == line.starts_on and past.specialty == codes.specialty
            is_visit = kind_of(past.procedure_code) == Kind.VISIT
            is_other = past.procedure_code != line.code and past.procedure_code[:1].isdigit()
            if is_same and is_visit and is_other:
                yield Hit(
                    f"{line.code} on line {line.position} is a second visit of the day "
                    f"({past.name}: {past.procedure_code}).",
                    line.position,
                )
                break


def look_visit_units(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines if view.codes & OFFICE_VISITS else ():
        if line.code in OFFICE_VISITS and line.units > line.days:
            yield Hit(
                f"{line.code} on line {line.position} is billed once a day, not "
                f"{line.units.normalize():f} times.",
                line.position,
                "2400 SV205" if view.is_institutional else "2400 SV104",
                fix=set_units(1, line.position),
            )


def look_visit_age(view: CodedClaim, codes: CodeFacts) -> Look:
    """A check-up whose code is of another age than the patient's."""
    for line in view.lines if view.codes & CHECK_UP_AGES.keys() else ():
        first, last = CHECK_UP_AGES.get(line.code, (0, 199))
        if view.age is not None and not first <= view.age <= last:
            yield Hit(
                f"{line.code} on line {line.position} is for another age; the patient is "
                f"{view.age}.",
                line.position,
            )


def look_visit_place(view: CodedClaim, codes: CodeFacts) -> Look:
    """Visits that name a kind of place, somewhere else."""
    if Kind.VISIT not in view.kinds:
        return
    for line in view.lines:
        if line.code in HOSPITAL_CARE and line.place not in HOSPITALS:
            meant = "a hospital or facility"
        elif line.code in EMERGENCY_VISITS and line.place not in EMERGENCY_PLACES:
            meant = "an emergency room (23)"
        elif line.code in OFFICE_VISITS and line.place in INPATIENT_PLACES:
            meant = "an office or outpatient department"
        else:
            continue
        yield Hit(
            f"{line.code} on line {line.position} is for {meant}, the place is {line.place}.",
            line.position,
        )


def look_telehealth_place(view: CodedClaim, codes: CodeFacts) -> Look:
    """A telehealth modifier where the patient is said to be present."""
    for line in view.lines if view.marks & TELEHEALTH_MARKS else ():
        marks = line.marks & TELEHEALTH_MARKS
        is_judged = line.starts_on >= TELEHEALTH.place_rules_from
        if marks and is_judged and line.place not in TELEHEALTH_PLACES:
            yield Hit(
                f"Line {line.position} says telehealth ({min(marks)}), the place is {line.place}; "
                "02 or 10 is expected.",
                line.position,
                "2300 CLM05-1",
            )


def look_telehealth_mark(view: CodedClaim, codes: CodeFacts) -> Look:
    """Medicare reads the place alone; most others want 95 or 93 beside it."""
    if is_medicare(view, codes):
        return
    for line in view.lines:
        if line.place in TELEHEALTH_PLACES and not line.marks & TELEHEALTH_MARKS:
            yield Hit(
                f"Line {line.position}: the place is telehealth ({line.place}) and no modifier "
                "says whether with image (95) or sound only (93).",
                line.position,
            )


def look_telehealth_ended(view: CodedClaim, codes: CodeFacts) -> Look:
    if not is_medicare(view, codes):
        return
    for line in view.lines:
        if line.place in TELEHEALTH_PLACES and line.starts_on > TELEHEALTH.flexible_until:
            yield Hit(
                f"Line {line.position}: Medicare's telehealth rules without limits of place ended "
                f"on {TELEHEALTH.flexible_until:%m/%d/%Y}.",
                line.position,
                "2300 CLM05-1",
            )


def look_gt(view: CodedClaim, codes: CodeFacts) -> Look:
    if "GT" not in view.marks or not is_medicare(view, codes):
        return
    for line in view.lines:
        if "GT" in line.marks and line.starts_on > TELEHEALTH.gt_until:
            yield Hit(
                f"Line {line.position}: Medicare takes GT no more on professional claims; "
                "the place says it.",
                line.position,
                fix=drop("GT", line.position),
            )


def look_complexity(view: CodedClaim, codes: CodeFacts) -> Look:
    """G2211 is not paid beside a visit with 25, but for vaccines and preventive services."""
    if "G2211" not in view.codes or not is_medicare(view, codes):
        return
    for line in view.lines:
        if line.code in OFFICE_VISITS and "25" in line.marks:
            yield Hit(
                f"Line {line.position} carries 25: Medicare pays G2211 then only beside a vaccine "
                "or preventive service.",
                line.position,
            )
