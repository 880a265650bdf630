"""The drawn pages: where the ink lies, measured on the rasterised PDF by another library.

At two pixels to the point a column is 14.4 and a line 24 pixels; the places expected here are
worked out from inches, not with the code that draws.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from billing.paper_claims import draw_form
from billing.rules.form_cms1500 import fill_cms1500
from billing.rules.form_ub04 import fill_ub04
from billing.rules.paper_form import PaperForm, PlacedText
from rcm.x12.claim_837 import Person
from tests.billing.paper_samples import HOSPITAL, OFFICE, long_stay, long_visit

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = NOON.date()
PIXELS = 144  # to the inch
# Inches from the paper's edges to column 1 and line 1.
STARTS = {"CMS-1500": (0.30, 2 / 6), "UB-04": (0.15, 0.25)}
FORMS = {
    "cms1500": fill_cms1500(OFFICE),
    "cms1500-pages": fill_cms1500(long_visit(13)),
    "ub04": fill_ub04(HOSPITAL, TODAY),
    "ub04-pages": fill_ub04(long_stay(45), TODAY),
}
Rectangle = tuple[int, int, int, int]


def draw(form: PaperForm, *, with_boxes: bool = False) -> bytes:
    return draw_form(form, "C1", with_boxes=with_boxes, made_at=NOON)


def rasterise(content: bytes) -> list[list[bytes]]:
    """Rows of gray pixels of each page, 1,224 by 1,584."""
    pages = []
    for page in pypdfium2.PdfDocument(content):
        bitmap = page.render(scale=PIXELS / 72, grayscale=True)
        raw, stride = bytes(bitmap.buffer), bitmap.stride
        assert (bitmap.width, bitmap.height) == (1_224, 1_584)
        pages.append(
            [raw[row * stride : row * stride + bitmap.width] for row in range(bitmap.height)]
        )
    return pages


def ink_of(rows: list[bytes]) -> set[tuple[int, int]]:
    """Dark pixels as (row, column)."""
    return {
        (y, x)
        for y, row in enumerate(rows)
        if min(row) < 128
        for x, shade in enumerate(row)
        if shade < 128
    }


def rectangle_of(form: PaperForm, text: PlacedText) -> Rectangle:
    """Left, top, right, bottom of the text's slot in pixels; one pixel for smoothed edges."""
    left, top = STARTS[form.grid.name]
    x, y = left + (text.column - 1) / 10, top + (text.line - 1) / 6
    return (
        round(x * PIXELS) - 1,
        round(y * PIXELS),
        round((x + text.width / 10) * PIXELS) + 1,
        round((y + 1 / 6) * PIXELS),
    )


def cells(rectangles: Iterable[Rectangle]) -> set[tuple[int, int]]:
    return {
        (y, x)
        for left, top, right, bottom in rectangles
        for y in range(top, bottom)
        for x in range(left, right)
    }


@pytest.mark.parametrize("name", FORMS)
def test_ink_lies_in_the_slots_that_are_filled_and_nowhere_else(name: str) -> None:
    form = FORMS[name]
    drawn = rasterise(draw(form))
    assert len(drawn) == len(form.pages)
    for rows, page in zip(drawn, form.pages, strict=True):
        ink = ink_of(rows)
        for text in page:
            assert ink & cells([rectangle_of(form, text)]), text
        assert ink <= cells(rectangle_of(form, text) for text in page)


def test_a_full_slot_reaches_both_its_ends_and_an_amount_only_the_right_one() -> None:
    name = Person("W" * 28, "")
    form = fill_cms1500(replace(OFFICE, patient=replace(OFFICE.patient, person=name)))
    ink = ink_of(rasterise(draw(form))[0])
    boxes = {text.box: text for text in form.pages[0]}
    left, top, right, bottom = rectangle_of(form, boxes["2"])
    columns = [x for y, x in ink if top <= y < bottom and left <= x < right]
    assert min(columns) <= left + 4
    assert max(columns) >= right - 4
    left, top, right, bottom = rectangle_of(form, boxes["28"])
    columns = [x for y, x in ink if top <= y < bottom and left <= x < right]
    assert min(columns) >= left + 40
    assert max(columns) >= right - 5


def test_texts_are_read_back_as_they_were_placed() -> None:
    form = FORMS["cms1500"]
    text = PdfReader(BytesIO(draw(form))).pages[0].extract_text()
    for placed in form.pages[0]:
        assert placed.text in text, placed


def test_boxes_add_outlines_and_numbers_on_the_same_places() -> None:
    for form in FORMS.values():
        plain, boxed = draw(form), draw(form, with_boxes=True)
        assert PdfReader(BytesIO(plain)).pages[0].extract_text() != (
            PdfReader(BytesIO(boxed)).pages[0].extract_text()
        )
        for before, after in zip(rasterise(plain), rasterise(boxed), strict=False):
            assert ink_of(before) <= ink_of(after)


def test_what_did_not_fit_is_a_page_of_its_own_only_with_boxes() -> None:
    form = FORMS["cms1500"]
    assert len(PdfReader(BytesIO(draw(form))).pages) == 1
    boxed = PdfReader(BytesIO(draw(form, with_boxes=True)))
    assert len(boxed.pages) == 2
    assert "Box 24 does not show CLIA number of line 2." in boxed.pages[1].extract_text()
    assert boxed.metadata is not None
    assert boxed.metadata.title == "CMS-1500 of claim C1"


def test_the_same_claim_makes_the_same_bytes() -> None:
    assert draw(FORMS["ub04"]) == draw(FORMS["ub04"])
