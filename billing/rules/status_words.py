"""Plain words for what a 277 says of a claim a payer was asked about.

Numbers are the standard's (lists 507 and 508), the words are ours.
"""

from typing import Literal

from billing.rules import claim_statuses
from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.status_27x import StatusDetail

Standing = Literal["pending", "final", "not_found", "refused", "received"]

CATEGORIES = claim_statuses.CATEGORIES | {
    "P0": "Pending",
    "P1": "Being worked on",
    "P2": "Under review at the payer",
    "P3": "Waits for something the payer has asked for",
    "P4": "Waits for an answer of the patient",
    "P5": "Waits for the payer's own system",
    "F0": "Decided",
    "F1": "Decided: paid",
    "F2": "Decided: denied",
    "F3": "Decided: changed",
    "F3F": "Decided and sent on to the next payer",
    "F3N": "Decided, not sent on",
    "F4": "Decided: no payment will come",
    "R0": "The payer asks for more",
    "R1": "The payer asks about somebody on the claim",
    "R3": "The payer asks about the claim or a line",
    "R4": "The payer asks for documents",
    "R5": "The payer asks for something else",
    "D0": "The payer cannot match the question",
    "E0": "The question has an error",
    "E1": "The payer's system cannot answer",
    "E2": "Whoever holds the claim does not answer",
    "E3": "The question has to be corrected",
    "E4": "An agreement with the payer is needed first",
}
CODES = claim_statuses.CODES | {
    "0": "no more can be said",
    "1": "details follow in a letter or remittance",
    "2": "details are in the remittance",
    "3": "decided, waits for the next payment run",
    "35": "no such claim",
    "65": "paid",
    "101": "already paid",
    "104": "decided by the rules of the plan",
    "107": "decided by the contract",
    "187": "date of service",
    "317": "waits for medical records",
}
PENDING, FINAL = ("P", "R"), ("F",)


def standing_of(category: str) -> Standing:
    """What to make of a category: still open, decided, or a question that did not work."""
    if category.startswith(FINAL):
        return "final"
    if category.startswith(PENDING):
        return "pending"
    if category in ("A4", "D0"):
        return "not_found"
    if category.startswith("E"):
        return "refused"
    return "received"


def describe_status(status: Status) -> str:
    """One composite in words, such as "Decided: paid (F1): paid"."""
    category = CATEGORIES.get(status.category, "Category")
    entity = claim_statuses.ENTITIES.get(status.entity, "")
    code = CODES.get(status.code, f"status {status.code}" if status.code else "")
    rest = ", ".join(part for part in (entity, code) if part)
    return f"{category} ({status.category}){': ' + rest if rest else ''}"


def describe_details(details: tuple[StatusDetail, ...]) -> str:
    """All composites of all STC; the payer's free text is left out: it may name people."""
    told = [describe_status(status) for detail in details for status in detail.statuses]
    return "; ".join(dict.fromkeys(told))
