"""What the reader says of claims, lines and adjustments, and what it was matched with, as rows for
COPY. Nothing is judged.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from billing.actions.chunk_matches import ChunkMatch, people_of
from billing.staging import NULL, array_field, field, json_field
from rcm.money import cents_text
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderSummary,
    Reference,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)

CLAIM_COLUMNS = {
    "id": "bigint",
    "position": "integer",
    "patient_control_number": "text",
    "status_code": "text",
    "amount_billed": "numeric",
    "amount_paid": "numeric",
    "amount_patient": "numeric",
    "filing_indicator": "text",
    "payer_claim_control_number": "text",
    "patient_last_name": "text",
    "patient_first_name": "text",
    "member_id": "text",
    "remarks": "text[]",
    "details": "jsonb",
    "claim_id": "bigint",
    "match_method": "text",
    "match_score": "smallint",
    "state": "text",
    "exception_code": "text",
    "exception": "text",
}
LINE_COLUMNS = {
    "id": "bigint",
    "remitted_claim_id": "bigint",
    "position": "smallint",
    "qualifier": "text",
    "procedure_code": "text",
    "modifiers": "text[]",
    "submitted_code": "text",
    "revenue_code": "text",
    "amount_billed": "numeric",
    "amount_paid": "numeric",
    "amount_allowed": "numeric",
    "units_paid": "numeric",
    "line_control_number": "text",
    "date_of_service": "date",
    "remarks": "text[]",
    "details": "jsonb",
    "service_line_id": "bigint",
    "match_method": "text",
}
ADJUSTMENT_COLUMNS = {
    "id": "bigint",
    "remitted_claim_id": "bigint",
    "remitted_line_id": "bigint",
    "position": "smallint",
    "group": "text",
    "reason": "text",
    "amount": "numeric",
    "quantity": "numeric",
}
# Kept as they came, under the reader's names, in `details`.
CLAIM_DETAILS = (
    *("facility_code", "frequency", "drg_code", "drg_weight", "header_number", "parties"),
    *("references", "dates", "contacts", "amounts", "quantities", "inpatient", "outpatient"),
    *("patient_status", "discharge_fraction", "condition_response"),
)
_claim_details = attrgetter(*CLAIM_DETAILS)
# What a line says in columns of its own, when it says nothing else of the kind.
IN_COLUMNS = {"references": "6R", "dates": "472", "amounts": "B6"}
# Their last field is seldom filled; the row is shorter without it.
TAILED = frozenset({Reference, DateReference, Party, ProviderSummary})
NOT_ASKED = f"{NULL}\t\t{NULL}\trecorded\t\t"

Rows = tuple[list[str], list[str], list[str]]


def rows_of(
    claims: Sequence[RemittedClaim],
    claim_ids: Sequence[int],
    line_ids: Sequence[int],
    adjustment_ids: Sequence[int],
    match: ChunkMatch | None,
    *,
    offset: int = 0,
) -> Rows:
    """COPY rows of claims, lines and adjustments; children carry the ids of their parents.

    `offset` is added to the positions, for a further part of a payment.
    """
    claim_rows: list[str] = []
    line_rows: list[str] = []
    adjustment_rows: list[str] = []
    line_keys, adjustment_keys = iter(line_ids), iter(adjustment_ids)

    def add(adjustments: Sequence[Adjustment], claim_id: int, line_id: str) -> None:
        for position, row in enumerate(adjustments, 1):
            said = adjustment_fields(row.group, row.reason, row.amount, row.quantity)
            adjustment_rows.append(
                f"{next(adjustment_keys)}\t{claim_id}\t{line_id}\t{position}\t{said}"
            )

    for claim_id, claim in zip(claim_ids, claims, strict=True):
        claim_rows.append(f"{claim_row(claim_id, claim, offset)}\t{matched_claim(claim_id, match)}")
        if claim.adjustments:
            add(claim.adjustments, claim_id, NULL)
        for line in claim.lines:
            line_id = next(line_keys)
            line_rows.append(f"{line_row(line_id, claim_id, line)}\t{matched_line(line_id, match)}")
            if line.adjustments:
                add(line.adjustments, claim_id, str(line_id))
    return claim_rows, line_rows, adjustment_rows


@lru_cache(maxsize=65_536)
def adjustment_fields(group: str, reason: str, amount: int, quantity: Decimal | None) -> str:
    """The CAS triplet itself; payers repeat them."""
    count = NULL if quantity is None else str(quantity)
    return f"{field(group)}\t{field(reason)}\t{cents_text(amount)}\t{count}"


def matched_claim(claim_id: int, match: ChunkMatch | None) -> str:
    """Which claim of ours it is, or why it is none."""
    if match is None:
        return NOT_ASKED
    found = match.claims.found.get(claim_id)
    if found is None:
        return f"{NULL}\t\t{NULL}\tunmatched\tclaim_not_found\t{match.claims.reasons[claim_id]}"
    score = NULL if found.score is None else found.score
    return f"{found.claim_id}\t{found.method}\t{score}\tmatched\t\t"


def matched_line(line_id: int, match: ChunkMatch | None) -> str:
    """Which line of ours it is."""
    found = match.lines.get(line_id) if match is not None else None
    return f"{NULL}\t" if found is None else f"{found.service_line_id}\t{found.method}"


def claim_row(claim_id: int, claim: RemittedClaim, offset: int = 0) -> str:
    """One CLP. Names come from NM1*QC, the member id from NM1*IL or else the patient's."""
    patient, subscriber = people_of(claim)
    patient_share = NULL if claim.amount_patient is None else cents_text(claim.amount_patient)
    return (
        f"{claim_id}\t{claim.position + offset}\t{field(claim.patient_control_number)}\t"
        f"{field(claim.status_code)}\t{cents_text(claim.amount_billed)}\t"
        f"{cents_text(claim.amount_paid)}\t{patient_share}\t{field(claim.filing_indicator)}\t"
        f"{field(claim.payer_claim_control_number)}\t{field(patient.last_name[:60])}\t"
        f"{field(patient.first_name[:35])}\t"
        f"{field((subscriber.identifier or patient.identifier)[:80])}\t"
        f"{array_field(claim_remarks(claim))}\t"
        f"{json_field(details_of(CLAIM_DETAILS, _claim_details(claim)))}"
    )


def claim_remarks(claim: RemittedClaim) -> tuple[str, ...]:
    """The RARCs of the claim: MOA03 to 07, MIA05 and MIA20 to 23."""
    if not claim.outpatient and not claim.inpatient:
        return ()
    inpatient = claim.inpatient
    found = (*claim.outpatient[2:7], *inpatient[4:5], *inpatient[19:23])
    return tuple(code[:10] for code in found if code)


def line_row(line_id: int, claim_id: int, line: RemittedLine) -> str:
    """One SVC."""
    allowed, served_on = line.amount_allowed, line.date_of_service
    remarks = tuple([remark.code[:10] for remark in line.remarks])
    procedure = procedure_fields(
        line.qualifier,
        line.procedure_code,
        line.modifiers,
        line.submitted_code,
        line.revenue_code,
    )
    return (
        f"{line_id}\t{claim_id}\t{line.position}\t{procedure}\t"
        f"{cents_text(line.amount_billed)}\t{cents_text(line.amount_paid)}\t"
        f"{NULL if allowed is None else cents_text(allowed)}\t"
        f"{NULL if line.units_paid is None else line.units_paid}\t"
        f"{field(line.line_control_number)}\t{day_field(served_on)}\t"
        f"{array_field(remarks)}\t{json_field(line_details(line))}"
    )


@lru_cache(maxsize=8192)
def procedure_fields(
    qualifier: str, code: str, modifiers: tuple[str, ...], submitted_code: str, revenue_code: str
) -> str:
    """What was done, as five fields."""
    return (
        f"{field(qualifier)}\t{field(code)}\t{array_field(modifiers)}\t{field(submitted_code)}\t"
        f"{field(revenue_code)}"
    )


@lru_cache(maxsize=8192)
def day_field(day: date | None) -> str:
    return NULL if day is None else day.isoformat()


def line_details(line: RemittedLine) -> dict[str, Any]:
    """What an SVC says beyond the columns; for most lines nothing.

    A list that the columns cannot hold is kept whole, so that its order is known.
    """
    found: dict[str, Any] = {}
    for name, qualifier in IN_COLUMNS.items():
        rows = getattr(line, name)
        if rows and (len(rows) > 1 or not _is_in_column(rows[0], qualifier)):
            found[name] = _plain_rows(rows)
    if line.quantities:
        found["quantities"] = _plain_rows(line.quantities)
    if line.remarks and not all(
        row.qualifier == "HE" and row.code[:10] == row.code for row in line.remarks
    ):
        found["remarks"] = _plain_rows(line.remarks)
    if line.submitted_qualifier or line.submitted_code:
        found["submitted_qualifier"] = line.submitted_qualifier
        found["submitted_modifiers"] = list(line.submitted_modifiers)
    if line.description or line.submitted_description:
        found["description"] = line.description
        found["submitted_description"] = line.submitted_description
    if line.units_submitted is not None:
        found["units_submitted"] = str(line.units_submitted)
    return found


def _is_in_column(row: Reference | DateReference | Amount, qualifier: str) -> bool:
    """Does the column of this qualifier say all that the row says?"""
    if row.qualifier != qualifier:
        return False
    if isinstance(row, Reference):
        return not row.description
    return isinstance(row, Amount) or (row.on is not None and not row.text)


def payment_details(start: RemittanceStart) -> dict[str, Any]:
    """Everything of the head of the payment that has no column of its own."""
    own = {"amount_paid", "paid_on", "trace_number", "payer_identifier", "method"}
    names = [name for name in start.__slots__ if name not in own]
    return details_of(names, [getattr(start, name) for name in names])


def details_of(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """The values that say something, as JSON; a row of the reader becomes a list of its fields."""
    return {
        name: _plain(value)
        for name, value in zip(names, values, strict=True)
        if value or type(value) is Decimal
    }


def _plain(value: Any) -> Any:
    return _PLAIN.get(type(value), str)(value)


def _plain_rows(value: Sequence[Any]) -> list[Any]:
    return [
        item
        if type(item) is str
        else [part if type(part) is str else _plain(part) for part in _fields(item)]
        for item in value
    ]


def _fields(item: Any) -> Sequence[Any]:
    """A dataclass of the reader as its values; a tuple as it is."""
    if isinstance(item, tuple):
        return item
    kind = type(item)
    if kind not in _GETTERS:
        # Every row of the reader has at least two fields, so the getter gives a tuple.
        _GETTERS[kind] = attrgetter(*kind.__slots__)
    values: Sequence[Any] = _GETTERS[kind](item)
    return values if values[-1] or kind not in TAILED else values[:-1]


_GETTERS: dict[type, Callable[[Any], Any]] = {}


_PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int,
    type(None): lambda _: None,
    tuple: _plain_rows,
}
