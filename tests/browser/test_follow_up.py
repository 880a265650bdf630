"""Follow-up in the browser: a call in one line by keyboard, one call for many, undo."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import System
from tests.browser.pages import axe_violations

Visit = Callable[..., Page]
PRACTICE = "Lakeside"


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    return system.run_module("tests.browser.open_balances")


def due(page: Page) -> int:
    """How many rows the list has."""
    return page.locator("#rows tbody tr[data-row]").count()


def test_a_call_is_one_line_and_the_next_row_comes_in_the_same_answer(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", "/follow-up/", practice=PRACTICE)
    page.wait_for_load_state("networkidle")
    before = due(page)
    first = page.locator("#rows tbody tr[data-row]").first.get_attribute("id")
    second = page.locator("#rows tbody tr[data-row]").nth(1).get_attribute("id")
    page.keyboard.press("c")
    expect(page.locator("#detail [name=outcome]")).to_be_focused()
    page.keyboard.type("In")
    page.keyboard.press("Tab")
    page.keyboard.type("88213")
    page.keyboard.press("Enter")

    expect(page.locator(".toast").first).to_contain_text("call logged, back on ")
    expect(page.locator(f"#{first}")).to_have_count(0)
    expect(page.locator(f"#{second}")).to_have_attribute("aria-current", "true")
    expect(page.locator("#detail [data-shows]")).to_have_attribute("data-shows", f"#{second}")
    assert due(page) == before - 1
    page.keyboard.press("j")
    # The toast offers the undo for ten seconds: nothing slow stands before it.
    page.keyboard.press("z")
    expect(page.locator(f"#{first}")).to_have_count(1)
    assert axe_violations(page) == []


def test_one_call_for_many_claims_of_a_payer_and_its_undo(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", "/follow-up/?by=payer", practice=PRACTICE)
    page.locator(".aging-panel tbody td.strong a").first.click()
    page.wait_for_url("**payer=**")
    page.wait_for_load_state("networkidle")
    boxes = page.locator("#rows tbody .check")
    count = min(boxes.count(), 2)
    assert count == 2
    for at in range(count):
        boxes.nth(at).check()
    expect(page.locator("[data-selected]")).to_contain_text("2 selected · $")
    page.get_by_role("button", name="One call or owner…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 claims, $")
    assert axe_violations(page) == []
    page.get_by_label("Reference").fill("R-2")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast").first).to_contain_text("2 claims: one call logged, back on ")
    page.keyboard.press("z")
    expect(page.locator(".toast").first).to_contain_text("Taken back: 2 claims are as before.")


def test_the_list_works_without_script(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", "/follow-up/", practice=PRACTICE, script=False)
    claim = page.locator("#rows .row-link").first.inner_text()
    page.locator("#rows .row-link").first.click()
    page.get_by_label("Reference").fill("PLAIN-1")
    page.get_by_role("button", name="Log call").click()

    expect(page.locator(".toast").first).to_contain_text(f"{claim}: call logged, back on ")


def test_beside_the_pane_the_list_shows_why_now_and_what_to_do_uncut(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", "/follow-up/?view=all", practice=PRACTICE)
    cut = page.locator("#rows tbody .table-grow > span").evaluate_all(
        """cells => cells.filter(cell => [cell, ...cell.children]
            .some(each => each.scrollWidth > each.clientWidth)).map(cell => cell.textContent)"""
    )

    assert cut == []
    assert page.locator("#rows").evaluate("list => list.scrollWidth - list.clientWidth") == 0
