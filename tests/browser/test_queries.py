"""Queries in the browser: a coder asks with few keys, a provider answers on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import System
from tests.browser.pages import axe_violations, inline_code, keep_picture, sideways
from tests.browser.test_pages import look_at

Visit = Callable[..., Page]
PRACTICE = "Lakeside"


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    return system.run_module("tests.browser.asked_providers")


def test_a_provider_answers_on_a_phone_without_script(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("victor", width=390, script=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions about your visits")
    assert sideways_by_size(page) == []
    page.goto(f"/queries/{rows['query']}/")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    page.get_by_text("Acute on chronic").click()
    page.get_by_role("button", name="Sign answer").click()

    expect(page.get_by_role("status").first).to_contain_text("Signed: Acuity")
    page.goto("/queries/?view=answered")
    expect(page.locator("tbody .row-link").first).to_be_visible()
    page.goto(f"/queries/{rows['query']}/")
    expect(page.get_by_role("main")).to_contain_text("Signed by Victor Aldous, MD on")


def sideways_by_size(page: Page) -> list[int]:
    """Without script nothing can be evaluated: no element is wider than the phone."""
    boxes = [one.bounding_box() for one in page.locator("main *").all()[:200]]
    return [box["width"] for box in boxes if box and box["width"] > 391]


def test_the_inbox_is_accessible_on_a_phone_and_answers_by_keys(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("victor", width=390)
    assert axe_violations(page) == []
    assert sideways(page) == []
    keep_picture(page, "query-inbox-390")
    page.locator(".row-link").first.click()
    expect(page.get_by_role("button", name="Sign answer")).to_be_visible()
    assert axe_violations(page) == []
    assert sideways(page) == []
    keep_picture(page, "query-answer-390")
    heights = [one.bounding_box()["height"] for one in page.locator(".answer").all()]  # type: ignore[index]  # shown
    assert min(heights) >= 44

    page.keyboard.press("1")
    expect(page.locator(".answer input").first).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").first).to_contain_text("Signed:")


def test_a_coder_asks_with_six_keys_at_most(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ana", f"/coding/{rows['chart_to_ask_about']}/", practice=PRACTICE)
    expect(page.locator("#bar")).to_be_visible()
    page.wait_for_load_state("networkidle")
    chart = page.url
    page.locator("#note-text p").last.click(click_count=3)
    expect(page.locator("#code-add [data-evidence-note]")).to_be_visible()
    page.keyboard.press("q")
    expect(page.locator("#query-choose")).to_be_focused()
    assert axe_violations(page) == []
    keep_picture(page, "query-composer")
    page.keyboard.type("Ab")
    expect(page.locator("#query-question")).to_be_focused()
    expect(page.locator("#query-question")).to_contain_text("clinical significance")
    expect(page.locator("#query-quotes")).not_to_have_value("")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Thank you.")
    expect(page.locator("#wording")).to_contain_text("May be sent")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast").first).to_contain_text("Query sent to")
    page.locator(".toast").first.get_by_role("button", name="Undo").click()
    page.wait_for_url(chart)


def test_leading_words_are_named_while_they_are_typed(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ana", f"/coding/{rows['chart_to_ask_about']}/", practice=PRACTICE)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("q")
    question = page.locator("#query-question")
    page.locator("#query-title").fill("Side")
    question.fill("Do you agree, for the DRG?")
    question.press("End")
    question.type(" ")
    expect(page.locator("#wording")).to_contain_text("“DRG” speaks of severity")
    assert axe_violations(page) == []


def test_pages_of_queries_hold_no_inline_code(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ana", practice=PRACTICE)
    answer = page.goto(f"/queries/sent/{rows['answered_query']}/")
    assert answer is not None
    assert inline_code(answer.text()) == []
    look_at(page, "sent-query-answered")
