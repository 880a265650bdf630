"""Whether a query to a provider is worded as it may be: refusals with their words and place.

Sources: AHIMA and ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 update):
clinical indicators of the encounter, no leading title or question, no impact on payment or
quality, options that the chart supports with "other" and "clinically undetermined", and yes/no
for few purposes only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from coding.rules.query_conditions import find_named, is_documented, is_supported
from coding.rules.query_words import ABOUT_PATIENT, IMPACT, LEADING

OPEN, MULTIPLE_CHOICE, YES_NO = "open", "multiple_choice", "yes_no"
OTHER, UNDETERMINED, YES, NO = "Other", "Clinically undetermined", "Yes", "No"
# What a yes/no query may be about.
PURPOSES = {
    "present_on_admission": "Was a documented diagnosis present on admission?",
    "documented": "Is a documented diagnosis confirmed?",
    "relationship": "Is one documented condition the cause of another?",
    "conflict": "Which of two conflicting notes holds?",
}
# The words by which a question shows its purpose.
_SHOWN_BY = {
    "present_on_admission": re.compile(
        r"\b(?:at|on|before|time of) (?:the )?(?:admission|arrival)\b",
        re.I,
    ),
    "relationship": re.compile(
        r"\b(?:due to|caused? (?:by|of)|related to|associated with|because of|secondary to|"
        r"results? of|complication of|relationship)\b",
        re.I,
    ),
    "conflict": re.compile(
        r"\b(?:conflict|differ|disagree|discrepan|contradict)|\bwh(?:ile|ereas)\b", re.I
    ),
}
MOST_OPTIONS, MOST_QUOTES, LONGEST_QUESTION = 8, 8, 1000


@dataclass(frozen=True)
class QueryDraft:
    """A query before it is asked. `options` are whole, with those every query offers."""

    kind: str
    title: str
    question: str
    options: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a draft is refused. `start` and `end` are places in the text of `field`.

    `field` is title, question, kind, quotes, or options; then `option` counts from 1.
    """

    code: str
    field: str
    why: str
    instead: str
    words: str = ""
    start: int = 0
    end: int = 0
    option: int = 0

    @property
    def place(self) -> str:
        """Where it stands, for people: "Question, characters 5 to 7"."""
        name = f"Option {self.option}" if self.option else self.field.capitalize()
        return f"{name}, characters {self.start + 1} to {self.end}" if self.words else name

    @property
    def message(self) -> str:
        said = f"“{self.words}” {self.why}" if self.words else self.why
        return f"{self.place}: {said} {self.instead}"


def offered(kind: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """The options with those every query of the kind offers, in the order they are shown."""
    standard = (OTHER, UNDETERMINED)
    given = tuple(option for option in options if option not in (*standard, YES, NO))
    if kind == OPEN:
        return (UNDETERMINED,)
    return ((YES, NO) if kind == YES_NO else given) + standard


def check_wording(draft: QueryDraft, chart: str) -> list[Fault]:
    """Everything that stops the draft, in reading order; empty when it may be asked.

    `chart` is the text of all documents of the encounter.
    """
    return [
        *_check_form(draft),
        *_check_text("title", draft.title, chart),
        *_check_text("question", draft.question, chart),
        *_check_options(draft, chart),
    ]


def _check_form(draft: QueryDraft) -> Iterator[Fault]:
    if draft.kind not in (OPEN, MULTIPLE_CHOICE, YES_NO):
        yield Fault("kind", "kind", "This is no kind of query.", "Ask an open question.")
    if draft.kind == YES_NO and draft.purpose not in PURPOSES:
        yield Fault(
            "yes_no",
            "kind",
            "Yes or no may not introduce a diagnosis.",
            "Say which allowed purpose it has, or ask an open question.",
        )
    elif draft.kind == YES_NO and not _shows_purpose(draft):
        yield Fault(
            "yes_no_purpose",
            "question",
            f"It does not ask: “{PURPOSES[draft.purpose]}”",
            "Name the documented condition and ask just that, or ask an open question.",
        )
    if not draft.title.strip():
        yield Fault("title_missing", "title", "It has no title.", "Name the subject: “Side”.")
    if not draft.question.strip():
        yield Fault("question_missing", "question", "It asks nothing.", "Write the question.")
    if len(draft.question) > LONGEST_QUESTION:
        yield Fault(
            "question_long",
            "question",
            f"It has {len(draft.question)} characters.",
            f"Ask in {LONGEST_QUESTION} at most.",
        )
    if not any(quote.strip() for quote in draft.quotes):
        yield Fault(
            "no_indicator",
            "quotes",
            "No clinical indicator is quoted.",
            "Quote the words of the chart that raise the question.",
        )
    if len(draft.quotes) > MOST_QUOTES:
        yield Fault(
            "quotes_many",
            "quotes",
            f"{len(draft.quotes)} quotes are too many.",
            f"Keep the {MOST_QUOTES} that matter.",
        )


def _shows_purpose(draft: QueryDraft) -> bool:
    """A question that confirms a diagnosis names it; the others say what they are about."""
    if shown := _SHOWN_BY.get(draft.purpose):
        return bool(shown.search(draft.question))
    return any(find_named(draft.question))


def _check_text(field: str, text: str, chart: str) -> Iterator[Fault]:
    """Words of impact, leading wording, and diagnoses the chart does not know, by place."""
    faults = list(_find_words(field, text))
    for named in find_named(text):
        if not is_documented(named, chart):
            faults.append(
                Fault(
                    "unsupported_diagnosis",
                    field,
                    "is not documented in this chart.",
                    "Quote the findings and ask what they mean.",
                    named.words,
                    named.start,
                    named.end,
                )
            )
    yield from sorted(faults, key=lambda fault: (fault.start, fault.end))


def _find_words(field: str, text: str) -> Iterator[Fault]:
    for banned in (*IMPACT, *LEADING):
        for match in banned.pattern.finditer(text):
            words = match[0].rstrip()
            is_title = field == "title" and banned.instead == ABOUT_PATIENT
            yield Fault(
                "title_impact" if is_title else banned.code,
                field,
                banned.why,
                "Name the subject only, such as “Side” or “Stage”." if is_title else banned.instead,
                words,
                match.start(),
                match.start() + len(words),
            )


def _check_options(draft: QueryDraft, chart: str) -> Iterator[Fault]:
    if draft.kind == OPEN:
        return
    for wanted in (OTHER, UNDETERMINED):
        if wanted not in draft.options:
            yield Fault(
                "option_missing",
                "options",
                f"The option “{wanted}” is missing.",
                "Offer it with the others.",
            )
    clinical = [o for o in draft.options if o not in (OTHER, UNDETERMINED)]
    if not clinical:
        yield Fault(
            "no_options", "options", "It offers no answer.", "Add one, or ask an open question."
        )
    if draft.kind == YES_NO and set(clinical) != {YES, NO}:
        yield Fault("yes_no_options", "options", "Yes and no are the answers.", "Offer both.")
    if len(draft.options) > MOST_OPTIONS:
        yield Fault(
            "options_many",
            "options",
            f"{len(draft.options)} options are too many.",
            f"Offer {MOST_OPTIONS} at most.",
        )
    if len({option.casefold() for option in draft.options}) < len(draft.options):
        yield Fault("option_twice", "options", "An option stands twice.", "Leave one out.")
    for number, option in enumerate(draft.options, 1):
        yield from _check_option(number, option, chart)


def _check_option(number: int, option: str, chart: str) -> Iterator[Fault]:
    for fault in _find_words("options", option):
        yield replace(fault, option=number)
    for named in find_named(option):
        if not is_supported(named, chart):
            yield Fault(
                "unsupported_option",
                "options",
                "is supported by nothing in this chart.",
                "Offer only what its findings speak for.",
                named.words,
                named.start,
                named.end,
                number,
            )
