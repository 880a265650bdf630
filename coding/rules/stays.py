"""Whether a facility's facts of a visit have their form. Decides nothing about payment.

Numbers of the NUBC (type of bill, CL1, occurrence, value and condition codes) by form only.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

BILL_TYPE = re.compile(r"\d{2}[0-9A-Z]", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d", re.ASCII)
DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}", re.ASCII)
TWO = re.compile(r"[0-9A-Z]{2}", re.ASCII)
PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}", re.ASCII)
REVENUE = re.compile(r"\d{4}", re.ASCII)
ORIGIN = re.compile(r"[0-9A-Z]", re.ASCII)
DRG = re.compile(r"\d{3,4}", re.ASCII)
REVENUE_FORM = "A revenue code is four digits, and never the total 0001."
ANSWERS = frozenset({"", "Y", "N", "U", "W"})

Row = Sequence[Any]


def check_stay(stay: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what is wrong with it, in one sentence; empty when all have their form."""
    return dict(_find_faults(stay))


def _find_faults(stay: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not BILL_TYPE.fullmatch(stay["type_of_bill"]):
        yield "type_of_bill", "The type of bill is two digits and the frequency, such as 111."
    if stay["statement_to"] < stay["statement_from"]:
        yield "statement_to", "The statement ends before it begins."
    for field in ("admission_time", "discharge_time"):
        if stay.get(field) and not TIME.fullmatch(stay[field]):
            yield field, "A time is four digits, from 0000 to 2359."
    if stay.get("admission_time") and not stay.get("admission_on"):
        yield "admission_on", "A time of admission needs its day."
    if not re.fullmatch(r"[1-9]", stay["admission_type"], re.ASCII):
        yield "admission_type", "The type of admission is one digit."
    if not re.fullmatch(r"\d{2}", stay["patient_status"], re.ASCII):
        yield "patient_status", "The patient's status is two digits."
    for field, pattern, message in _SINGLES:
        if stay.get(field) and not pattern.fullmatch(stay[field]):
            yield field, message
    for field, pattern, most in _CODES:
        codes = stay.get(field, ())
        if len(codes) > most:
            yield field, f"A claim has room for {most} of these."
        elif not all(pattern.fullmatch(code) for code in codes):
            yield field, "One of these is not a code."
    for field, is_row, most in _ROWS:
        rows = stay.get(field, ())
        if len(rows) > most:
            yield field, f"A claim has room for {most} of these."
        elif not all(map(is_row, rows)):
            yield field, "One of these does not have its form."


def is_formed(field: str, entry: Any) -> bool:
    """Whether one entry of a list of the stay, such as one occurrence, has its form."""
    return _ENTRIES[field](entry)


def is_revenue_code(code: str) -> bool:
    """Four digits; the total 0001 is no charge."""
    return bool(REVENUE.fullmatch(code)) and code != "0001"


def is_day(text: Any) -> bool:
    """An ISO date as text, as JSON keeps it."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_code(pattern: re.Pattern[str], code: str) -> bool:
    return bool(pattern.fullmatch(code))


def _is_cause(row: Row) -> bool:
    return len(row) == 2 and bool(DIAGNOSIS.fullmatch(row[0])) and row[1] in ANSWERS


def _is_procedure(row: Row) -> bool:
    return len(row) == 2 and bool(PROCEDURE.fullmatch(row[0])) and is_day(row[1])


def _is_occurrence(row: Row) -> bool:
    return len(row) == 2 and bool(TWO.fullmatch(row[0])) and is_day(row[1])


def _is_span(row: Row) -> bool:
    is_formed = len(row) == 3 and bool(TWO.fullmatch(row[0])) and is_day(row[1]) and is_day(row[2])
    return is_formed and bool(row[1] <= row[2])


def _is_value(row: Row) -> bool:
    # bool is an int to Python, and no amount to anybody.
    is_formed = len(row) == 2 and bool(TWO.fullmatch(row[0]))
    return is_formed and type(row[1]) is int and row[1] >= 0


_SINGLES = (
    ("admission_source", ORIGIN, "The point of origin is one digit or letter."),
    ("drg", DRG, "A DRG is three digits, or four with the severity."),
    ("admitting_diagnosis", DIAGNOSIS, "The admitting diagnosis is one code, such as R07.89."),
)
_CODES = (
    ("patient_reasons", DIAGNOSIS, 3),
    ("condition_codes", TWO, 24),
)
_ROWS: tuple[tuple[str, Callable[[Row], bool], int], ...] = (
    ("external_causes", _is_cause, 12),
    ("procedures", _is_procedure, 25),
    ("occurrences", _is_occurrence, 24),
    ("occurrence_spans", _is_span, 24),
    ("value_codes", _is_value, 24),
)
_ENTRIES: dict[str, Callable[[Any], bool]] = {
    **{field: partial(_is_code, pattern) for field, pattern, _ in _CODES},
    **{field: is_row for field, is_row, _ in _ROWS},
}
