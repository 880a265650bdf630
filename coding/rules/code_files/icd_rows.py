"""The rows of ICD-10-CM from its files: order file, tabular list, index."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from coding.rules.code_files.icd_tabular import TabularCode, extended
from coding.rules.code_files.order_file import OrderRow
from coding.rules.code_rows import CodeRow, Term
from coding.rules.note_references import siblings_of
from coding.rules.phrases import phrase_of
from payers.rules.tables.reading import TableFault

# Of a hundred codes of the tabular list this many may be missing in the order file; more are files
# of two releases.
MOST_MISSING = 1


def order_of(tabular: Iterable[TabularCode], known: Collection[str]) -> Iterator[OrderRow]:
    """The order file as it would be, from the tabular list and the codes that exist."""
    for code in tabular:
        below = extended(code, known)
        yield OrderRow(code.code, not (code.has_children or below), code.title)
        for name, title, _ in below:
            yield OrderRow(name, True, title)


def icd_rows(
    order: Sequence[OrderRow],
    tabular: Mapping[str, TabularCode] | None,
    index: Iterable[tuple[str, str]] = (),
) -> Iterator[CodeRow]:
    """One row per code and heading. Without the tabular list notes are not told."""
    of_index = defaultdict(list)
    for code, phrase in index:
        of_index[code].append((phrase, "index"))
    known = {row.code for row in order}
    # A category and its only code may have one title: the code is what counts as a sibling.
    by_label = {row.title.lower(): row.code for row in order}
    for row in order:
        entry = tabular.get(row.code) if tabular is not None else None
        terms: list[Term] = [(phrase_of(row.title), "title")]
        notes: dict[str, Any] = {}
        if entry:
            included = (*entry.inclusions, *entry.notes.get("includes", ()))
            terms += [(phrase_of(text), "inclusion") for text in included]
            notes = dict(entry.notes)
            if below := extended(entry, known):
                notes["seventh"] = sorted(char for *_, char in below)
                notes["seventh_labels"] = {char: entry.seventh[char] for *_, char in below}
        if row.is_billable and (siblings := siblings_of(row.title, by_label)):
            notes["siblings"] = siblings
        yield CodeRow(
            code=row.code,
            label=row.title[:300],
            is_billable=row.is_billable,
            notes=None if tabular is None else json.dumps(notes, ensure_ascii=False),
            terms=(*terms, *of_index.get(row.code, ())),
        )


def refuse_other_release(
    file: str, order: Iterable[OrderRow], tabular: Mapping[str, TabularCode]
) -> None:
    """Raises TableFault when the tabular list is that of other codes."""
    known = {row.code for row in order}
    missing = [code for code in tabular if code not in known]
    if len(missing) * 100 > MOST_MISSING * len(tabular):
        raise TableFault(
            file,
            "the codes of the order file; this is another release"
            f" ({len(missing):,} of {len(tabular):,} codes are not in it)",
            found=missing[0],
        )
