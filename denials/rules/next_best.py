"""What to do with a denial next, as four numbers a person can check.

Worth per minute = dollars × chance × urgency ÷ minutes. The chance is the practice's own history of
that verb on denials of that cause at that payer. Below twenty ended ones there is no chance to
speak of: then the verbs stand in the order of the cause, without a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ENOUGH = 20
CORRECTED, ROUTE = "corrected", "route"
LABELS = {CORRECTED: "Send corrected claim", ROUTE: "Route to coder"}
# Which verb comes first where history cannot tell.
CODER_FIRST = frozenset({"coding", "documentation"})
# Median minutes of a verb while fewer than twenty were measured.
MINUTES = {CORRECTED: Decimal(5), ROUTE: Decimal(2)}
# Days left up to which the factor holds; a missed remedy is worth nothing.
URGENCY = ((3, Decimal(4)), (7, Decimal(3)), (14, Decimal(2)), (30, Decimal("1.5")))


@dataclass(frozen=True, slots=True)
class History:
    """One verb on denials of one cause at one payer: how many ended, how many of them paid.

    `median_days` from the verb to the payment; `minutes` the median a person took, of `measured`.
    """

    ended: int = 0
    paid: int = 0
    median_days: int | None = None
    minutes: Decimal | None = None
    measured: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """A verb with its four numbers; `chance` and `worth` are None below twenty ended."""

    verb: str
    dollars: Decimal
    chance: Decimal | None
    urgency: Decimal
    minutes: Decimal
    history: History

    @property
    def label(self) -> str:
        return LABELS[self.verb]

    @property
    def worth(self) -> Decimal | None:
        """Dollars per minute."""
        if self.chance is None:
            return None
        return (self.dollars * self.chance * self.urgency / self.minutes).quantize(Decimal("0.01"))


def urgency_of(days_left: int) -> Decimal:
    """How much more an hour today is worth than one later."""
    if days_left < 0:
        return Decimal(0)
    return next((factor for days, factor in URGENCY if days_left <= days), Decimal(1))


def options(
    category: str,
    verbs: Sequence[str],
    *,
    dollars: Decimal,
    days_left: int,
    history: Mapping[str, History],
) -> list[Option]:
    """The verbs that can be done, best first; by the cause's own order where history is short.

    A verb with a known worth stands before one without only when every verb has one: a number is
    not better than none.
    """
    found = [option_of(verb, dollars, days_left, history.get(verb, History())) for verb in verbs]
    if all(option.worth is not None for option in found):
        return sorted(found, key=lambda option: -(option.worth or 0))
    first = ROUTE if category in CODER_FIRST else CORRECTED
    return sorted(found, key=lambda option: option.verb != first)


def option_of(verb: str, dollars: Decimal, days_left: int, history: History) -> Option:
    chance = Decimal(history.paid) / history.ended if history.ended >= ENOUGH else None
    is_measured = history.minutes is not None and history.measured >= ENOUGH
    minutes = max(Decimal(1), history.minutes or 0) if is_measured else MINUTES[verb]
    return Option(verb, dollars, chance, urgency_of(days_left), Decimal(minutes), history)
