"""Every page, looked at by a machine: accessible, within its policy, and fitting on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.billing import remitting
from tests.browser.addresses import PAGES
from tests.browser.conftest import System
from tests.browser.pages import (
    axe_violations,
    inline_code,
    keep_picture,
    open_page,
    repeated_keys,
    sideways,
    sign_in,
    wait_for,
)

Visit = Callable[..., Page]
PRACTICE = "Lakeside"
PEOPLE = ("ana", "ben", "mia", "victor", "")
LAKESIDE_NPI = "1500002021"


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    """One row for every kind of page, after a cycle of the practice."""
    return system.run_module("tests.browser.fill_practice")


@pytest.fixture(scope="module")
def people(system: System, chromium) -> dict[str, Page]:  # type: ignore[no-untyped-def]  # a Browser
    """A signed-in page for everybody, shared by the tests that only look."""
    watched = {name: open_page(chromium, system.address) for name in PEOPLE}
    for name, one in watched.items():
        if name:
            sign_in(one.page, name, PRACTICE)
    return watched  # type: ignore[return-value]  # fixture


@pytest.mark.parametrize(("name", "person", "path"), PAGES, ids=[page[0] for page in PAGES])
def test_a_page_is_accessible_and_within_its_policy(people, rows, name, person, path) -> None:  # type: ignore[no-untyped-def]  # fixtures
    watched = people[person or ""]
    page = watched.page
    watched.faults.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")

    answer = page.goto(path.format(**rows))

    assert answer is not None
    assert answer.status == 200
    assert inline_code(answer.text()) == []
    assert repeated_keys(page) == []
    look_at(page, name)
    assert watched.faults == []


def look_at(page: Page, name: str) -> None:
    """axe in both themes and on a phone; no sideways scroll down to 320 pixels.

    A theme changes colours only.
    """
    assert axe_violations(page) == [], "light"
    keep_picture(page, f"{name}-light")
    page.emulate_media(color_scheme="dark")
    assert axe_violations(page, "color-contrast") == [], "dark"
    keep_picture(page, f"{name}-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    assert axe_violations(page) == [], "390 pixels wide"
    keep_picture(page, f"{name}-390")
    assert sideways(page) == [], "390 pixels wide"
    page.set_viewport_size({"width": 320, "height": 844})
    assert sideways(page) == [], "320 pixels wide"


def test_what_is_not_there_is_said_on_a_page_of_ours(visit: Visit) -> None:
    page = visit("ana", "/nothing-here/", expected=(404,))

    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
    look_at(page, "404")


def test_what_the_role_does_not_allow_is_refused_with_the_way_to_get_it(visit: Visit) -> None:
    page = visit("ana", "/audit/", expected=(403,))

    expect(page.get_by_role("main")).to_contain_text("Your role in this practice does not allow")
    look_at(page, "refusal")


def test_another_practice_s_claim_is_not_there(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", practice="Northside")
    answer = page.request.get(f"/claims/{rows['claim']}/")

    assert answer.status == 404


def test_five_wrong_passwords_lock_the_account_and_say_until_when(visit: Visit) -> None:
    page = visit(None, "/login/", expected=(429,))
    for _attempt in range(5):
        page.get_by_label("Email").fill("paula@example.test")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()

    expect(page.get_by_role("heading", level=1)).to_have_text("Too many wrong passwords")
    look_at(page, "locked")


def test_a_wrong_password_keeps_the_email_and_says_so(visit: Visit) -> None:
    page = visit(None, "/login/")
    page.get_by_label("Email").fill("ana@example.test")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("ana@example.test")
    look_at(page, "login-wrong")


def test_after_signing_out_back_shows_the_login_and_the_browser_keeps_nothing(
    visit: Visit,
) -> None:
    page = visit("ana", "/coding/")
    patient = page.locator("tbody tr .cell-title").first.inner_text()
    page.goto("/preferences/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")

    page.go_back()
    page.go_back()

    expect(page.get_by_label("Password")).to_be_visible()
    assert patient not in page.content()
    # htmx notes the address it came from; addresses hold numbers only.
    kept = page.evaluate("[Object.keys(sessionStorage), localStorage.length]")
    assert kept in ([[], 0], [["htmx-current-path-for-history"], 0])


def test_the_theme_a_person_chooses_stays(visit: Visit) -> None:
    page = visit("cora", "/preferences/")
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/preferences/")
    page.goto("/coding/")

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_question_mark_lists_the_keys_of_the_page(visit: Visit) -> None:
    page = visit("ben", "/claims/", practice=PRACTICE)
    page.keyboard.press("?")

    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Next row")
    expect(sheet).to_contain_text("Go to Denials")
    assert axe_violations(page) == []
    keep_picture(page, "key-sheet")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_palette_runs_pages_and_finds_claims_by_number(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", "/claims/", practice=PRACTICE)
    number = page.locator("tbody .row-link").first.inner_text()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or run")).to_be_focused()
    page.keyboard.type("remit")
    expect(page.get_by_role("option", name="Remittances")).to_be_visible()
    assert axe_violations(page) == []
    keep_picture(page, "palette")
    page.get_by_role("combobox", name="Search or run").fill(number)
    page.get_by_role("option").filter(has_text=number).first.wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url("**/claims/*/")
    expect(page.get_by_role("main")).to_contain_text(number)


def test_letters_move_through_a_list_and_go_to_pages_but_not_while_typing(
    visit: Visit, rows: dict[str, int]
) -> None:
    page = visit("ben", "/claims/", practice=PRACTICE)
    current = page.locator("[data-row][aria-current]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-row]").nth(1)
    expect(second).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_have_attribute("aria-current", "true")
    expect(current).to_have_count(1)

    page.keyboard.press("/")
    page.keyboard.type("gdjk?")
    expect(page.locator("input[name=q]:focus")).to_have_value("gdjk?")
    assert "/denials/" not in page.url
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/denials/**")


def test_letters_do_nothing_for_a_person_who_switched_them_off(visit: Visit) -> None:
    page = visit("otto", "/preferences/")
    page.get_by_role("button", name="Off", exact=True).click()
    page.wait_for_url("**/preferences/")
    page.goto("/claims/")
    page.keyboard.press("j")
    expect(page.locator("[data-row][aria-current]")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.keyboard.press("Control+k")

    expect(page.get_by_role("combobox", name="Search or run")).to_be_focused()
    assert page.url.endswith("/claims/")


def test_a_denial_is_pended_without_script(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", f"/denials/?item={rows['denial']}", practice=PRACTICE, script=False)
    number = page.locator("[data-row][aria-current] .row-link").inner_text()
    page.get_by_text("Pend until").click()
    page.get_by_label("Until").fill("2099-01-15")
    pend = page.locator("form[action$='/pend/']")
    pend.get_by_label("Reason").fill("Waiting for the plan")
    page.get_by_role("button", name="Pend", exact=True).click()
    page.goto("/denials/?state=pended")

    expect(page.locator("[data-row]").filter(has_text=number).first).to_be_visible()


def test_a_payment_brought_in_by_hand_is_matched_and_posted_without_script(
    visit: Visit, rows: dict[str, int]
) -> None:
    claim_path = f"/claims/{rows['claim']}/"
    page = visit("ben", claim_path, practice=PRACTICE, script=False, expected=(422,))
    number = page.locator(".crumbs b").inner_text()
    content = remitting.content(
        "1.00",
        remitting.clp("UNKNOWN9", "1.00", "1.00", remitting.line("99213", "1.00", "1.00")),
        payer_name="HARBOR MUTUAL",
        payee_name="LAKESIDE SPECIALTY CLINIC",
        payee_identifier=LAKESIDE_NPI,
        trace_number="BYHAND1",
    )
    page.goto("/files/")
    page.get_by_label("835, 999, 277CA or TA1 file").set_input_files(
        {"name": "by-hand.835", "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Receive").click()
    page.goto("/remittances/?q=BYHAND1")
    payment = page.locator(".row-link")
    wait_for(page, "the payment to be read", lambda: payment.count() == 1)
    payment.click()
    wait_for(page, "its claim to wait", lambda: page.get_by_label("Our claim number").count() == 1)
    page.get_by_label("Our claim number").fill("nothing like it")
    page.get_by_role("button", name="Match", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("No claim has the number NOTHING LIKE IT.")
    page.get_by_label("Our claim number").fill(number)
    page.get_by_role("button", name="Match", exact=True).click()

    wait_for(
        page,
        "the payment to post",
        lambda: page.locator(".page-head").get_by_text("Posted", exact=True).count() == 1,
    )
    expect(page.get_by_role("rowheader", name="Still unapplied")).to_be_visible()
    said = page.get_by_role("region", name="Claims of this payment")
    expect(said.get_by_role("link", name="UNKNOWN9", exact=True)).to_have_attribute(
        "href", claim_path
    )
