"""The denial worklist in the browser: all that match, listed, confirmed and undone by keyboard."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import System
from tests.browser.pages import axe_violations, keep_picture, sideways

Visit = Callable[..., Page]
PRACTICE = "Lakeside"


def test_all_that_match_are_pended_and_undone_by_keyboard(visit: Visit, system: System) -> None:
    page = visit("ben", "/denials/?state=open", practice=PRACTICE)
    if not page.locator("[data-row]").count():
        # Alone nothing was denied yet; a practice is filled once.
        system.run_module("tests.browser.fill_practice")
        page.goto("/denials/?state=open")
    expect(page.locator("[data-row]").first).to_be_visible()
    before = page.locator("[data-row]").count()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_contain_text("1 selected")
    page.keyboard.press("Control+a")
    expect(page.locator("[data-selected]")).to_contain_text(f"{before} selected")
    assert axe_violations(page) == []
    keep_picture(page, "denials-bulk-bar")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Pend: "))
    page.locator("[name=until]").fill("2099-01-05")
    page.locator("[name=reason]").fill("Proof asked for")
    keep_picture(page, "denials-bulk-form")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Pend: what would happen")
    expect(page.get_by_role("main")).to_contain_text("Nothing is written yet.")
    assert axe_violations(page) == []
    keep_picture(page, "denials-bulk-plan")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Pend: done")
    assert axe_violations(page) == []
    keep_picture(page, "denials-bulk-result")
    page.keyboard.press("z")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pend: undone")
    page.goto("/denials/?state=open")
    expect(page.locator("[data-row]")).to_have_count(before)


def test_ctrl_a_takes_the_rows_shown_and_pressed_again_all_that_match(
    visit: Visit, system: System
) -> None:
    page = visit("ben", "/denials/", practice=PRACTICE)
    if not page.locator("[data-row]").count():
        system.run_module("tests.browser.fill_practice")
    system.run_module("tests.browser.many_denials")
    page.goto("/denials/?state=pended&category=timely_filing")
    expect(page.locator("[data-row]")).to_have_count(50)
    selected = page.locator("[data-selected]")
    page.keyboard.press("Control+a")
    expect(selected).to_have_text(re.compile(r"^50 selected"))
    expect(page.locator("[name=all]")).not_to_be_checked()
    page.keyboard.press("Control+a")
    expect(selected).to_have_text("All 60 matching")
    expect(page.locator("[name=all]")).to_be_checked()
    page.locator("tbody .check").first.uncheck()
    expect(selected).to_have_text(re.compile(r"^49 selected"))
    expect(page.locator("[name=all]")).not_to_be_checked()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+a")
    page.keyboard.press("a")
    expect(page.get_by_role("main")).to_contain_text("60")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Assign: "))


def test_the_groups_and_the_list_fit_a_phone(visit: Visit) -> None:
    page = visit("ben", "/denials/?group=1", practice=PRACTICE, width=390)
    assert sideways(page) == []
    assert axe_violations(page) == []
    keep_picture(page, "denials-groups-390")
    page.goto("/denials/")
    assert sideways(page) == []
    keep_picture(page, "denials-390")
