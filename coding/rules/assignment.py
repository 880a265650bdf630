"""Who gets which chart: plain data in, plain data out."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitingChart:
    """What the rules ask about a chart that is nobody's yet."""

    id: int
    specialty: str
    visit_type: str
    provider_id: int
    payer_id: int | None
    payer_class: str


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
    charts: Iterable[WaitingChart], rules: Sequence[GivingRule], load: Mapping[int, int]
) -> dict[int, int]:
    """Chart -> coder, by the first rule that fits; a chart no rule fits is in no answer.

    Of a rule's coders the one with the fewest charts gets the next, `load` being what each has
    already; of equals the one named first. Work given here counts for the rules after.
    """
    counted = {coder: load.get(coder, 0) for rule in rules for coder in rule.coders}
    heaps = [
        [(counted[coder], place, coder) for place, coder in enumerate(rule.coders)]
        for rule in rules
    ]
    for heap in heaps:
        heapq.heapify(heap)
    given: dict[int, int] = {}
    for chart in charts:
        at = next((n for n, rule in enumerate(rules) if rule.coders and rule.fits(chart)), None)
        if at is None:
            continue
        heap = heaps[at]
        # Another rule may have given this coder work since: what stands here is an old count.
        while heap[0][0] != counted[heap[0][2]]:
            _, place, coder = heap[0]
            heapq.heapreplace(heap, (counted[coder], place, coder))
        count, place, coder = heap[0]
        counted[coder] = count + 1
        heapq.heapreplace(heap, (count + 1, place, coder))
        given[chart.id] = coder
    return given
