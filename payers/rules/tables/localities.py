"""Payment localities: the GPCI file of CMS and that of the anesthesia conversion factors, as CSV.

Where the file gives the work index with and without its floor of 1.0, that with the floor is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from payers.rules.tables.reading import Record, Row, csv_records, has_words

COLUMNS = {
    "contractor": has_words("mac|contractor"),
    "state": has_words("state"),
    "locality": has_words("locality", without="name"),
    "name": has_words("locality", "name"),
    "work": has_words("pw|work", without="without"),
    "expense": has_words("pe"),
    "malpractice": has_words("mp"),
}
ANESTHESIA = {
    "contractor": has_words("mac|contractor"),
    "locality": has_words("locality", without="name"),
    "factor": has_words("cf|conversion|factor"),
}
CONTRACTOR, LOCALITY = re.compile(r"\d{5}"), re.compile(r"\d{1,2}")
STATE, INDEX = re.compile(r"[A-Z]{2}"), re.compile(r"\d{1,2}\.\d{1,3}|\d{1,2}")
FACTOR = re.compile(r"\$?(\d{1,3}(?:\.\d{1,4})?)")

Factors = Mapping[tuple[str, str], str]


def key_of(record: Record) -> tuple[str, str]:
    """Contractor and locality; CSV programs drop the zero of "01"."""
    contractor = record.matched("contractor", CONTRACTOR, "a contractor's five digits")
    return contractor, record.matched("locality", LOCALITY, "a locality's two digits").zfill(2)


def read_factors(file: str, lines: Iterable[str]) -> Factors:
    """The anesthesia conversion factor of each contractor and locality, in dollars."""
    factors = {}
    for record in csv_records(file, lines, ANESTHESIA, has_footnotes=True):
        factors[key_of(record)] = record.matched("factor", FACTOR, "dollars").lstrip("$")
    return factors


def read_localities(file: str, lines: Iterable[str], factors: Factors) -> Iterator[Row | None]:
    """(contractor, locality, state, name, three indices, anesthesia factor) of each locality."""
    for record in csv_records(file, lines, COLUMNS, has_footnotes=True):
        key = key_of(record)
        yield (
            *key,
            record.matched("state", STATE, "two letters"),
            record.text("name")[:80],
            *(record.matched(n, INDEX, "an index") for n in ("work", "expense", "malpractice")),
            factors.get(key),
        )
