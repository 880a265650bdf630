"""What stands where on a CMS-1500 and a UB-04, and what is said not to."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.rules import cms1500_slots, ub04_slots
from billing.rules.form_cms1500 import fill_cms1500
from billing.rules.form_ub04 import fill_ub04, value_text
from billing.rules.paper_form import (
    FormWriter,
    Grid,
    PaperForm,
    PlacedText,
    Slot,
    Unplaced,
    in_digits,
    in_parts,
)
from rcm.x12.claim_837 import Person
from rcm.x12.claim_837p import Claim
from tests.billing.paper_expected import HOSPITAL_TEXTS, OFFICE_TEXTS
from tests.billing.paper_samples import HOSPITAL, OFFICE, SECOND, long_stay, long_visit
from tests.x12.build import CLAIM
from tests.x12.full_claim_837p import CLAIM as EVERYTHING

TODAY = date(2026, 11, 26)


def written(form: PaperForm, page: int = 0) -> dict[tuple[int, int], str]:
    """Texts by line and column; a right-hand one by where its slot begins."""
    return {(text.line, text.column): text.text for text in form.pages[page]}


def in_box(form: PaperForm, box: str, page: int = 0) -> list[str]:
    return [text.text for text in form.pages[page] if text.box == box]


def sentences(form: PaperForm) -> list[str]:
    return [one.sentence for one in form.unplaced]


def by_line(form: PaperForm) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for text in form.pages[0]:
        rows.setdefault(text.line, {})[text.column] = text.text
    return rows


def test_an_office_visit_stands_on_the_cms_1500_text_by_text() -> None:
    form = fill_cms1500(OFFICE)
    assert by_line(form) == OFFICE_TEXTS
    assert sentences(form) == ["Box 24 does not show CLIA number of line 2."]


def test_a_hospital_stay_stands_on_the_ub_04_text_by_text() -> None:
    form = fill_ub04(HOSPITAL, TODAY)
    assert by_line(form) == HOSPITAL_TEXTS
    assert sentences(form) == [
        "Box 80 does not show attachments.",
        "Box 42 does not show adjudications of line 2.",
    ]


@pytest.mark.parametrize("module", [cms1500_slots, ub04_slots], ids=["cms1500", "ub04"])
def test_slots_lie_on_the_grid_and_never_on_each_other(module: Any) -> None:
    taken: dict[tuple[int, int], str] = {}
    for name, slot in module.SLOTS.items():
        assert 1 <= slot.line <= module.GRID.lines, name
        assert 1 <= slot.column <= slot.column + slot.width - 1 <= module.GRID.columns, name
        for column in range(slot.column, slot.column + slot.width):
            assert (slot.line, column) not in taken, (name, taken.get((slot.line, column)))
            taken[slot.line, column] = name


def test_thirteen_service_lines_make_three_pages_with_the_total_on_the_last() -> None:
    form = fill_cms1500(long_visit(13))
    assert [len(in_box(form, "24F", page)) for page in range(3)] == [6, 6, 1]
    assert [in_box(form, "PAGE", page) for page in range(3)] == [
        ["PAGE 1 OF 3"],
        ["PAGE 2 OF 3"],
        ["PAGE 3 OF 3"],
    ]
    assert [in_box(form, "28", page) for page in range(3)] == [
        ["CONTINUED"],
        ["CONTINUED"],
        ["1950 00"],
    ]
    assert [in_box(form, "29", page) for page in range(3)] == [[], [], ["20 00"]]
    assert in_box(form, "2", 2) == ["ALDER, LEO"]
    assert form.unplaced == ()


@pytest.mark.parametrize(("count", "pages"), [(6, 1), (7, 2)])
def test_a_sixth_line_still_fits_and_a_seventh_does_not(count: int, pages: int) -> None:
    assert len(fill_cms1500(long_visit(count)).pages) == pages


def test_twenty_three_revenue_lines_make_two_pages_with_the_total_on_the_last() -> None:
    form = fill_ub04(long_stay(23), TODAY)
    assert [len(in_box(form, "46", page)) for page in range(2)] == [22, 1]
    assert [in_box(form, "PAGE", page) + in_box(form, "OF", page) for page in range(2)] == [
        ["1", "2"],
        ["2", "2"],
    ]
    assert "0001" not in in_box(form, "42", 0)
    assert in_box(form, "42", 1) == ["0120", "0001"]
    assert in_box(form, "47", 1) == ["360000", "8280000"]
    assert len(fill_ub04(long_stay(22), TODAY).pages) == 1


def test_codes_beyond_the_room_are_named_once_however_many_pages() -> None:
    assert sentences(fill_ub04(long_stay(23), TODAY)) == [
        "Box 31 does not show the occurrence 08 100126.",
        "Box 67 does not show the diagnosis Z17.",
        "Box 80 does not show attachments.",
    ]


def test_a_text_too_long_is_cut_and_said() -> None:
    long = Person("Featherstonehaugh-Cholmondeley", "Bartholomew")
    form = fill_cms1500(replace(CLAIM, subscriber=replace(CLAIM.subscriber, person=long)))
    assert in_box(form, "2") == ["FEATHERSTONEHAUGH-CHOLMONDEL"]
    assert sentences(form)[:2] == [
        "Box 2: “Featherstonehaugh-Cholmondeley, Bartholomew” is printed as"
        " “FEATHERSTONEHAUGH-CHOLMONDEL”.",
        "Box 4: “Featherstonehaugh-Cholmondeley, Bartholomew” is printed as"
        " “FEATHERSTONEHAUGH-CHOLMONDELE”.",
    ]


def test_what_fits_exactly_is_not_said_to_be_cut() -> None:
    writer = FormWriter(Grid("F", 0, 0, 1, 9), {"a": Slot("A", 1, 1, 3)})
    writer.start_page()
    writer.put("a", "abc")
    form = writer.finish()
    assert form.pages == ((PlacedText(1, 1, 3, "ABC", "A"),),)
    assert form.unplaced == ()


def test_accents_go_quietly_and_other_alphabets_are_said() -> None:
    writer = FormWriter(Grid("F", 0, 0, 1, 9), {"a": Slot("A", 1, 1, 9)})
    writer.start_page()
    writer.put("a", "José?")
    writer.put("a", "Ωmega")
    form = writer.finish()
    assert [text.text for text in form.pages[0]] == ["JOSE?", "?MEGA"]
    assert form.unplaced == (Unplaced("A", "Ωmega", "?MEGA"),)


def test_a_slot_the_form_does_not_have_is_an_error() -> None:
    writer = FormWriter(Grid("F", 0, 0, 1, 9), {})
    writer.start_page()
    with pytest.raises(KeyError):
        writer.put("b", "X")


def test_every_fact_of_a_claim_with_everything_is_printed_or_said() -> None:
    said = sentences(fill_cms1500(EVERYTHING))
    for one in (
        "Box 17 does not show DK ORDER JR, F, M, 1457394527.",
        "Box 23 does not show “REF”.",
        "Box 33 does not show the pay-to address 2 B ST.",
        "Box 19 does not show ambulance.",
        "Box 24 does not show prescription RX1 of line 1.",
        "Box 24 does not show adjudications of line 1.",
        "Box 24 does not show CLIA number of line 1.",
    ):
        assert one in said
    assert len(said) == len(set(said))


def test_the_first_of_three_numbers_stands_in_box_23() -> None:
    form = fill_cms1500(
        replace(CLAIM, authorization_number="", referral_number="R1", clia_number="14D1")
    )
    assert in_box(form, "23") == ["R1"]
    assert "Box 23 does not show “14D1”." in sentences(form)


def test_an_original_claim_leaves_box_22_empty() -> None:
    assert in_box(fill_cms1500(replace(OFFICE, frequency="1")), "22") == []


def medicare(**changes: Any) -> Claim:
    holder = replace(CLAIM.subscriber, filing_indicator="MB", **changes)
    return replace(CLAIM, subscriber=holder)


def test_medicare_as_primary_has_none_in_box_11_and_no_insured() -> None:
    form = fill_cms1500(replace(medicare(), other_payers=(SECOND,)))
    assert (8, 1) in written(form)
    assert in_box(form, "11") == ["NONE"]
    assert [in_box(form, box) for box in ("4", "7", "9", "11A", "11C", "11D")] == [[]] * 6
    assert "Box 9 does not show the other payer OAK PLAN." in sentences(form)


def test_medicare_as_secondary_shows_the_policy_before_it() -> None:
    primary = replace(SECOND, rank="P", amount_paid=5_000)
    form = fill_cms1500(replace(medicare(rank="S"), other_payers=(primary,)))
    assert in_box(form, "4") == ["ALDER, LEO, M"]
    assert in_box(form, "11") == ["G9"]
    assert in_box(form, "11C") == ["OAK PLAN"]
    assert in_box(form, "29") == ["0 00"]


def test_another_payer_s_payment_is_part_of_box_29() -> None:
    paid = replace(OFFICE, other_payers=(replace(SECOND, amount_paid=5_050),))
    assert in_box(fill_cms1500(paid), "29") == ["70 50"]


def test_only_the_first_other_payer_has_a_box() -> None:
    third = replace(SECOND, rank="T", name="ELM PLAN")
    form = fill_cms1500(replace(OFFICE, other_payers=(SECOND, third)))
    assert in_box(form, "9D") == ["OAK PLAN"]
    assert "Box 9 does not show the other payer ELM PLAN." in sentences(form)


def test_rows_of_the_ub_04_follow_the_ranks_not_the_order_given() -> None:
    form = fill_ub04(HOSPITAL, TODAY)
    assert (in_box(form, "50A"), in_box(form, "50B")) == (["OLD PLAN"], ["MERIDIAN MUTUAL"])
    assert (in_box(form, "64A"), in_box(form, "64B")) == ([], ["ICN88"])


def test_a_fourth_payer_has_no_row() -> None:
    others = tuple(
        replace(HOSPITAL.other_payers[0], rank=rank, name=f"PLAN {rank}") for rank in "PTA"
    )
    form = fill_ub04(replace(HOSPITAL, other_payers=others), TODAY)
    assert in_box(form, "50C") == ["PLAN T"]
    assert "Box 50 does not show the payer PLAN A." in sentences(form)


def test_amounts_stand_without_a_dot() -> None:
    assert [in_parts(cents) for cents in (31_300, 5, -250)] == ["313 00", "0 05", "-2 50"]
    assert [in_digits(cents) for cents in (31_300, 5, 0)] == ["31300", "005", "000"]


def test_value_codes_that_count_leave_the_cents_blank() -> None:
    assert value_text("80", 300) == "3  "
    assert value_text("80", 350) == "350"
    assert value_text("A1", 300) == "300"
