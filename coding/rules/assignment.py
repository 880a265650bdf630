"""Who gets which chart: plain data in, plain data out."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coding.rules.credentials import Care, VisitKind, WantedCredential, is_kept_from

# Per coder of a rule: charts counted so far, the place in the rule, the coder.
Heap = list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class WaitingChart:
    """What the rules ask about a chart that is nobody's yet."""

    id: int
    specialty: str
    visit_type: str
    provider_id: int
    payer_id: int | None
    payer_class: str
    care: Care = "professional"


@dataclass(frozen=True, slots=True)
class GivingRule:
    """Conditions, empty ones fitting every chart, and the coders who share what fits."""

    specialty: str = ""
    visit_type: str = ""
    provider_id: int | None = None
    payer_id: int | None = None
    payer_class: str = ""
    coders: tuple[int, ...] = ()

    def fits(self, chart: WaitingChart) -> bool:
        return (
            self.specialty in ("", chart.specialty)
            and self.visit_type in ("", chart.visit_type)
            and self.provider_id in (None, chart.provider_id)
            and self.payer_id in (None, chart.payer_id)
            and self.payer_class in ("", chart.payer_class)
        )


def distribute(
    charts: Iterable[WaitingChart],
    rules: Sequence[GivingRule],
    load: Mapping[int, int],
    unmet: Mapping[int, Sequence[WantedCredential]] | None = None,
) -> dict[int, int]:
    """Chart -> coder, by the first rule that fits; a chart no rule fits is in no answer.

    Of a rule's coders the one with the fewest charts gets the next, `load` being what each has
    already; of equals the one named first. Work given here counts for the rules after. `unmet` are
    the requirements of credentials a coder does not meet: a chart of which one speaks goes to the
    rule's other coders, without any to the next rule that fits.
    """
    counted = {coder: load.get(coder, 0) for rule in rules for coder in rule.coders}
    heaps: list[Heap] = [
        [(counted[coder], place, coder) for place, coder in enumerate(rule.coders)]
        for rule in rules
    ]
    for heap in heaps:
        heapq.heapify(heap)
    given: dict[int, int] = {}
    # Many charts are of few kinds.
    kept_from: dict[VisitKind, set[int]] = {}
    for chart in charts:
        visit = VisitKind(chart.care, chart.specialty, chart.visit_type)
        if visit not in kept_from:
            kept_from[visit] = {
                coder for coder, lacks in (unmet or {}).items() if is_kept_from(lacks, visit)
            }
        barred = kept_from[visit]
        for rule, heap in zip(rules, heaps, strict=True):
            coder = take_least(heap, counted, barred) if rule.fits(chart) else None
            if coder is not None:
                given[chart.id] = coder
                break
    return given


def take_least(heap: Heap, counted: dict[int, int], barred: Iterable[int]) -> int | None:
    """The coder with the fewest charts who is not barred, one more counted; None without any."""
    passed: Heap = []
    found = None
    while heap and found is None:
        count, place, coder = heapq.heappop(heap)
        # Another rule may have given this coder work since: what stood here is an old count.
        if count != counted[coder]:
            heapq.heappush(heap, (counted[coder], place, coder))
        elif coder in barred:
            passed.append((count, place, coder))
        else:
            found = coder
            counted[coder] = count + 1
            passed.append((count + 1, place, coder))
    for each in passed:
        heapq.heappush(heap, each)
    return found
