"""A claim on paper: its form filled and drawn as PDF, for printed stock or to read on screen."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from billing.models import Claim
from billing.rules.claim_content import read_content
from billing.rules.form_cms1500 import fill_cms1500
from billing.rules.form_ub04 import fill_ub04
from billing.rules.paper_form import (
    COLUMN_WIDTH,
    LINE_HEIGHT,
    Grid,
    PaperForm,
    PlacedText,
    Slot,
)
from rcm import pdf
from rcm.errors import Refusal
from rcm.x12.claim_837i import InstitutionalClaim

BASELINE = 95  # below the top of its line: capitals stand in the line's middle
LABEL_ABOVE, LABEL_INSIDE = 8, 34  # from the top of its line: up, and down
LABEL_LETTER = 24


def fill_form(claim: Claim, printed_on: date) -> PaperForm:
    """The claim as it is or was sent, on the form of its kind.

    Raises Refusal 409 `claim_has_no_content` when it was recorded without what was sent.
    """
    if not claim.content:
        raise Refusal(
            "claim_has_no_content",
            "This claim was not made here, so there is nothing to print.",
            status=409,
        )
    content = read_content(claim.content)
    if isinstance(content, InstitutionalClaim):
        return fill_ub04(content, printed_on)
    return fill_cms1500(content)


def draw_form(form: PaperForm, number: str, *, with_boxes: bool, made_at: datetime) -> bytes:
    """The PDF: only texts for printed stock, or also our own outlines with box numbers.

    With boxes a last page lists what did not fit; on stock that page would spoil a form.
    """
    facts = {
        "title": f"{form.grid.name} of claim {number}",
        "pages": [
            {
                "texts": [_text_facts(form.grid, text) for text in page],
                "labels": _label_facts(form, page) if with_boxes else [],
            }
            for page in form.pages
        ],
        "boxes": [_box_facts(form.grid, slot) for slot in form.slots] if with_boxes else [],
        "notes": [one.sentence for one in form.unplaced] if with_boxes else [],
    }
    return pdf.render("grid_form", facts, made_at=made_at)


def left_of(grid: Grid, column: int) -> int:
    """The left edge of a column, in tenths of a point from the paper's."""
    return grid.left + (column - 1) * COLUMN_WIDTH


def top_of(grid: Grid, line: int) -> int:
    """The top of a line, in tenths of a point from the paper's."""
    return grid.top + (line - 1) * LINE_HEIGHT


def _text_facts(grid: Grid, placed: PlacedText) -> dict[str, Any]:
    shift = placed.width - len(placed.text) if placed.is_right else 0
    return {
        "x": left_of(grid, placed.column + shift),
        "y": top_of(grid, placed.line) + BASELINE,
        "text": placed.text,
    }


def _box_facts(grid: Grid, slot: Slot) -> dict[str, int]:
    return {
        "x": left_of(grid, slot.column),
        "y": top_of(grid, slot.line),
        "width": slot.width * COLUMN_WIDTH,
    }


def _label_facts(form: PaperForm, page: tuple[PlacedText, ...]) -> list[dict[str, Any]]:
    """Each box's number above its slot where that line is free, or in an empty upper corner.

    A box inside a block of lines is named once, at the first slot with room.
    """
    taken = _covered((slot.line, slot.column, slot.width) for slot in form.slots)
    written = _covered(
        (text.line, text.column + (text.width - len(text.text)) * text.is_right, len(text.text))
        for text in page
    )
    labels: list[dict[str, Any]] = []
    named: set[str | tuple[str, int]] = set()
    for slot in form.slots:
        columns = range(slot.column, slot.column + slot.width)
        corner = columns[-len(slot.box) :]
        is_free_above = not any((slot.line - 1, column) in taken for column in columns)
        has_corner = slot.width > len(slot.box) and not any(
            (slot.line, column) in written for column in corner
        )
        if (slot.box, slot.line) in named or not (is_free_above or has_corner):
            continue
        if slot.box in named and not is_free_above:
            continue
        named |= {slot.box, (slot.box, slot.line)}
        x, y = left_of(form.grid, slot.column) + 4, top_of(form.grid, slot.line) - LABEL_ABOVE
        if not is_free_above:
            x += slot.width * COLUMN_WIDTH - LABEL_LETTER * len(slot.box) - 8
            y += LABEL_ABOVE + LABEL_INSIDE
        labels.append({"x": x, "y": y, "text": slot.box})
    return labels


def _covered(stretches: Iterable[tuple[int, int, int]]) -> set[tuple[int, int]]:
    """The cells (line, column) of stretches (line, first column, width)."""
    return {(line, column + step) for line, column, width in stretches for step in range(width)}
