"""The lists of a facility's stay as people type them, one entry per line, and back.

An entry is a code and what belongs to it: `11 11/01/2026`, `80 3.00`, `W19.XXXA Y`. Days may be
typed as 11/01/2026 or 2026-11-01. Refuses with an EntryError that names the lines.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from coding.rules.pointers import MOST_UNITS, EntryError
from coding.rules.stays import is_day, is_formed, is_revenue_code
from rcm.money import to_cents

# What one line of each list is, with an example.
FORMS = {
    "patient_reasons": "a reason is a diagnosis, such as R07.89",
    "condition_codes": "a condition is two characters, such as 09",
    "external_causes": "an external cause is a diagnosis and Y, N, U, W or nothing, "
    "such as W19.XXXA Y",
    "procedures": "a procedure is seven characters and its day, such as 5A1955Z 11/03/2026",
    "occurrences": "an occurrence is a code and its day, such as 11 11/01/2026",
    "occurrence_spans": "a span is a code, its first day and its last, "
    "such as 72 11/02/2026 11/03/2026",
    "value_codes": "a value is a code and an amount, such as 80 3.00",
}
CHARGE_FORM = "a charge is a revenue code, units and a label, such as 0120 3 Semi-private room"
LISTS = tuple(FORMS)

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"\$?(\d{1,9}(?:\.\d{1,2})?)", re.ASCII)
_UNITS = re.compile(r"\d{1,4}(?:\.\d{1,2})?", re.ASCII)

Entry = Any
RevenueCharge = tuple[str, Decimal, str]


def read_lines(field: str, text: str) -> list[Entry]:
    """The entries of a list as FacilityStay keeps them; empty lines are skipped.

    Raises EntryError naming every line that is none, and what it should be.
    """
    lines = enumerate((line.split() for line in text.splitlines()), 1)
    return _collect(field, [(number, words) for number, words in lines if words])


def read_rows(field: str, rows: Iterable[Sequence[str]]) -> list[Entry]:
    """The same from rows of words, such as a program sends; no row is skipped."""
    return _collect(field, list(enumerate(rows, 1)))


def _collect(field: str, numbered: Iterable[tuple[int, Sequence[str]]]) -> list[Entry]:
    found, wrong = [], []
    for number, words in numbered:
        entry = _READERS[field]([word.strip().upper() for word in words])
        if is_formed(field, entry):
            found.append(entry)
        else:
            wrong.append(number)
    if wrong:
        raise located(wrong, FORMS[field])
    return found


def located(numbers: Sequence[int], form: str) -> EntryError:
    """ "Line 2: an occurrence is …"; all the wrong lines in one sentence."""
    plural = "s" if len(numbers) > 1 else ""
    return EntryError(f"Line{plural} {', '.join(map(str, numbers))}: {form}.")


def write_rows(entries: Iterable[Entry]) -> list[list[str]]:
    """Entries of a stay as words: days as 2026-11-01, amounts with two digits."""
    return [
        [_amount(part) if isinstance(part, int) else part for part in _parts(entry)]
        for entry in entries
    ]


def write_lines(entries: Iterable[Entry]) -> str:
    """Entries of a stay as lines of a text field, days as 11/01/2026."""
    rows = write_rows(entries)
    return "\n".join(" ".join(map(_american, row)).strip() for row in rows)


def read_revenue_charges(text: str) -> list[RevenueCharge]:
    """(revenue code, units, label) per line. Raises EntryError as `read_lines`."""
    lines = enumerate((line.split(maxsplit=2) for line in text.splitlines()), 1)
    return _collect_charges((number, words) for number, words in lines if words)


def read_revenue_rows(rows: Iterable[Sequence[str]]) -> list[RevenueCharge]:
    """The same from rows of words; no row is skipped."""
    return _collect_charges(enumerate(rows, 1))


def _collect_charges(numbered: Iterable[tuple[int, Sequence[str]]]) -> list[RevenueCharge]:
    found, wrong = [], []
    for number, words in numbered:
        code, units, label = [*words, "", "", ""][:3]
        if is_revenue_charge(code, units):
            found.append((code, Decimal(units), label))
        else:
            wrong.append(number)
    if wrong:
        raise located(wrong, CHARGE_FORM)
    return found


def is_revenue_charge(code: str, units: str) -> bool:
    """A revenue code that is not the total, and a number of units a claim has room for."""
    is_count = bool(_UNITS.fullmatch(units)) and 0 < Decimal(units) <= MOST_UNITS
    return is_revenue_code(code) and is_count


def _parts(entry: Entry) -> Sequence[Any]:
    return [entry] if isinstance(entry, str) else entry


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _american(word: str) -> str:
    return date.fromisoformat(word).strftime("%m/%d/%Y") if is_day(word) else word


def _day(word: str) -> str:
    """The day in the form it is kept in; a word that is none stays as it is and is refused."""
    if found := _AMERICAN.fullmatch(word):
        month, day, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return word


def _hundredths(word: str) -> int | str:
    found = _AMOUNT.fullmatch(word.replace(",", ""))
    return to_cents(Decimal(found[1])) if found else word


def _read_code(words: Sequence[str]) -> str:
    return " ".join(words).replace(".", "")


def _read_cause(words: Sequence[str]) -> list[str]:
    code, *rest = words or [""]
    return [code.replace(".", ""), *(rest or [""])]


def _read_dated(words: Sequence[str]) -> list[str]:
    return [*words[:1], *map(_day, words[1:])]


def _read_value(words: Sequence[str]) -> list[int | str]:
    return [*words[:1], *map(_hundredths, words[1:])]


_READERS: dict[str, Callable[[Sequence[str]], Entry]] = {
    "patient_reasons": _read_code,
    "condition_codes": _read_code,
    "external_causes": _read_cause,
    "procedures": _read_dated,
    "occurrences": _read_dated,
    "occurrence_spans": _read_dated,
    "value_codes": _read_value,
}
