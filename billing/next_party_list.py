"""What the list of next steps shows: tabs with counts and dollars, and one page of claims."""

from collections.abc import Iterable, Mapping
from typing import Any

from billing.models import Claim
from billing.next_parties import StepTotal
from billing.rules.next_party import Step
from rcm.money import ZERO, from_cents

TABS = [
    ("secondary_due", "Secondary due"),
    ("crossover_waiting", "Crossover waiting"),
    ("secondary_sent", "Secondary drafted"),
    ("patient_share", "Patient share"),
    ("payer_owes", "Payer owes"),
    ("credit", "Credit"),
    ("closed", "Closed"),
]
EMPTY = {
    "secondary_due": "Claims whose share belongs to a secondary payer wait here to be billed.",
    "crossover_waiting": "Claims their payer has sent on wait here for the next payer's answer.",
    "secondary_sent": "Claims with a drafted or sent secondary claim stand here.",
    "patient_share": "Claims of which only the patient's part is left stand here.",
    "payer_owes": "Claims denied or paid short stand here until somebody has decided.",
    "credit": "Claims that received more than was owed stand here.",
    "closed": "Claims paid and explained to the cent stand here.",
}
NONE = StepTotal(0, ZERO)


def step_tabs(totals: Mapping[str, StepTotal], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?step={code}",
            "count": totals.get(code, NONE).claims,
            "is_current": code == chosen,
        }
        for code, label in TABS
    ]


def rows_of(practice_id: int, found: Iterable[tuple[int, Step]]) -> list[dict[str, Any]]:
    """Each claim with its step, in the order given. One statement."""
    steps = dict(found)
    claims = Claim.objects.select_related("patient", "payer").filter(practice_id=practice_id)
    known = claims.in_bulk(list(steps))
    return [
        {"claim": known[pk], "step": step, "amount": from_cents(step.amount)}
        for pk, step in steps.items()
    ]
