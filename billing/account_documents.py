"""The documents a patient gets: receipts and statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.models import Account, PatientPayment
from rcm import pdf
from rcm.models import Patient, Practice
from rcm.money import dollars


def make_receipt(payment: PatientPayment, *, now: datetime) -> bytes:
    """The receipt of a payment as PDF, dated `now`; one taken back says so."""
    return pdf.render("receipt", receipt_facts(payment), made_at=now)


def receipt_facts(payment: PatientPayment) -> dict[str, Any]:
    """What the receipt shows, as texts. Three statements."""
    rows = payment.moves.filter(posting__reverses=None).select_related("posting__claim")
    parts = []
    for move in rows.order_by("posting__claim__date_of_service", "pk"):
        claim = move.posting.claim
        is_prepaid = move.posting.source == Account.PATIENT_PREPAYMENT
        what = "Kept for later visits" if is_prepaid or claim is None else "Visit"
        day = f"{claim.date_of_service:%m/%d/%Y}" if claim else "–"
        parts.append([what, day, dollars(move.posting.amount)])
    practice, patient = payment.practice, payment.patient
    state = ""
    if payment.is_reversed and payment.reversed_at:
        taken_back = timezone.localtime(payment.reversed_at)
        state = f"Taken back on {taken_back:%m/%d/%Y}: {payment.reversal_reason}"
    return {
        "title": f"Receipt {payment.pk}",
        "footer": f"Receipt {payment.pk} · {practice.name}",
        "practice": practice_lines(practice),
        "patient": patient_lines(patient),
        "state": state,
        "facts": [
            ["Received on", f"{payment.paid_on:%m/%d/%Y}"],
            ["Paid by", payment.shown_method],
            ["Account", patient.mrn],
            ["Taken by", str(payment.taken_by)],
        ],
        "parts": parts,
        "total": dollars(payment.amount),
    }


def make_statements_pdf(contents: Sequence[dict[str, Any]], *, made_at: datetime) -> bytes:
    """Statements as one PDF, each from a new page, from what is frozen in them."""
    one = len(contents) == 1
    name = f"Statement {contents[0]['number']}" if one else f"{len(contents)} statements"
    facts = {"title": name, "footer": contents[0]["practice"][0], "statements": list(contents)}
    return pdf.render("statements", facts, made_at=made_at)


def practice_lines(practice: Practice) -> list[str]:
    place = f"{practice.city}, {practice.state} {zip_text(practice.zip_code)}"
    return [practice.name, practice.address_line_1, place, phone_text(practice.phone)]


def patient_lines(patient: Patient) -> list[str]:
    place = f"{patient.city}, {patient.state} {zip_text(patient.zip_code)}"
    lines = [f"{patient.first_name} {patient.last_name}", patient.address_line_1]
    return [*lines, *filter(None, [patient.address_line_2]), place]


def zip_text(code: str) -> str:
    return f"{code[:5]}-{code[5:]}" if len(code) > 5 else code


def phone_text(number: str) -> str:
    return f"({number[:3]}) {number[3:6]}-{number[6:]}" if len(number) == 10 else number
