"""A recorded remittance as the reader's dataclasses again, and as the bytes of an 835.

What recording stores (billing.actions.recorded_rows) is the whole of what the payer said, so the
way back loses nothing but places in the file. Claims stream, a thousand at a time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils import timezone

from billing.models import Adjustment, Remittance, RemittedClaim, RemittedLine
from rcm.errors import Refusal
from rcm.money import to_cents
from rcm.x12 import remittance_835 as said
from rcm.x12.envelope import Delimiters, Envelope, Written
from rcm.x12.write_835 import write_as_said
from rcm.x12.writer import LARGEST_CONTROL_NUMBER, SeparatorInText

CHUNK_CLAIMS = 1000
# Tried in turn: a payer with other separators may use the usual ones in a name.
SEPARATORS = (
    Delimiters(),
    Delimiters("*", "!", ">", "~"),
    Delimiters("|", "!", ">", "~"),
    Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
)
Triplets = dict[int | None, list[Adjustment]]


def write_stored(remittance: Remittance, out: BinaryIO) -> Written:
    """Write the remittance as one 835 to `out`, which must be seekable.

    Raises Refusal when its claims were not kept, or hold characters no separators are left for.
    """
    if remittance.hold_code == "other_practice":
        raise Refusal(
            "claims_not_kept",
            "Of another practice's payment only the totals are kept: there is no 835 to write.",
        )
    remitted = (stored_start(remittance), stored_adjustments(remittance))
    for separators in SEPARATORS:
        out.seek(0)
        out.truncate()
        claims = stored_claims(remittance)
        try:
            return write_as_said(
                out,
                _envelope(remittance, separators),
                (remitted[0], claims, remitted[1]),
                stored_summaries(remittance),
            )
        except SeparatorInText:
            continue
    raise Refusal(
        "no_separators_left", "The text of this remittance leaves no characters for separators."
    )


def _envelope(remittance: Remittance, separators: Delimiters) -> Envelope:
    """From the payer to us, numbered by the remittance; a test stays a test."""
    number = remittance.pk % LARGEST_CONTROL_NUMBER + 1
    return Envelope(
        remittance.payer_identifier,
        remittance.practice.npi,
        number,
        number,
        timezone.localtime(remittance.recorded_at),
        usage="T" if remittance.hold_code == "test_file" else "P",
        delimiters=separators,
    )


def stored_start(remittance: Remittance) -> said.RemittanceStart:
    """The head of the payment."""
    own = {
        "amount_paid": to_cents(remittance.amount_paid),
        "paid_on": remittance.paid_on,
        "trace_number": remittance.trace_number,
        "payer_identifier": remittance.payer_identifier,
        "method": remittance.method,
    }
    nothing = {"transaction_code": "", "credit_or_debit": ""}
    told = {
        name: _HEAD.get(name, str)(remittance.details[name])
        for name in (field.name for field in fields(said.RemittanceStart))
        if name in remittance.details
    }
    # By name: what recording stored under the names of the dataclass.
    return said.RemittanceStart(**(nothing | told | own))


def stored_adjustments(remittance: Remittance) -> tuple[said.ProviderAdjustment, ...]:
    """The PLB pairs."""
    return tuple(
        said.ProviderAdjustment(
            row.provider_identifier,
            row.fiscal_period_end,
            row.code,
            row.reference,
            to_cents(row.amount),
        )
        for row in remittance.provider_adjustments.order_by("position")
    )


def stored_summaries(remittance: Remittance) -> tuple[said.ProviderSummary, ...]:
    """TS3 and TS2."""
    return tuple(
        said.ProviderSummary(segment, tuple(elements), *header)
        for segment, elements, *header in remittance.details.get("summaries", ())
    )


def stored_claims(remittance: Remittance) -> Iterator[said.RemittedClaim]:
    """Every CLP in the payer's order; three statements per thousand."""
    own = {"practice_id": remittance.practice_id, "remittance": remittance}
    rows = RemittedClaim.objects.filter(**own).order_by("position")
    last = 0
    while chunk := list(rows.filter(position__gt=last)[:CHUNK_CLAIMS]):
        last = chunk[-1].position
        ids = [row.pk for row in chunk]
        lines: defaultdict[int, list[RemittedLine]] = defaultdict(list)
        triplets: defaultdict[int, Triplets] = defaultdict(dict)
        for line in RemittedLine.objects.filter(remitted_claim__in=ids, **own).order_by("position"):
            lines[line.remitted_claim_id].append(line)
        found = Adjustment.objects.filter(remitted_claim__in=ids, **own)
        for row in found.order_by("position"):
            by_line = triplets[row.remitted_claim_id]
            by_line.setdefault(row.remitted_line_id, []).append(row)
        for claim in chunk:
            yield _claim(claim, lines[claim.pk], triplets[claim.pk])


def _claim(
    row: RemittedClaim, lines: Sequence[RemittedLine], triplets: Triplets
) -> said.RemittedClaim:
    details = {name: _CLAIM[name](value) for name, value in row.details.items()}
    return said.RemittedClaim(
        row.position,
        row.patient_control_number,
        row.status_code,
        to_cents(row.amount_billed),
        to_cents(row.amount_paid),
        _cents(row.amount_patient),
        row.filing_indicator,
        row.payer_claim_control_number,
        adjustments=_adjustments(triplets.get(None, ())),
        lines=tuple(_line(line, triplets.get(line.pk, ())) for line in lines),
        **details,
    )


def _line(row: RemittedLine, triplets: Sequence[Adjustment]) -> said.RemittedLine:
    """Single REF, DTM, AMT and the remarks stand in columns unless the details have them whole."""
    details = {name: _LINE[name](value) for name, value in row.details.items()}
    number, day, allowed = row.line_control_number, row.date_of_service, row.amount_allowed
    if "references" not in details and number:
        details["references"] = (said.Reference("6R", number),)
    if "dates" not in details and day:
        details["dates"] = (said.DateReference("472", day),)
    if "amounts" not in details and allowed is not None:
        details["amounts"] = (said.Amount("B6", to_cents(allowed)),)
    if "remarks" not in details:
        details["remarks"] = tuple(said.Remark("HE", code) for code in row.remarks)
    return said.RemittedLine(
        row.position,
        row.qualifier,
        row.procedure_code,
        tuple(row.modifiers),
        to_cents(row.amount_billed),
        to_cents(row.amount_paid),
        row.revenue_code,
        row.units_paid,
        submitted_code=row.submitted_code,
        adjustments=_adjustments(triplets),
        **details,
    )


def _adjustments(rows: Sequence[Adjustment]) -> tuple[said.Adjustment, ...]:
    return tuple(
        said.Adjustment(row.group, row.reason, to_cents(row.amount), row.quantity) for row in rows
    )


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else to_cents(amount)


def _rows(make: Callable[..., Any]) -> Callable[[list[list[Any]]], tuple[Any, ...]]:
    """Lists of fields back to rows of the reader."""
    return lambda rows: tuple(make(*row) for row in rows)


def _date_reference(qualifier: str, on: str | None, text: str = "") -> said.DateReference:
    return said.DateReference(qualifier, date.fromisoformat(on) if on else None, text)


def _quantity(qualifier: str, quantity: str) -> said.Quantity:
    return said.Quantity(qualifier, Decimal(quantity))


def _contacts(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)


_SHARED: dict[str, Callable[[Any], Any]] = {
    "references": _rows(said.Reference),
    "dates": _rows(_date_reference),
    "amounts": _rows(said.Amount),
    "quantities": _rows(_quantity),
}
_HEAD: dict[str, Callable[[Any], Any]] = {
    "references": _SHARED["references"],
    "payer_references": _SHARED["references"],
    "payee_references": _SHARED["references"],
    "payer_contacts": _contacts,
    "payer_address": tuple,
    "payee_address": tuple,
    "delivery": tuple,
    "bank": tuple,
    "currency_elements": tuple,
    "produced_on": date.fromisoformat,
}
_CLAIM: dict[str, Callable[[Any], Any]] = _SHARED | {
    "parties": _rows(said.Party),
    "contacts": _contacts,
    "inpatient": tuple,
    "outpatient": tuple,
    "drg_weight": Decimal,
    "discharge_fraction": Decimal,
    **dict.fromkeys(("facility_code", "frequency", "drg_code", "header_number"), str),
    **dict.fromkeys(("patient_status", "condition_response"), str),
}
_LINE: dict[str, Callable[[Any], Any]] = _SHARED | {
    "remarks": _rows(said.Remark),
    "submitted_modifiers": tuple,
    "units_submitted": Decimal,
    **dict.fromkeys(("submitted_qualifier", "description", "submitted_description"), str),
}
