"""A letter as it would begin, with the facts of the newest denial it fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from denials.appeal_facts import read_case
from denials.models import Denial
from denials.rules.appeal_letters import EXAMPLES, Filled, begin, fill


@dataclass(frozen=True)
class Preview:
    """The letter, and the denial whose facts it has; none where they are invented."""

    letter: Filled
    denial: Denial | None


def preview(
    denials: QuerySet[Denial], asked: Mapping[str, Any], *, now: datetime, today: date
) -> Preview:
    """Of a template that is not saved yet: `asked` are its fields, `denials` the practice's."""
    fitting = denials.all()
    if asked["payer"] is not None:
        fitting = fitting.filter(payer=asked["payer"])
    if asked["payer_class"]:
        fitting = fitting.filter(payer__payer_class=asked["payer_class"])
    if asked["category"]:
        fitting = fitting.filter(category=asked["category"])
    joined = ("claim", "payer", "service_line", "remitted_claim__remittance", "coder_task")
    # The newest first, along the index of days.
    row = fitting.select_related(*joined).order_by("-denied_on", "-pk").first()
    facts = dict(EXAMPLES)
    if row is not None:
        facts = read_case([row], asked["level"] or 1, None, now=now, today=today).letter
    return Preview(fill(begin(asked["body"], facts), facts), row)
