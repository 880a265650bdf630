"""Single values of HL7 v2 as Python's own: times, people, addresses, insurance."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from coding.rules.hl7 import Segment
from coding.rules.told import PersonTold, PolicyTold, Unusable

DELETED = '""'
TIME = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?"
)
NPI = re.compile(r"\d{10}")
# IN1-17 (table 0063) to the relationship codes of claims (SBR02, PAT01).
RELATIONSHIPS = {
    **{"SEL": "18", "SELF": "18", "18": "18", "01": "18", "1": "18"},
    **{"SPO": "01", "SPOUSE": "01", "2": "01"},
    **{"CHD": "19", "CHILD": "19", "DEP": "19", "3": "19", "19": "19"},
}
RANKS = {"1": "P", "2": "S", "3": "T", "P": "P", "S": "S", "T": "T"}


def said(text: str) -> str | None:
    """None when nothing is said, empty when it is said that there is none."""
    return None if not text else "" if text == DELETED else text


def at(segment: Segment, field: int) -> str:
    return f"{segment.name}-{field}"


def moment(segment: Segment, field: int, zone: tzinfo, component: int = 1) -> datetime | None:
    """A TS in UTC, None when it is not said. Raises Unusable for what is no time."""
    text = segment.get(field, component)
    if not text or text == DELETED:
        return None
    found = TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        parts = [int(part) if part else None for part in found.groups()[:6]]
        year, month, day = parts[0] or 0, parts[1] or 1, parts[2] or 1
        there = datetime(  # noqa: DTZ001  (its zone follows)
            year, month, day, parts[3] or 0, parts[4] or 0, parts[5] or 0
        )
        return there.replace(tzinfo=offset(found[7]) or zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"{at(segment, field)} is “{text[:30]}”, which is no time (YYYYMMDDHHMM)."
        raise Unusable("time_wrong", message, place=at(segment, field)) from error


def offset(text: str | None) -> tzinfo | None:
    """``-0600`` as a zone."""
    if not text:
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def day(segment: Segment, field: int) -> date | None:
    """The calendar day a field names, whatever its zone. Raises Unusable for what is none."""
    text = segment.get(field)
    if not text or text == DELETED:
        return None
    try:
        if not re.match(r"\d{8}", text):
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        message = f"{at(segment, field)} is “{text[:30]}”, which is no day (YYYYMMDD)."
        raise Unusable("day_wrong", message, place=at(segment, field)) from error


def npi_of(segment: Segment, field: int) -> tuple[str | None, str]:
    """NPI and name of a person (XCN): the repetition that is an NPI, None when there is none."""
    for repetition in range(1, segment.repetitions(field) + 1):
        number = segment.get(field, 1, repetition)
        if NPI.fullmatch(number):
            names = segment.get(field, 3, repetition), segment.get(field, 2, repetition)
            return number, " ".join(name for name in names if name)
    return None, ""


def chart_number(segment: Segment) -> tuple[str, str]:
    """The practice's number of the patient and where it stands: PID-3 of type MR, else PI, else
    the first without a type of another authority (social security, driver's license).
    """
    found: dict[str, str] = {}
    for repetition in range(1, segment.repetitions(3) + 1):
        kind = segment.get(3, 5, repetition).upper()
        found.setdefault(kind, segment.get(3, 1, repetition))
    for kind in ("MR", "PI", "PT", "", "PN"):
        if number := found.get(kind):
            return number, "PID-3"
    return segment.get(2), "PID-2"


def phone_of(segment: Segment, field: int) -> str | None:
    """Ten digits; None when the field has none."""
    text = segment.get(field, 1)
    if text == DELETED:
        return ""
    digits = re.sub(r"\D", "", text.split("X")[0].split("x")[0])
    if not digits:
        digits = re.sub(r"\D", "", segment.get(field, 6) + segment.get(field, 7))
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return digits if len(digits) == 10 else None


def person_of(segment: Segment) -> PersonTold:
    """The patient of a PID. Raises Unusable without a chart number."""
    mrn, _ = chart_number(segment)
    if not mrn or mrn == DELETED:
        raise Unusable(
            "mrn_missing",
            "The message names no chart number of the patient (PID-3).",
            place="PID-3",
            advice="Ask the sender to send the practice's own number of type MR.",
        )
    zip_code = said(segment.get(11, 5))
    sex = said(segment.get(8).upper())
    return PersonTold(
        mrn=mrn,
        last_name=said(segment.get(5, 1)) or None,
        first_name=said(segment.get(5, 2)) or None,
        middle_name=said(segment.get(5, 3)),
        birth_date=day(segment, 7),
        sex=None if sex is None else sex if sex in ("F", "M") else "U",
        address_line_1=said(segment.get(11, 1)),
        address_line_2=said(segment.get(11, 2)),
        city=said(segment.get(11, 3)),
        state=said(segment.get(11, 4)),
        zip_code=None if zip_code is None else re.sub(r"\D", "", zip_code),
        phone=phone_of(segment, 13),
        place="PID",
    )


def policy_of(segment: Segment, order: int) -> PolicyTold | None:
    """One IN1; None without a member number. `order` counts the IN1 of the message from 1."""
    member_id = segment.get(36) or segment.get(49) or segment.get(2)
    if not member_id or member_id == DELETED:
        return None
    rank = RANKS.get(segment.get(22).upper()) or RANKS.get(str(order)) or "T"
    relationship = RELATIONSHIPS.get(segment.get(17).upper() or "SEL", "G8")
    is_self = relationship == "18"
    sex = segment.get(43).upper()
    return PolicyTold(
        member_id=member_id,
        rank=rank,
        payer_ids=tuple(
            number
            for repetition in range(1, segment.repetitions(3) + 1)
            if (number := segment.get(3, 1, repetition))
        ),
        payer_name=segment.get(4),
        group_number=segment.get(8),
        relationship=relationship,
        subscriber_last_name="" if is_self else segment.get(16, 1),
        subscriber_first_name="" if is_self else segment.get(16, 2),
        subscriber_birth_date=None if is_self else day(segment, 18),
        subscriber_sex="" if is_self or sex not in ("F", "M", "U") else sex,
        starts_on=day(segment, 12),
        ends_on=day(segment, 13),
        place=f"IN1 ({order})",
    )
