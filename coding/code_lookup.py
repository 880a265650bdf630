"""The code set and the published edit tables, asked for many claims or one chart at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Min

from coding.models import Code
from coding.rules.checks.modifiers import SAMPLE
from coding.rules.code_facts import NO_CODE_FACTS, DiagnosisEntry, PastLine
from coding.rules.code_lists import COVERED_PAYERS
from coding.rules.coded_claim import CodedClaim, payer_class_of
from coding.rules.note_references import references
from payers.rules.edit_tables import NO_TABLES, EditTables
from payers.table_lookup import Setting, tables_on

Entries = Mapping[str, tuple[DiagnosisEntry, ...]]
# A code with its label, first and last day, whether it is billable, and its notes.
CodeRow = tuple[str, str, date, date | None, bool, dict[str, Any]]
# Most code-first notes name a condition that may not be there; those of this start always apply.
UNCONDITIONAL = "underlying"


def read_diagnoses(views: Iterable[CodedClaim]) -> dict[str, tuple[DiagnosisEntry, ...]]:
    """Every diagnosis and the headings above it, oldest entry first. One statement."""
    wanted = with_headings(code for view in views for code in view.every_diagnosis)
    if not wanted:
        return {}
    rows = (
        Code.objects.filter(system=Code.System.ICD10CM, code__in=wanted)
        .order_by("code", "starts_on")
        .values_list("code", "label", "starts_on", "ends_on", "is_billable", "notes")
    )
    return entries_of(rows)


def with_headings(diagnoses: Iterable[str]) -> set[str]:
    """The codes and every heading above them, down to their category of three characters."""
    return {code[:length] for code in diagnoses for length in range(3, len(code) + 1)}


def entries_of(rows: Iterable[CodeRow]) -> dict[str, tuple[DiagnosisEntry, ...]]:
    """The rows of each code as the checks see them, in their order."""
    found: dict[str, tuple[DiagnosisEntry, ...]] = {}
    for code, label, starts_on, ends_on, is_billable, notes in rows:
        entry = entry_of(label, starts_on, ends_on, is_billable, notes)
        found[code] = (*found.get(code, ()), entry)
    return found


def entry_of(
    label: str, starts_on: date, ends_on: date | None, is_billable: bool, notes: dict[str, Any]
) -> DiagnosisEntry:
    """A code's row as the checks see it."""
    code_first = text_of(notes.get("code_first"))
    start = code_first.lower().lstrip(" ,").removeprefix("the ")
    return DiagnosisEntry(
        label=label,
        starts_on=starts_on,
        ends_on=ends_on,
        is_billable=is_billable,
        seventh="".join(notes.get("seventh", ())),
        siblings=tuple((side, sibling) for side, sibling in notes.get("siblings", ())),
        excludes1=tuple(notes.get("excludes1_codes", ())),
        has_code_first=start.startswith(UNCONDITIONAL),
        code_first=named_codes(notes, "code_first"),
        use_additional=named_codes(notes, "use_additional"),
        is_manifestation=bool(notes.get("is_manifestation")),
    )


def text_of(note: Any) -> str:
    """A note is one text, or a list of them."""
    return "; ".join(map(str, note)) if isinstance(note, list | tuple) else str(note or "")


def named_codes(notes: dict[str, Any], name: str) -> tuple[str, ...]:
    """The codes and ranges a note names: as the loader found them, else read from its text."""
    found = notes.get(f"{name}_codes")
    if found is None:
        found = references(text_of(notes.get(name)))
    return tuple(dict.fromkeys(found))


def with_release(
    views: Sequence[CodedClaim], entries: dict[str, tuple[DiagnosisEntry, ...]]
) -> list[Entries | None]:
    """The entries for each claim; None where no release is loaded for one of its days.

    Whatever was found tells since when the code set is loaded; only days before that cost a
    statement.
    """
    days = [view.diagnosis_days[0] for view in views if view.diagnosis_days]
    since = min((found[0].starts_on for found in entries.values()), default=date.max)
    if any(day < since for day in days):
        loaded = Code.objects.filter(system=Code.System.ICD10CM)
        since = loaded.aggregate(since=Min("starts_on"))["since"] or date.max
    return [
        entries if view.diagnosis_days and view.diagnosis_days[0] >= since else None
        for view in views
    ]


def setting_of(view: CodedClaim) -> Setting:
    """Whose edits count: CMS publishes them for practitioners, hospitals and suppliers apart."""
    if view.is_institutional:
        return "hospital"
    return "dme" if view.is_supplier else "practitioner"


class Asked:
    """What one claim asks of the edit tables."""

    def __init__(
        self, view: CodedClaim, history: Iterable[PastLine], payer_class: str = ""
    ) -> None:
        self.setting = setting_of(view)
        self.on = min((line.starts_on for line in view.lines), default=None)
        letters = {mark for mark in view.marks if not mark.isdigit()}
        past = {line.procedure_code for line in history} - {""}
        self.codes = view.codes | past | letters | ({SAMPLE} if letters else set())
        self.pairs = frozenset(pairs_asked(view, history))
        is_covered = (payer_class or payer_class_of(view, NO_CODE_FACTS)) in COVERED_PAYERS
        self.states = frozenset({view.state}) if is_covered and view.state else frozenset()

    @property
    def quarter(self) -> tuple[str, int, int]:
        """Tables change with the quarter: claims of one share their statements."""
        on = self.on or date.min
        return self.setting, on.year, (on.month - 1) // 3


def pairs_asked(view: CodedClaim, history: Iterable[PastLine]) -> Iterator[tuple[str, str]]:
    """Each procedure of the claim with every other of its day, once; not those of before."""
    own: dict[date, set[str]] = defaultdict(set)
    for line in view.lines:
        own[line.starts_on].add(line.code)
    every = {day: set(codes) for day, codes in own.items()}
    for past in history:
        if past.procedure_code and past.served_on in every:
            every[past.served_on].add(past.procedure_code)
    for day, codes in own.items():
        for code in codes:
            for other in every[day] - {code}:
                yield (code, other) if code < other else (other, code)


def read_tables(asked: Sequence[Asked]) -> list[EditTables]:
    """The tables for each claim.

    The look-up keeps what it read, so the quarter's whole set is asked first, in its few
    statements, and each claim's own part then costs none.
    """
    quarters: dict[tuple[str, int, int], list[Asked]] = defaultdict(list)
    for one in asked:
        if one.on is not None:
            quarters[one.quarter].append(one)
    for together in quarters.values():
        if len(together) > 1:
            tables_on(
                together[0].on or date.min,
                setting=together[0].setting,
                codes=frozenset().union(*[one.codes for one in together]),
                pairs=frozenset().union(*[one.pairs for one in together]),
                states=frozenset().union(*[one.states for one in together]),
            )
    return [
        tables_on(one.on, setting=one.setting, codes=one.codes, pairs=one.pairs, states=one.states)
        if one.on is not None
        else NO_TABLES
        for one in asked
    ]
