"""What the grid of a paper EOB shows: rows with their cells, what is left, who holds what."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from billing.actions.manual_batches import is_held_by_other
from billing.actions.manual_rows import KeyedLine
from billing.actions.manual_twins import describe, find_twin, payment_of
from billing.manual_facts import claims_of, entry_of, with_left
from billing.manual_forms import ClaimForm, LineForm
from billing.models import ManualBatch, ManualClaim, ManualLine, ManualPage
from billing.rules.manual_entry import CELLS, LineEntry, left_to_post
from rcm.models import User
from rcm.money import from_cents, to_cents

LABELS = {
    "allowed": "Allowed",
    "paid": "Paid",
    "contract": "CO-45",
    "deductible": "PR-1",
    "coinsurance": "PR-2",
    "copayment": "PR-3",
    "others": "Other reasons",
    "reason": "Reason",
}
GRID = [name for name in CELLS if name != "reason"]


@dataclass(frozen=True, slots=True)
class Note:
    """What is said under one row: what was wrong, or what somebody saved meanwhile."""

    cells: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    meanwhile: list[tuple[str, str, str]] = field(default_factory=list)


def note_of_form(form: LineForm) -> Note:
    """A row whose cells could not be read."""
    errors = {name: " ".join(map(str, found)) for name, found in form.errors.items()}
    return Note(form.cells, errors)


def note_of_keyed(keyed: KeyedLine) -> Note | None:
    """A row somebody else saved first: cell by cell, what is stored and what was typed."""
    if keyed.is_saved:
        return None
    stored, typed = keyed.entry.cells(), keyed.typed.cells()
    differing = [name for name in CELLS if stored[name] != typed[name]]
    told = [(LABELS[name], stored[name] or "–", typed[name] or "–") for name in differing]
    return Note(typed, meanwhile=told)


def line_row(
    line: ManualLine, claim: ManualClaim, *, can_edit: bool, note: Note | None = None
) -> dict[str, Any]:
    """One line of the grid."""
    entry = entry_of(line, claim.status_code)
    cells = note.cells if note else entry.cells()
    if entry.is_left_out and not can_edit:
        cells = cells | {"paid": "not on EOB"}
    errors = note.errors if note else {}
    return {
        "line": line,
        "claim": claim,
        "entry": entry,
        "billed": from_cents(entry.billed),
        "left": from_cents(entry.left),
        "saved_paid": entry.paid or 0,
        "cells": [
            {
                "name": name,
                "label": LABELS[name],
                "value": cells[name],
                "is_wrong": name in errors,
            }
            for name in GRID
        ],
        "reason": cells["reason"],
        "errors": list(dict.fromkeys(errors.values())),
        "meanwhile": note.meanwhile if note else [],
        "tone": tone_of(entry),
        "can_edit": can_edit,
    }


def tone_of(entry: LineEntry) -> str:
    """Amber when overpaid, green when it adds up, none while it is open."""
    if entry.is_overpaid:
        return "amber"
    return "green" if entry.is_keyed and not entry.left else ""


def claim_rows(
    claims: QuerySet[ManualClaim],
    *,
    by: User,
    now: datetime,
    can_work: bool,
    notes: dict[int, Note],
) -> list[dict[str, Any]]:
    """Every claim with its lines. A claim somebody else keys is read only."""
    rows = []
    for claim in claims:
        is_locked = is_held_by_other(claim, by, now)
        can_edit = can_work and not is_locked
        lines = [
            line_row(line, claim, can_edit=can_edit, note=notes.get(line.pk))
            for line in claim.lines.all()
        ]
        initial = {
            "status_code": claim.status_code,
            "payer_claim_control_number": claim.payer_claim_control_number,
            "version": claim.version,
        }
        rows.append(
            {
                "row": claim,
                "lines": lines,
                "form": ClaimForm(initial=initial, auto_id=f"claim-{claim.pk}-%s"),
                "is_locked": is_locked,
                "can_edit": can_edit,
            }
        )
    return rows


def balance_of(batch: ManualBatch) -> dict[str, Any]:
    """Control total, posted, kept back, left to post: one statement."""
    row = with_left(ManualBatch.objects.filter(pk=batch.pk)).get()
    return balance_terms(row)


def balance_terms(row: ManualBatch) -> dict[str, Any]:
    """The same of a row of `with_left`."""
    posted, kept = row.amount_posted, row.amount_kept  # type: ignore[attr-defined]  # annotated
    left = left_to_post(to_cents(row.control_total), [to_cents(posted)], [to_cents(kept)])
    return {
        "control_total": row.control_total,
        "posted": posted,
        "kept": kept,
        "left": from_cents(left),
        "left_cents": left,
    }


def pages_of(batch: ManualBatch) -> list[dict[str, Any]]:
    """Scanned pages without their bytes; images are shown, a PDF is a link."""
    pages = ManualPage.objects.filter(practice_id=batch.practice_id, batch=batch).defer("content")
    return [
        {"page": page, "is_image": page.content_type != ManualPage.Kind.PDF}
        for page in pages.order_by("position")
    ]


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes, no further than one beyond what is allowed: the action refuses the rest."""
    return upload.read(settings.MANUAL_PAGE_LIMIT + 1)


def grid_of(
    batch: ManualBatch,
    *,
    by: User,
    now: datetime,
    can_work: bool,
    notes: dict[int, Note] | None = None,
) -> dict[str, Any]:
    """Everything the page of a batch shows, whatever its state."""
    can_edit = can_work and batch.is_open
    claims = claim_rows(claims_of(batch), by=by, now=now, can_work=can_edit, notes=notes or {})
    twin = find_twin(payment_of(batch), but=batch) if batch.is_open else None
    return {
        "batch": batch,
        "claims": claims,
        "pages": pages_of(batch),
        "provider_adjustments": batch.provider_adjustments.order_by("position"),
        "balance": balance_of(batch),
        "labels": [LABELS[name] for name in GRID],
        "twin": describe(twin) if twin is not None else "",
        "can_edit": can_edit,
        "can_work": can_work,
        "can_delete": can_edit and not claims and batch.remittance_id is None,
    }
