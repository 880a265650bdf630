"""The Medicare Coverage Database: articles, LCDs and NCDs of the downloadable exports of CMS.

An export is one CSV file per relation, with a heading each. The states of a document come from its
contractors and their jurisdictions. Descriptions of procedure codes are copyrighted and never read.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from payers.rules.tables.reading import Record, Row, csv_records, is_one_of

DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
NUMBER = re.compile(r"\d{1,9}")
# What the database holds where a list is empty: "not applicable".
NO_CODE = "XX000"
BILLING_AND_CODING = "6"

Key = tuple[str, str]
Contractor = tuple[str, str, str]
LinesOf = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """How the export calls the parts of an article or an LCD.

    The first of `starts` that is filled is the first day; `ended` are days on which the document
    is no longer in force, the earliest counts.
    """

    prefix: str
    letter: str
    starts: tuple[str, ...]
    ended: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return f"{self.prefix}_id", f"{self.prefix}_version"


ARTICLE = DocumentKind(
    "article",
    "A",
    ("article_eff_date", "article_pub_date"),
    ("article_end_date", "article_rev_end_date"),
)
LCD = DocumentKind(
    "lcd", "L", ("rev_eff_date", "orig_det_eff_date"), ("ent_det_end_date", "rev_end_date")
)
CONTRACTOR = ("contractor_id", "contractor_type_id", "contractor_version")


class Export:
    """One export. `lines_of` gives the lines of a file by its name, none when it is not there."""

    def __init__(self, kind: DocumentKind, lines_of: LinesOf) -> None:
        self.kind, self.lines_of = kind, lines_of
        # The documents that count; what belongs to others is left out.
        self.kept: dict[Key, str] = {}

    def records(self, file: str, *columns: str, optional: Collection[str] = ()) -> Iterator[Record]:
        wanted = {name: is_one_of(name) for name in (*columns, *optional)}
        return csv_records(file, self.lines_of(file), wanted, optional=frozenset(optional))

    def documents(self) -> Iterator[Row | None]:
        """(document, version, title, states, starts on, ends on, has groups); None for those that
        are no billing articles. Read first: the other readers need to know what counts.
        """
        kind, states, groups = self.kind, self.states(), self.groups()
        optional = (*kind.starts, *kind.ended, "article_type", "display_id", "date_retired")
        for record in self.records(f"{kind.prefix}.csv", *kind.key, "title", optional=optional):
            key = self.key_of(record)
            if kind is ARTICLE and record.text("article_type") != BILLING_AND_CODING:
                yield None
                continue
            document = record.text("display_id")[:12] or f"{kind.letter}{key[0]}"
            self.kept[key] = document
            starts_on, ends_on = self.days(record)
            yield (
                document,
                key[1],
                record.text("title")[:300],
                "{" + ",".join(sorted(states[key])) + "}",
                starts_on.isoformat(),
                ends_on.isoformat() if ends_on else None,
                "t" if len(groups[key]) > 1 else "f",
            )

    def codes(self) -> Iterator[Row | None]:
        """(code, document, version) of each procedure code of a document."""
        file = f"{self.kind.prefix}_x_hcpc_code.csv"
        for record in self.records(file, *self.kind.key, "hcpc_code_id"):
            key = self.key_of(record)
            if key not in self.kept or record.text("hcpc_code_id") == NO_CODE:
                yield None
            else:
                yield record.code("hcpc_code_id"), self.kept[key], key[1]

    def diagnoses(self, *, is_covered: bool) -> Iterator[Row | None]:
        """(document, version, diagnosis without its dot, is covered) of each."""
        file = f"{self.kind.prefix}_x_icd10_{'covered' if is_covered else 'noncovered'}.csv"
        mark = "t" if is_covered else "f"
        for record in self.records(file, *self.kind.key, "icd10_code_id"):
            key = self.key_of(record)
            if key not in self.kept or record.text("icd10_code_id") == NO_CODE:
                yield None
                continue
            code = record.matched("icd10_code_id", DIAGNOSIS, "a diagnosis code")
            yield self.kept[key], key[1], code.replace(".", ""), mark

    def key_of(self, record: Record) -> Key:
        number, version = self.kind.key
        return (
            record.matched(number, NUMBER, "a number"),
            record.matched(version, NUMBER, "a number"),
        )

    def days(self, record: Record) -> tuple[date, date | None]:
        """First and last day. A document retired on a day was still in force on it."""
        starts = [day for name in self.kind.starts if (day := day_of(record, name))]
        if not starts:
            raise record.fault(self.kind.starts[0], "the first day of the document")
        ended = [day for name in self.kind.ended if (day := day_of(record, name))]
        ends = [day - timedelta(days=1) for day in ended]
        if retired := day_of(record, "date_retired"):
            ends.append(retired)
        return starts[0], min(ends, default=None)

    def groups(self) -> defaultdict[Key, set[str]]:
        """The groups of covered diagnoses of each document; an LCD has none."""
        found: defaultdict[Key, set[str]] = defaultdict(set)
        if self.kind is ARTICLE:
            name = "icd10_covered_group"
            for record in self.records(
                f"{self.kind.prefix}_x_icd10_covered.csv", *self.kind.key, name
            ):
                found[self.key_of(record)].add(record.text(name))
        return found

    def states(self) -> defaultdict[Key, set[str]]:
        """The states of each document: those where one of its contractors works."""
        letters: dict[str, str] = {}
        for record in self.records("state_lookup.csv", "state_id", "state_abbrev"):
            letters[record.text("state_id")] = record.text("state_abbrev")[:2].upper()
        work: defaultdict[Contractor, set[str]] = defaultdict(set)
        for record in self.records(
            "contractor_jurisdiction.csv", *CONTRACTOR, "state_id", optional=("term_date",)
        ):
            state = letters.get(record.text("state_id"))
            if state and not record.text("term_date"):
                work[contractor_of(record)].add(state)
        found: defaultdict[Key, set[str]] = defaultdict(set)
        for record in self.records(
            f"{self.kind.prefix}_x_contractor.csv", *self.kind.key, *CONTRACTOR
        ):
            found[self.key_of(record)] |= work.get(contractor_of(record), set())
        return found


def contractor_of(record: Record) -> Contractor:
    number, kind, version = (record.text(name) for name in CONTRACTOR)
    return number, kind, version


def read_national(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(document, version, title, no states, starts on, ends on, no groups) of each NCD.

    NCDs have no lists of codes in the export.
    """
    columns = ("ncd_id", "ncd_vrsn_num", "ncd_mnl_sect", "ncd_mnl_sect_title", "ncd_efctv_dt")
    optional = frozenset({"ncd_trmntn_dt"})
    wanted = {name: is_one_of(name) for name in (*columns, *optional)}
    for record in csv_records(file, lines, wanted, optional=optional):
        starts_on, ends_on = day_of(record, "ncd_efctv_dt"), day_of(record, "ncd_trmntn_dt")
        if starts_on is None:
            raise record.fault("ncd_efctv_dt", "the first day of the document")
        yield (
            "N" + record.matched("ncd_id", NUMBER, "a number"),
            record.matched("ncd_vrsn_num", NUMBER, "a number"),
            f"{record.text('ncd_mnl_sect')} {record.text('ncd_mnl_sect_title')}"[:300],
            "{}",
            starts_on.isoformat(),
            ends_on.isoformat() if ends_on else None,
            "f",
        )


def newest_change(file: str, lines: Iterable[str]) -> date | None:
    """The last day on which something in a file of documents changed; None without that column."""
    wanted = {"last_updated": is_one_of("last_updated", "last_updt_tmstmp")}
    wanted["title"] = is_one_of("title", "ncd_mnl_sect_title")
    records = csv_records(file, lines, wanted, optional=frozenset({"last_updated"}))
    days = (day_of(record, "last_updated") for record in records)
    return max((day for day in days if day), default=None)


def day_of(record: Record, name: str) -> date | None:
    """A column "YYYY-MM-DD hh:mm:ss", or None when it is empty."""
    text = record.text(name)[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise record.fault(name, "a date as YYYY-MM-DD") from None
