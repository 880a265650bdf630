"""The treatments of a practice as the rules want them."""

from collections import defaultdict
from typing import cast

from payers.models import Treatment
from payers.rules.treatment import Kind


class Overrides:
    """Treatment rows of a practice; a payer's own wins over the one for all payers."""

    def __init__(self, practice_id: int) -> None:
        rows = Treatment.objects.filter(practice_id=practice_id)
        self._by_payer: defaultdict[int | None, dict[tuple[str, str], Kind]] = defaultdict(dict)
        for payer_id, group, reason, kind in rows.values_list(
            "payer_id", "group", "reason", "kind"
        ):
            self._by_payer[payer_id][group, reason] = cast(Kind, kind)
        self._merged: dict[int | None, dict[tuple[str, str], Kind]] = {}

    def of(self, payer_id: int | None) -> dict[tuple[str, str], Kind]:
        """(group, reason) -> kind for one payer."""
        merged = self._merged.get(payer_id)
        if merged is None:
            merged = self._by_payer[None] | self._by_payer[payer_id]
            self._merged[payer_id] = merged
        return merged
