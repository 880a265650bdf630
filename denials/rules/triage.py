"""Root cause of a denial and who works it: from RARC, then CARC, then the group.

A remark code is sharper than the reason it stands beside (CARC 16 means nothing without one), so
a remark in the table decides; otherwise the reason does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from payers.rules.filing import last_safe_day

# Reasons whose cause a remark may sharpen; for others the reason stands.
OPEN_REASONS = frozenset({"16", "96", "125", "129", "148", "226", "227", "234", "252", "A1", "B7"})


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table: our label, cause and owner of a reason or remark."""

    label: str
    category: str
    owner_queue: str
    routes_to_coder: bool


@dataclass(frozen=True, slots=True)
class Triage:
    """Where a denial goes."""

    label: str
    category: str
    owner_queue: str
    routes_to_coder: bool


UNKNOWN = Route("Reason not in the table", "payer_policy", "billing", False)


def triage(
    reason: str,
    remarks: Iterable[str],
    reasons: Mapping[str, Route],
    remark_routes: Mapping[str, Route],
) -> Triage:
    """Cause and owner of one denial."""
    route = reasons.get(reason, UNKNOWN)
    if reason in OPEN_REASONS or route is UNKNOWN:
        sharper = next((remark_routes[r] for r in remarks if r in remark_routes), None)
        if sharper is not None:
            return Triage(
                f"{route.label}: {sharper.label}",
                sharper.category,
                sharper.owner_queue,
                sharper.routes_to_coder,
            )
    return Triage(route.label, route.category, route.owner_queue, route.routes_to_coder)


def due_day(denied_on: date, windows: Sequence[int]) -> date:
    """The last day on which every remedy (corrected claim, appeal) is still open."""
    return last_safe_day(denied_on, min(windows))
