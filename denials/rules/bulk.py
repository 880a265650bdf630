"""What a verb would do to many cases, counted: how many, how much, and why not the others."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

DONE, REQUESTED, REFUSED = "done", "requested", "refused"
# Verb -> what would happen, what asks for approval.
OUTCOMES = {
    "corrected": "A corrected claim is drafted",
    "route": "The coder is asked",
    "bill-patient": "Moves to the patient",
    "write-off": "Written off",
    "pend": "Put away",
    "assign": "Changes hands",
    "recategorize": "Gets the cause",
}
VERB_LABELS = {
    "corrected": "Send corrected claim",
    "route": "Route to coder",
    "bill-patient": "Bill patient",
    "write-off": "Write off",
    "pend": "Pend",
    "assign": "Assign",
    "recategorize": "Recategorize",
}
ASKS = "Asks for approval: above your limit"


class Planned(NamedTuple):
    """One case of the list: its first denial, the claim, dollars, what happens and why not."""

    denial_id: int
    claim: str
    amount: Decimal
    outcome: str
    why: str


def summarize(verb: str, planned: Iterable[Planned]) -> dict[str, Any]:
    """Counts and dollars per outcome, and the refused cases by reason; amounts as text."""
    rows = list(planned)
    refused: dict[str, list[Planned]] = {}
    for row in rows:
        if row.outcome == REFUSED:
            refused.setdefault(row.why, []).append(row)
    outcomes = [
        {"outcome": name, "label": label, **totals([row for row in rows if row.outcome == name])}
        for name, label in ((DONE, OUTCOMES[verb]), (REQUESTED, ASKS))
    ]
    return {
        **totals(rows),
        "outcomes": [each for each in outcomes if each["cases"]],
        "taken": sum(each["cases"] for each in outcomes),
        "refused": [
            {
                "why": why,
                **totals(found),
                "rows": [[row.denial_id, row.claim, f"{row.amount:.2f}"] for row in found],
            }
            for why, found in sorted(refused.items(), key=lambda item: -len(item[1]))
        ],
    }


def totals(rows: Sequence[Planned]) -> dict[str, Any]:
    amount = sum((row.amount for row in rows), Decimal(0))
    return {"cases": len(rows), "amount": f"{amount:.2f}"}
