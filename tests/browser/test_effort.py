"""How much a coder has to do: keys are counted, the mouse is not touched.

The sample chart has four diagnoses, four services, four modifiers and five pointers.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import System
from tests.browser.pages import axe_violations, keep_picture

Visit = Callable[..., Page]
MOST_KEYS = 75
MOST_KEYS_WITH_SUGGESTIONS = 15
SAMPLE = "e1142 z7984 i10 m1711 99214-25:ac 20610-rt:d j3301-jz:d x4 83036-qw:a"


class Hands:
    """The keyboard of a page, counting. A chord such as Ctrl+Enter is two keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.keys += len(chord.split("+"))
            self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)


def changes_sent(page: Page) -> list[str]:
    """The addresses the page posts to and the pages it loads, from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" or request.is_navigation_request():
            sent.append(request.url)

    page.on("request", note)
    return sent


def start_work(page: Page) -> Hands:
    page.goto("/coding/")
    page.keyboard.press("w")
    page.wait_for_url(re.compile(r"/coding/\d+/"))
    clear_chart(page)
    return Hands(page)


def clear_chart(page: Page) -> None:
    """The demo may have put codes on the chart already; they are no part of the count."""
    buttons = page.locator("[data-remove]")
    while left := buttons.count():
        buttons.first.evaluate("button => button.click()")
        expect(buttons).to_have_count(left - 1)


def test_the_sample_chart_is_typed_and_the_next_opened_within_the_keys(visit: Visit) -> None:
    page = visit("ana", practice="Northside")
    hands = start_work(page)
    chart = page.url
    hands.press("a")
    hands.type(SAMPLE)
    with page.expect_response("**/codes/"):
        hands.press("Enter")
    expect(page.locator(".lines-diagnoses tbody tr")).to_have_count(4)
    expect(page.locator(".lines-services tbody tr")).to_have_count(4)
    modifiers = page.locator(".line-modifiers").evaluate_all("all => all.map((one) => one.value)")
    pointers = page.locator(".line-pointers").evaluate_all("all => all.map((one) => one.value)")
    assert (modifiers, pointers) == (["25", "RT", "JZ", "QW"], ["AC", "D", "D", "A"])
    expect(page.locator(".chip.tone-red")).to_have_count(0)
    sent = changes_sent(page)
    with page.expect_response("**/completion/") as answered:
        hands.press("Control+Enter")
    assert answered.value.status == 200
    expect(page).not_to_have_url(chart)
    assert [url.rsplit("/", 2)[-2] for url in sent] == ["completion"], "one response"
    assert hands.keys <= MOST_KEYS, hands.keys


def test_the_sample_chart_is_coded_from_suggestions_within_the_keys(
    system: System, visit: Visit
) -> None:
    """Each code is accepted by a person, one by one; modifiers come from the note or the edits."""
    chart = system.run_module("tests.browser.sample_chart")["chart"]
    page = visit("ana", f"/coding/{chart}/", practice="Northside")
    hands = Hands(page)
    for _ in range(4):
        press_and_wait(hands, "y", "**/acceptance/")
    press_and_wait(hands, "l", "**/codes/")
    for _ in range(3):
        press_and_wait(hands, "y", "**/acceptance/")
    while page.locator('#edits [data-key="."]').count():
        press_and_wait(hands, ".", "**/fixes/")
    expect(page.locator(".lines-diagnoses tbody tr")).to_have_count(4)
    assert lines_of(page) == {
        "99214": ("25", "AB", "1"),
        "20610": ("RT", "C", "1"),
        "J3301": ("JZ", "C", "4"),
        "83036": ("QW", "A", "1"),
    }
    sent = changes_sent(page)
    with page.expect_response("**/completion/") as answered:
        hands.press("Control+Enter")
    assert answered.value.status == 200
    assert [url.rsplit("/", 2)[-2] for url in sent] == ["completion"], "one response"
    assert hands.keys <= MOST_KEYS_WITH_SUGGESTIONS, hands.keys


def lines_of(page: Page) -> dict[str, tuple[str, ...]]:
    """Modifiers, pointers and units of each service."""
    rows = page.locator(".lines-services tbody tr").all()
    boxes = (".line-modifiers", ".line-pointers", ".line-units")
    return {
        row.locator("td.code").inner_text(): tuple(row.locator(box).input_value() for box in boxes)
        for row in rows
    }


def press_and_wait(hands: Hands, key: str, address: str) -> None:
    """A person waits for the answer, too, before she presses the next key."""
    with hands.page.expect_response(address) as answered:
        hands.press(key)
    assert answered.value.status == 200
    hands.page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling')")


def test_an_edit_is_fixed_with_one_key(visit: Visit) -> None:
    page = visit("ana", practice="Northside")
    start_work(page)
    page.keyboard.press("a")
    page.keyboard.type("m1711 99214:a 20610-rt:a")
    with page.expect_response("**/codes/"):
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#edits")).to_contain_text("99214 needs modifier 25")
    hands = Hands(page)
    with page.expect_response("**/fixes/"):
        hands.press(".")
    expect(page.locator(".line-modifiers").first).to_have_value("25")
    assert hands.keys == 1


def test_a_change_is_undone_with_one_key(visit: Visit) -> None:
    page = visit("ana", practice="Northside")
    start_work(page)
    page.keyboard.press("a")
    page.keyboard.type("i10")
    with page.expect_response("**/codes/"):
        page.keyboard.press("Enter")
    expect(page.locator(".lines-diagnoses tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    with page.expect_response("**/undo/"):
        page.keyboard.press("z")
    expect(page.locator(".lines-diagnoses tbody tr")).to_have_count(0)


def test_the_code_book_opens_over_the_chart_with_one_key_and_closes_with_escape(
    visit: Visit,
) -> None:
    page = visit("ana", practice="Northside")
    start_work(page)
    page.keyboard.press("a")
    page.keyboard.type("m1711 i10 99214:a")
    with page.expect_response("**/codes/"):
        page.keyboard.press("Enter")
    expect(page.locator(".lines-diagnoses tbody tr")).to_have_count(2)
    page.keyboard.press("Escape")
    chart = page.url
    book = page.get_by_role("dialog", name="Code book")
    expect(book).to_be_hidden()

    page.keyboard.press("r")
    expect(book.get_by_role("heading", level=2)).to_contain_text("M17.11")
    assert axe_violations(page) == []
    keep_picture(page, "code-book-sheet")
    book.get_by_role("navigation").get_by_role("link").first.press("Enter")
    expect(book.get_by_role("heading", level=2)).not_to_contain_text("M17.11")
    page.keyboard.press("Escape")
    expect(book).to_be_hidden()

    page.locator(".lines-services [data-look-up]").focus()
    page.keyboard.press("r")
    expect(book.get_by_role("heading", level=2)).to_contain_text("99214")
    page.keyboard.press("Escape")
    expect(book).to_be_hidden()
    assert page.url == chart
