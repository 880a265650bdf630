"""What became of a file, in one sentence and one state."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True)
class Outcome:
    """Counts of one reading. `recorded` and `duplicates` hold remittance ids."""

    interchanges: int = 0
    transactions: int = 0
    kinds: set[str] = field(default_factory=set)
    recorded: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    held: int = 0
    acknowledgments: int = 0
    answers: int = 0
    unusable: int = 0
    problems: int = 0
    first_error: str = ""


class Summary(NamedTuple):
    """`state` read, failed or ignored; `kind` such as 835, or mixed."""

    state: str
    kind: str
    note: str


def summarize(outcome: Outcome) -> Summary:
    """Failed when nothing could be used, set aside when nothing in it is new or meant for us."""
    kinds = outcome.kinds
    if kinds > {"TA1"}:
        kinds = kinds - {"TA1"}
    kind = next(iter(kinds)) if len(kinds) == 1 else "mixed" if kinds else ""
    notes = _notes(outcome)
    if outcome.recorded or outcome.acknowledgments or outcome.answers:
        return Summary("read", kind, " ".join(notes))
    if outcome.duplicates:
        return Summary("ignored", kind, " ".join(notes))
    if kinds == {"837"}:
        note = "This is a claim file (837). Claims are sent from here, not received: set aside."
        return Summary("ignored", kind, note)
    if not notes and outcome.transactions:
        notes = ["No transaction of this file is of a kind that is read here."]
    if not notes:
        notes = [outcome.first_error or "The file holds no transaction."]
    return Summary("failed", kind[:12], " ".join(notes))


def _notes(outcome: Outcome) -> list[str]:
    notes = []
    if outcome.recorded:
        notes.append(f"{_count(len(outcome.recorded), 'remittance')} recorded.")
    if outcome.held:
        notes.append(f"{outcome.held} held.")
    if outcome.acknowledgments:
        notes.append(f"{_count(outcome.acknowledgments, 'acknowledgment')} applied.")
    if outcome.answers:
        notes.append(f"{_count(outcome.answers, 'answer')} to inquiries read.")
    if outcome.duplicates:
        ids = ", ".join(str(pk) for pk in outcome.duplicates[:5])
        notes.append(f"Duplicate of remittance {ids}: not recorded again.")
    if outcome.unusable:
        notes.append(f"{_count(outcome.unusable, 'transaction')} not used.")
        notes.append(outcome.first_error)
    return notes


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
