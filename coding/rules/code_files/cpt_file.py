"""The licensed CPT file of a practice: a code and its description per line, by tab or fixed width.

Nothing of it is part of this project. Lines before the first code are notices; a description may
go on in the next line under the same code.
"""

import json
import re
from collections.abc import Iterable, Iterator

from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of
from payers.rules.tables.reading import TableFault, one_line

LINE = re.compile(r"(\d{4}[0-9A-Z])(?:\t|\s+|$)(.*)")
NOTES = json.dumps({"code_set": "CPT"})
# Notices are longer than one would think.
MOST_NOTICES = 200


def read_cpt(file: str, lines: Iterable[str], *, with_text: bool) -> Iterator[CodeRow]:
    """One row per code; without its description when there is no licence for it.

    Raises TableFault for a line after the first code that has none, and for a file without codes.
    """
    code, pieces, seen = "", list[str](), set[str]()
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            if not code and number <= MOST_NOTICES:
                continue
            raise TableFault(
                file, "a code of five characters and its description", line=number, found=line
            )
        if match[1] == code:
            pieces.append(match[2])
            continue
        if code:
            yield row_of(code, pieces, with_text=with_text)
        code, pieces = match[1], [match[2]]
        if code in seen:
            raise TableFault(file, "every code once", line=number, found=code)
        seen.add(code)
    if not code:
        raise TableFault(file, "codes of five characters with descriptions")
    yield row_of(code, pieces, with_text=with_text)


def row_of(code: str, pieces: list[str], *, with_text: bool) -> CodeRow:
    text = one_line(" ".join(pieces)) if with_text else ""
    phrase = phrase_of(text)
    return CodeRow(
        code=code,
        label=text[:300] if text else None,
        is_billable=True,
        notes=NOTES if with_text else None,
        terms=((phrase, "title"),) if phrase else (),
    )
