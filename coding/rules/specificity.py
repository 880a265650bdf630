"""From a heading to the code the words support, and what is missing for a better one.

Every code under a heading says some details more than its heading: side, stage, type, episode.
The one whose details are all in the words is right; failing that, the one that says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from coding.rules.anatomy import widened
from coding.rules.code_titles import SIDES, Title, read_title
from coding.rules.text_terms import IndexedCode, TermIndex

# Families of which as many codes are used as describe the patient (guideline I.C.4.a).
MANY = ("E08", "E09", "E10", "E11", "E13")
TRIMESTERS = frozenset({"first", "second", "third", "trimester"})
SUBSEQUENT = frozenset({"healing", "subsequent", "routine", "followup", "cast", "removal"})
EPISODES = {"A": "initial", "D": "subsequent", "S": "sequela", "B": "initial, open"}
QUESTIONS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("side", SIDES, "Right, left or both sides?"),
    ("trimester", TRIMESTERS, "Which trimester?"),
    ("stage", frozenset({"stage"}), "Which stage?"),
    (
        "severity",
        frozenset({"mild", "moderate", "severe", "persistent", "intermittent"}),
        "How severe?",
    ),
    ("acuity", frozenset({"acute", "chronic", "subacute", "recurrent"}), "Acute or chronic?"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A detail the note lacks: what it is called, the question, and codes that would say it."""

    kind: str
    question: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A billable code with its label, the details it rests on and what is missing."""

    code: str
    label: str
    details: frozenset[str]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    row: IndexedCode
    title: Title
    said: frozenset[str]
    missing: frozenset[str]


def refine(
    index: TermIndex,
    root: str,
    said: frozenset[str],
    on: date,
    denied: frozenset[str] = frozenset(),
) -> list[Chosen]:
    """The billable codes under `root` that the words `said` support; empty when none fits.

    `denied` words support a code "without" them.
    """
    said = widened(said)
    rows = list(index.under(root, on)) or []
    if len(rows) == 1 and rows[0].code == root and (wider := upgrades(index, rows[0], said, on)):
        rows = wider
    head = index.get(root, on)
    if not rows or head is None:
        return []
    options = weigh(rows, read_title(head.label).hard, said, denied)
    full = [option for option in options if not option.missing and option.said]
    if not full:
        plain = [option for option in options if not option.missing]
        best = min(plain or fallback(options), key=plainness, default=None)
        return [choose(best, options, said)] if best else []
    widest = [option for option in full if not any(option.said < other.said for other in full)]
    if root[:3] in MANY and root == root[:3]:
        return [choose(option, options, said) for option in once(widest)]
    best = max(widest, key=lambda option: (len(option.said), *(-n for n in plainness(option)[:3])))
    return [choose(best, options, said)]


def upgrades(
    index: TermIndex, row: IndexedCode, said: frozenset[str], on: date
) -> list[IndexedCode]:
    """Codes of the category that say all that an unspecified one says, and more of what is said."""
    title = read_title(row.label)
    if not title.is_unspecified:
        return []
    better = [
        other
        for other in index.under(row.code[:3], on)
        if title.hard < (hard := read_title(other.label).hard) and hard <= said | title.hard
    ]
    return [row, *better] if better else []


def weigh(
    rows: Sequence[IndexedCode],
    head: frozenset[str],
    said: frozenset[str],
    denied: frozenset[str],
) -> list[Option]:
    titles = [read_title(row.label) for row in rows]
    # "Right ear", "left ear", "bilateral": the ear goes without saying.
    one_sided = [title.hard for title in titles if "bilateral" not in title.hard]
    shared = frozenset.intersection(*(one_sided or [title.hard for title in titles]))
    options = []
    for row, title in zip(rows, titles, strict=True):
        if contradicts(title, said):
            continue
        details = title.hard - head - shared
        kept_out = title.without & denied
        options.append(Option(row, title, (details & said) | kept_out, details - said))
    return options


def contradicts(title: Title, said: frozenset[str]) -> bool:
    """Whether most of what the title leaves out is said."""
    return bool(title.without) and 2 * len(title.without & said) > len(title.without)


def plainness(option: Option) -> tuple[int, int, int, int, str]:
    """Least special first: "unspecified" before a plain title before "other"."""
    title = option.title
    return (
        len(option.missing),
        1 if title.is_other else 0,
        0 if title.is_unspecified else 1,
        title.cost,
        option.row.code,
    )


def fallback(options: Iterable[Option]) -> list[Option]:
    """Where no title is plain: one that is unspecified and lacks only one word of anatomy."""
    return [
        option
        for option in options
        if option.title.is_unspecified and len(option.missing) == 1 and not option.missing & SIDES
    ]


def once(options: Iterable[Option]) -> list[Option]:
    """One option for each set of details: the plainest."""
    best: dict[frozenset[str], Option] = {}
    for option in sorted(options, key=plainness):
        best.setdefault(option.said, option)
    return list(best.values())


def choose(option: Option, options: Sequence[Option], said: frozenset[str]) -> Chosen:
    row = option.row
    gaps = list(missing_details(option, options))
    if not row.seventh:
        return Chosen(row.code, row.label, option.said, tuple(gaps))
    letter, is_told = episode(row, said)
    if not is_told:
        gaps.append(Gap("episode", "Initial, subsequent or sequela?", ()))
    label = f"{row.label}, {EPISODES.get(letter, letter)} encounter"
    return Chosen(row.code.ljust(6, "X") + letter, label, option.said, tuple(gaps))


def episode(row: IndexedCode, said: frozenset[str]) -> tuple[str, bool]:
    """The 7th character: A while treatment is active, D in healing, S for what stays after."""
    if "sequela" in said and "S" in row.seventh:
        return "S", True
    if said & SUBSEQUENT and "D" in row.seventh:
        return "D", True
    if "open" in said and "fracture" in said and "B" in row.seventh:
        return "B", True
    first = "A" if "A" in row.seventh else row.seventh[0]
    return first, bool(said & {"initial", "acute", "today", "yesterday", "ago", "new", "repair"})


def sisters_of(option: Option, options: Sequence[Option]) -> list[Option]:
    """The codes that differ last from a code: those that share its longest start with another."""
    code = option.row.code
    for length in range(len(code) - 1, 2, -1):
        sisters = [other for other in options if other.row.code.startswith(code[:length])]
        if len(sisters) > 1:
            return sisters
    return list(options)


def missing_details(option: Option, options: Sequence[Option]) -> Iterable[Gap]:
    """What the sister codes would say that this one leaves open."""
    if not (option.title.is_unspecified or option.missing):
        return
    core = option.title.hard - SIDES
    sisters = sisters_of(option, options)
    for kind, words, question in QUESTIONS:
        with_it = [
            other
            for other in sisters
            if other.title.hard & words
            and not option.title.hard & words
            and (kind != "side" or core <= other.title.hard | {"unspecified"})
        ]
        if with_it:
            yield Gap(kind, question, tuple(other.row.code for other in with_it[:6]))
            return
    others = [other for other in sisters if other is not option and not other.title.is_other]
    if others and option.title.is_unspecified:
        yield Gap("type", "Which type?", tuple(other.row.code for other in others[:6]))
