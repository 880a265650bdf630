"""The pick list: codes by the start of a code, by words in any order, by what else they are called.

Headings are shown so that the coder sees where she is, but only codes billable on the date of
service can be chosen. Reads the public code tables: no practice walls here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from coding.code_usage import Usage
from coding.code_words import Words, known_words, short_forms
from coding.models import Code
from coding.rules.code_rank import EARLY as RANK_OF_LATER
from coding.rules.phrases import words_of
from coding.rules.short_forms import groups_of
from coding.rules.term_fit import Fit, Group, fit_of, why_found

LIMIT = 12
# Codes the data base hands over for ranking, those of every day first.
CANDIDATES = 120
# "E11", "e11.4", "992", "J33", "0DT": the start of a code has a digit, words have none.
CODE_START = re.compile(r"(?=[A-Z.]*\d)[0-9A-Z]{1,3}(\.?[0-9A-Z]{0,4})?")
# What is searched when no set is named: what a professional claim carries.
USUAL = (Code.System.ICD10CM, Code.System.PROCEDURE)
STOP_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "due", "for", "from", "in", "is", "of", "on", "or", "the"}
    | {"to", "with"}
)
# These words mean a later encounter; without one such codes come only when there is no other.
LATER = re.compile(r"\b(subseq|sequel|malunion|nonunion|delayed|routine|healing|open)")
# Marks of the document (coding.models.codes): the fewest, most, all codes.
FIRST, EARLY, ALL = "=first", "=early", ""
# Words that more codes have than this are looked for among the first codes first.
BROAD = 1_500
# Of so many words one may be wrong; with fewer, what is left says too little.
LOOSE = 3
# What a code of every day, or below a heading that is meant, has ahead of one that its words fit
# better (coding.rules.term_fit: up to 8,400).
OFTEN, MEANT, PER_RANK = 3_500, 2_000, 50
NO_USAGE: Usage = frozenset()
# Notes and words are long and the pick list shows none of them.
COLUMNS = ("id", "system", "code", "label", "is_billable", "starts_on", "ends_on", "rank")
# Headings whose codes are shown below them when there is room.
OPENED = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A code found, and why when its title does not say: "index: bronchitis asthmatic"."""

    code_row: Code
    why: str = ""

    @property
    def pk(self) -> int:
        return self.code_row.pk

    @property
    def system(self) -> str:
        return self.code_row.system

    @property
    def code(self) -> str:
        return self.code_row.code

    @property
    def dotted(self) -> str:
        return self.code_row.dotted

    @property
    def label(self) -> str:
        return self.code_row.label

    @property
    def is_billable(self) -> bool:
        return self.code_row.is_billable


def search(
    system: str, query: str, on: date, limit: int = LIMIT, usage: Usage = NO_USAGE
) -> list[Hit]:
    """At most `limit` codes valid on a day, best first; nothing typed: nothing.

    `system` "" searches ICD-10-CM, CPT and HCPCS. `usage` are (system, code) the practice uses
    most (coding.code_usage), which come first among equals. At most five statements.
    """
    text = " ".join(query.split())
    if len(text) < 2:
        return []
    systems = [system] if system else [str(name) for name in USUAL]
    if CODE_START.fullmatch(text.upper()):
        codes = Code.objects.in_force(on).filter(system__in=systems).only(*COLUMNS)
        found = by_code(codes, text, limit, usage)
        if found:
            return [Hit(code) for code in found]
    words = known_words()
    groups = read_groups(text, words)
    if not groups:
        return []
    candidates = by_words(systems, groups, on, limit, marks_of(text, groups, words))
    hits = ranked(candidates, groups, usage)[:limit]
    return opened(hits, on, limit)


def by_code(codes: QuerySet[Code], text: str, limit: int, usage: Usage) -> list[Code]:
    """Codes that start with what was typed: the heading, those of every day, then the others."""
    start = text.upper().replace(".", "")
    # A range instead of LIKE: it uses the index under every collation.
    inside = codes.filter(code__gte=start, code__lte=start + "ZZZZZZZ"[: 8 - len(start)])
    used = Q(code__in=[code for _, code in usage if code.startswith(start)])
    often = inside.filter(Q(code=start) | Q(rank=0) | used)
    first = sorted(
        often.order_by("code")[: limit * 4],
        key=lambda code: (code.code != start, (code.system, code.code) not in usage, code.code),
    )[:limit]
    if len(first) == limit:
        return first
    shown = {code.pk for code in first}
    return first + list(inside.exclude(pk__in=shown).order_by("code")[: limit - len(first)])


def read_groups(text: str, words: Words) -> list[Group]:
    """What was typed as groups of words of which each must be found, in one of its readings."""
    pieces = groups_of(words_of(text), short_forms())
    # Short forms first: "a fib" begins with a word that says nothing.
    said = [piece for piece in pieces if piece[1] or piece[0] not in STOP_WORDS]
    groups = []
    for piece, meanings in said or pieces:
        is_known = " " not in piece and words.has_start(piece)
        readings = () if is_known or meanings or " " in piece else words.readings(piece)
        own = ((piece,),) if is_known or not (meanings or readings) else ()
        groups.append(Group(piece, own, meanings, readings))
    return groups


def by_words(
    systems: Sequence[str], groups: Sequence[Group], on: date, limit: int, marks: Sequence[str]
) -> list[Code]:
    """Codes that have every group; when none has, codes that have all but one.

    `marks` are the parts of the codes to look in, each wider than the one before: the first codes
    must fill the list, and later encounters are looked for only when there is no other.
    """
    found: list[Code] = []
    for mark in marks:
        found = ask(systems, groups, on, mark)
        if len(found) >= (2 * limit if mark == FIRST else 1):
            return found
    if not found and len(groups) >= LOOSE:
        found = ask(systems, groups, on, marks[0], is_loose=True)
    return found


def marks_of(text: str, groups: Sequence[Group], words: Words) -> tuple[str, ...]:
    """Where to look, narrow first for words that very many codes have."""
    if LATER.search(text.lower()):
        return (ALL,)
    is_broad = all(words.count(group.every_reading) > BROAD for group in groups)
    return (FIRST, EARLY, ALL) if is_broad else (EARLY, ALL)


def ask(
    systems: Sequence[str],
    groups: Sequence[Group],
    on: date,
    mark: str,
    *,
    is_loose: bool = False,
) -> list[Code]:
    """One statement: the codes whose document has these words, those of every day first."""
    asked = [sql_of(group) for group in groups]
    # All but one of four words, in any choice of the one.
    choices = [asked[:at] + asked[at + 1 :] for at in range(len(asked))] if is_loose else [asked]
    texts = [f"({' && '.join(text for text, _ in choice)})" for choice in choices]
    params = [param for choice in choices for _, told in choice for param in told]
    marks = " | ".join(f"'={system}'" for system in systems)
    only = f"({marks}) & '{mark}'" if mark else marks
    return list(
        Code.objects.raw(
            f"""
            SELECT {", ".join(COLUMNS)} FROM (
                SELECT * FROM coding_code
                WHERE document @@ (({" || ".join(texts)}) && %s::tsquery)
                -- The words alone choose the index: without statistics it may be one of days.
                OFFSET 0
            ) AS found
            WHERE starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
            ORDER BY rank, length(label), code LIMIT {CANDIDATES}
            """,  # noqa: S608  # our text, the values are parameters
            [*params, only, on, on],
        )
    )


def sql_of(group: Group) -> tuple[str, list[str]]:
    """A group as a tsquery: any of its readings, of each reading all words."""
    texts, params = [], []
    for reading in group.every_reading:
        words = []
        for word in reading:
            words.append("(to_tsquery('simple', %s) || to_tsquery('english', %s))")
            params += [f"'{word}':*", f"'{word}'"]
        texts.append(f"({' && '.join(words)})")
    return f"({' || '.join(texts)})", params


def ranked(codes: Sequence[Code], groups: Sequence[Group], usage: Usage) -> list[Hit]:
    """Best first, by the term of each code that fits best. One statement for the terms."""
    terms = terms_of([code.pk for code in codes])
    fits = {code.pk: max(fits_of(code, terms.get(code.pk, ()), groups)) for code in codes}
    # A heading that is just what was typed: its codes are meant.
    meant = tuple(code.code for code in codes if not code.is_billable and fits[code.pk].is_exact)

    def key(code: Code) -> tuple[int, int, int, int, str]:
        fit = fits[code.pk]
        is_often = (code.system, code.code) in usage or code.rank == 0
        is_meant = code.is_billable and code.code.startswith(meant)
        score = fit.score + OFTEN * is_often + MEANT * is_meant - PER_RANK * code.rank
        is_context = not code.is_billable and not (fit.is_exact and len(code.code) == 3)
        aside = 2 if code.rank >= RANK_OF_LATER else int(is_context)
        return (-fit.found, aside, -score, len(code.label), code.code)

    return [Hit(code, why_found(fits[code.pk], groups)) for code in sorted(codes, key=key)]


# One walk down the index for each code. Asked with IN, a table of which there are no statistics, as
# after a load, is read as a whole. OFFSET 0 keeps the planner from making a join of it again.
TERMS = """
    SELECT asked.id, found.text, found.source
    FROM unnest(%s::bigint[]) AS asked (id) CROSS JOIN LATERAL (
        SELECT text, source FROM coding_codeterm WHERE code_id = asked.id OFFSET 0
    ) AS found
"""


def terms_of(code_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """(text, source) of each code that has terms."""
    terms: dict[int, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TERMS, [list(code_ids)])
        for code_id, text, source in cursor.fetchall():
            terms.setdefault(code_id, []).append((text, source))
    return terms


def fits_of(code: Code, terms: Iterable[tuple[str, str]], groups: Sequence[Group]) -> Iterable[Fit]:
    """How each term of a code fits; its title also when no terms are kept of it."""
    yield fit_of(" ".join(words_of(code.label)), "title", groups)
    for text, source in terms:
        if source != "title":
            yield fit_of(text, source, groups)


# The codes of each heading are one stretch of the index code_by_code. Asked with OR the planner may
# walk through all codes of the set instead.
BELOW = f"""
    SELECT DISTINCT ON (rank, code, id) below.*
    FROM unnest(%s::text[], %s::text[]) AS above (of_system, start) CROSS JOIN LATERAL (
        SELECT {", ".join(COLUMNS)} FROM coding_code
        WHERE system = above.of_system AND code > above.start AND code < above.start || 'ZZZZ'
            AND is_billable AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
            AND id <> ALL (%s)
        ORDER BY rank, code LIMIT %s
    ) AS below
    ORDER BY rank, code, id LIMIT %s
"""  # noqa: S608  # our columns


def opened(hits: list[Hit], on: date, limit: int) -> list[Hit]:
    """Below headings that were found, the codes they stand for, as far as there is room."""
    headings = [hit for hit in hits if not hit.is_billable][:OPENED]
    if len(hits) >= limit or not headings:
        return hits
    room, shown = limit - len(hits), [hit.pk for hit in hits]
    asked = [[hit.system for hit in headings], [hit.code for hit in headings]]
    more = Code.objects.raw(BELOW, [*asked, on, on, shown, room, room])
    return hits + [Hit(code, f"under {above(code, headings)}") for code in more]


def above(code: Code, headings: Iterable[Hit]) -> str:
    return next(hit.dotted for hit in headings if code.code.startswith(hit.code))
