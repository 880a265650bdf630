"""What a provider may answer, and the addendum an answer becomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from coding.rules.query_wording import NO, OPEN, OTHER, UNDETERMINED

# Answers that do not state what was asked about.
NO_FINDING = (OTHER, UNDETERMINED, NO)
SHORTEST_TEXT, LONGEST_TEXT = 2, 4000


@dataclass(frozen=True)
class AddendumFacts:
    """What the addendum says; dates as they are printed, quotes as (words, document)."""

    encounter_number: str
    served_on: str
    question: str
    quotes: Sequence[tuple[str, str]]
    option: str
    text: str
    signature: str
    signed_at: str


def check_answer(kind: str, options: Sequence[str], option: str, text: str) -> str:
    """What is wrong with an answer, in one sentence; empty when it may be signed."""
    said = text.strip()
    if option and option not in options:
        return "Choose one of the answers this query offers."
    if not option and kind != OPEN:
        return "Choose an answer."
    if not option and len(said) < SHORTEST_TEXT:
        return f"Write your answer, or choose “{UNDETERMINED}”."
    if option == OTHER and len(said) < SHORTEST_TEXT:
        return "Say in your own words what “Other” is."
    if len(said) > LONGEST_TEXT:
        return f"Answer in {LONGEST_TEXT:,} characters at most."
    return ""


def states_finding(option: str) -> bool:
    """Did the provider give what was asked about, rather than another or no conclusion?"""
    return option not in NO_FINDING


def write_addendum(facts: AddendumFacts) -> str:
    """The text of the signed addendum: question, quotes and answer, none of them changed."""
    quoted = "\n".join(f"“{words}” ({document})" for words, document in facts.quotes)
    answer = "\n".join(part for part in (facts.option, facts.text.strip()) if part)
    return (
        f"ADDENDUM\nVisit {facts.encounter_number} of {facts.served_on}.\n\n"
        f"QUESTION\n{facts.question.strip()}\n\n"
        f"QUOTED FROM THE CHART\n{quoted}\n\n"
        f"ANSWER\n{answer}\n\n"
        f"Electronically signed by {facts.signature} on {facts.signed_at}\n"
    )
