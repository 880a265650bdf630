"""Places of service: the list on the page of CMS, saved as CSV."""

import re
from collections.abc import Iterable, Iterator

from payers.rules.tables.reading import Row, csv_records, has_words

COLUMNS = {
    "code": has_words("code|codes", without="name description"),
    "name": has_words("name"),
    "rate": has_words("type|rate|facility", without="name description"),
}
CODE, RANGE = re.compile(r"\d{2}"), re.compile(r"\d{2} ?[-–] ?\d{2}")
RATES = {"facility": "t", "f": "t", "non-facility": "f", "nonfacility": "f", "nf": "f"}


def read_places(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(code, name, facility rate or not or unknown) of each; None for what is unassigned."""
    for record in csv_records(file, lines, COLUMNS, optional=frozenset({"rate"})):
        name = record.text("name")
        if RANGE.fullmatch(record.text("code")) or name.lower() == "unassigned":
            yield None
            continue
        code = record.matched("code", CODE, "two digits")
        if not name:
            raise record.fault("name", "a name")
        yield code, name[:120], RATES.get(record.text("rate").lower())
