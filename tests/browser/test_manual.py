"""A paper EOB by keyboard: one amount and "=" per line, saved on leaving, closed at 0.00."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import System
from tests.browser.pages import inline_code
from tests.browser.test_pages import look_at

Visit = Callable[..., Page]
PRACTICE = "Lakeside"


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    return system.run_module("tests.browser.paper_eobs")


def open_batch(page: Page, trace_number: str, total: str) -> None:
    """The head, once: a check of the payer the claim was sent to."""
    page.goto("/manual/new/")
    page.get_by_label("Payer").select_option(label="Unified Care")
    page.get_by_label("Check or EFT number").fill(trace_number)
    page.get_by_label("Control total").fill(total)
    page.get_by_label("Check date").fill("2026-11-20")
    page.get_by_role("button", name="Open batch").click()


def add_claim(page: Page) -> None:
    # The keys work once the scripts of the new page have run.
    expect(page.locator("[data-left-to-post]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    expect(page.locator("input[data-key='/']")).to_be_focused()
    page.keyboard.type("paper2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(2)


def test_a_line_takes_one_amount_and_an_equals_sign(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", practice=PRACTICE, expected=(422,))
    open_batch(page, "KEYS1", "10.00")
    add_claim(page)
    left = page.locator("[data-left-to-post]")
    expect(left).to_have_text("$10.00")
    lines = page.locator("[data-line]")
    count = lines.count()
    paid = page.locator(".manual-paid")
    paid.first.focus()
    for number in range(count):
        expect(paid.nth(number)).to_be_focused()
        page.keyboard.type("10.00" if number == 0 else "0")
        if number == 0:
            expect(left).to_have_text("$0.00")
        page.keyboard.press("=")
        expect(page.locator(".manual-contract").nth(number)).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator(".manual-left.tone-green")).to_have_count(count)
    wait_for_saved(page)
    page.reload()
    expect(paid.first).to_have_value("10.00")
    expect(left).to_have_text("$0.00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Closed and read only.")).to_be_visible()


def wait_for_saved(page: Page) -> None:
    """Until every row is stored."""
    page.wait_for_function(
        """() => [...document.querySelectorAll(".manual-cell")]
             .every((cell) => cell.value === cell.defaultValue)"""
    )


def test_a_cell_that_is_no_amount_stays_with_its_message(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", practice=PRACTICE, expected=(422,))
    open_batch(page, "KEYS2", "11.00")
    add_claim(page)
    paid = page.locator(".manual-paid").first
    paid.fill("12.5")
    page.get_by_label("Claim or patient").focus()
    expect(page.get_by_text("“12.5” is not an amount such as 1,000.00.")).to_be_visible()
    expect(paid).to_have_value("12.5")


def test_the_grid_works_without_script(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", practice=PRACTICE, script=False)
    open_batch(page, "KEYS3", "13.00")
    page.get_by_label("Claim or patient").fill("PAPER2")
    page.get_by_role("button", name="Add claim").click()
    page.locator(".manual-paid").first.fill("13.00")
    page.locator(".manual-contract").first.fill("=")
    page.locator("[data-line]").first.get_by_role("button", name="Save").click()
    expect(page.locator("[data-left-to-post]")).to_have_text("$0.00")
    expect(page.locator(".manual-left").first).to_have_text("$0.00")


@pytest.mark.parametrize("state", ["list", "new", "open", "closed"])
def test_the_pages_are_accessible_and_fit(visit: Visit, rows: dict[str, int], state: str) -> None:
    path = {"list": "", "new": "new/"}.get(state) or f"{rows.get(state, '')}/"
    page = visit("ben", practice=PRACTICE)
    page.goto("/manual/" if state == "list" else f"/manual/{path}")
    assert inline_code(page.content()) == []
    look_at(page, f"manual-{state}")
