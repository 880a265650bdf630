"""The whole story in a browser: a chart is coded, billed, denied, recoded, paid, and owes nothing.

Nothing is prepared: Ana finds the chart in her queue, everything after that follows from what the
three people do. Keys are used where a page prints one.
"""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from coding.demo import encounters as demo_encounters
from coding.demo.answers import DemoAnswer
from coding.demo.encounters import DemoEncounter
from tests.browser.pages import wait_for

Visit = Callable[..., Page]
PRACTICE = "Northside"
# A visit and an injection on one day; without modifier 25 this payer denies the visit.
CHART = "NM-034"
LETTERS = "abcdefghijkl"


@pytest.fixture(scope="module")
def charts() -> dict[str, DemoEncounter]:
    """What each note supports, and what a hurried coder gives first; the day does not matter."""
    return {chart.number: chart for chart in demo_encounters.build(date(2026, 11, 23))}


def test_a_chart_becomes_a_claim_is_denied_recoded_and_paid_to_zero(
    visit: Visit, charts: dict[str, DemoEncounter]
) -> None:
    hurried = charts[CHART].first_answer
    assert hurried is not None
    ana = visit("ana", practice=PRACTICE)
    ben = visit("ben", practice=PRACTICE)
    mia = visit("mia", practice=PRACTICE)

    patient = open_chart_from_queue(ana)
    type_codes(ana, hurried.answer)
    expect(ana.locator("#edits")).to_contain_text("25")
    complete_and_get_the_next_chart(ana)

    number = submit_claim(ben, patient, chip="")
    see_acknowledgments(ben, patient)
    see_balanced_remittance(ben, number)
    see_denial_with_coder(ben, number)

    recode_returned_chart(ana, patient)

    corrected = submit_claim(ben, patient, chip="Replacement")
    assert corrected != number
    payer_owes, patient_owes = see_settled_claim(ben, corrected)
    assert payer_owes == "$0.00"
    assert re.fullmatch(r"\$\d+\.\d\d", patient_owes)
    assert see_settled_claim(ben, number) == ("$0.00", "$0.00")

    see_acts_in_audit_log(mia)
    see_claims_behind_a_figure(mia)


def test_a_coder_works_without_script_from_the_login_to_the_next_chart(
    visit: Visit, charts: dict[str, DemoEncounter]
) -> None:
    page = visit("ana", practice=PRACTICE, script=False, expected=(422,))
    page.get_by_role("button", name="Work queue").click()
    number = chart_number(page)
    answer = charts[number].answer
    for text in [*answer.diagnoses, *lines_as_typed(answer)]:
        page.get_by_role("combobox", name="Add a code").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page.locator(".lines-services tbody tr")).to_have_count(len(answer.procedures))

    page.get_by_role("combobox", name="Add a code").fill("not a code at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("combobox", name="Add a code")).to_have_value("not a code at all")

    page.get_by_role("button", name="Complete & next").click()
    page.wait_for_load_state()
    assert chart_number(page) != number


def chart_number(page: Page) -> str:
    """The chart on the page."""
    found = re.search(r"[A-Z]{2}-\d{3}", page.locator(".topbar-meta").inner_text())
    assert found is not None
    return found[0]


def open_chart_from_queue(page: Page) -> str:
    """Search, move, open: keys only. Returns the patient's name."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Coder queue")
    page.keyboard.press("/")
    page.keyboard.type(CHART)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**q={CHART}**")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/coding/\d+/"))
    who = page.locator(".facts-who")
    return who.evaluate("one => one.firstChild.textContent").strip()


def type_codes(page: Page, answer: DemoAnswer) -> None:
    """One line each, without leaving the field."""
    page.keyboard.press("a")
    for text in [*answer.diagnoses, *lines_as_typed(answer)]:
        field = page.get_by_role("combobox", name="Add a code")
        expect(field).to_be_focused()
        expect(field).to_have_value("")
        page.keyboard.type(text)
        with page.expect_response("**/codes/") as answered:
            page.keyboard.press("Enter")
        assert answered.value.status == 200, text
    expect(page.locator(".lines-services tbody tr")).to_have_count(len(answer.procedures))


def lines_as_typed(answer: DemoAnswer) -> list[str]:
    """Procedures in the one-line syntax: 20610-lt:a x1."""
    return [
        "-".join([line.code, *line.modifiers]).lower()
        + ":"
        + "".join(LETTERS[pointer - 1] for pointer in line.pointers)
        + f" x{line.units}"
        for line in answer.procedures
    ]


def complete_and_get_the_next_chart(page: Page) -> None:
    """One key, one answer: it already holds another chart."""
    with page.expect_response("**/completion/") as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status == 200
    expect(page.locator(".topbar-meta")).to_contain_text(re.compile(r"NM-\d+"))
    expect(page.locator(".topbar-meta")).not_to_contain_text(CHART)
    expect(page.locator("#add-text")).to_be_visible()


def submit_claim(page: Page, patient: str, chip: str) -> str:
    """Wait for the claim to be ready, open it, send it. Returns our number of it."""
    page.goto("/claims/?status=ready")
    row = page.locator("[data-row]").filter(has_text=patient).filter(has_text=chip)
    wait_for(page, "a claim ready to send", lambda: row.count() == 1)
    number = row.locator(".row-link").inner_text()
    row.locator(".row-link").click()
    page.wait_for_url(re.compile(r"/claims/\d+/$"))
    page.keyboard.press("2")
    page.wait_for_url("**/batches/")
    return number


def see_acknowledgments(page: Page, patient: str) -> None:
    """Sent, TA1, 999 and 277CA accepted on the batch's strip."""
    wait_for(page, "an acknowledged batch", lambda: page.get_by_text("Acknowledged").count() > 0)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    steps = page.locator(".batch-steps")
    for name in ("TA1", "999", "277CA"):
        expect(steps).to_contain_text(name)
    expect(page.get_by_role("main")).to_contain_text(patient)


def see_balanced_remittance(page: Page, number: str) -> None:
    """Posted by itself; the check number on the claim leads to the equation of its balance."""
    open_claim(page, number)
    paid = re.compile(r"835 (\S+)")
    timeline = page.locator(".timeline")
    wait_for(page, "the payer's answer", lambda: paid.search(timeline.inner_text()) is not None)
    found = paid.search(timeline.inner_text())
    assert found is not None
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/remittances/")
    page.keyboard.press("/")
    page.keyboard.type(found[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/remittances/\d+/$"))
    expect(page.locator(".balance")).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text("Posted")
    expect(page.get_by_role("region", name="Claims of this payment")).to_contain_text(number)


def see_denial_with_coder(page: Page, number: str) -> None:
    page.goto("/denials/?state=with_coder")
    row = page.locator("[data-row]").filter(has_text=number)
    wait_for(page, "the denial with the coder", lambda: row.count() == 1)
    expect(row).to_contain_text("CO-97")


def recode_returned_chart(page: Page, patient: str) -> None:
    """Chart, claim and remittance side by side; then one modifier, and complete."""
    page.goto("/coding/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/returned/")
    row = page.locator("[data-row]").filter(has_text=patient)
    wait_for(page, "the returned chart", lambda: row.count() == 1)
    row.locator(".row-link").click()
    page.wait_for_url(re.compile(r"/returned/\d+/$"))
    for name in ("Chart text", "Claim as sent", "What the payer said"):
        expect(page.get_by_role("region", name=name, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Recode").click()
    page.wait_for_url(re.compile(r"/coding/\d+/"))
    page.keyboard.press("m")
    page.keyboard.type("25")
    with page.expect_response("**/charges/*/") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 200
    expect(page.get_by_label("Modifiers of line 1")).to_have_value("25")
    # The field showed it while it was typed; the bar knows the change once the answer is in place.
    expect(page.get_by_role("button", name=re.compile("Undo: .* changed"))).to_be_visible()
    complete_and_get_the_next_chart(page)


def see_settled_claim(page: Page, number: str) -> tuple[str, str]:
    """What the payer and the patient still owe, once the payer has decided."""
    open_claim(page, number)
    wait_for(page, "a settled claim", lambda: owed(page, "Payer owes") == "$0.00")
    return owed(page, "Payer owes"), owed(page, "Patient owes")


def open_claim(page: Page, number: str) -> None:
    page.goto(f"/claims/?q={number}")
    page.locator("[data-row]").filter(has_text=number).locator(".row-link").click()
    page.wait_for_url(re.compile(r"/claims/\d+/$"))


def owed(page: Page, label: str) -> str:
    tiles = page.get_by_label("Who owes what now").locator("div").filter(has_text=label)
    return tiles.locator("dd").inner_text().strip()


def see_acts_in_audit_log(page: Page) -> None:
    for name in ("encounter.finalized", "batch.queued", "remittance.posted", "denial.resolved"):
        page.goto(f"/audit/?name={name}")
        expect(page.get_by_role("main")).to_contain_text(name)


def see_claims_behind_a_figure(page: Page) -> None:
    page.goto("/dashboard/")
    page.get_by_role("link", name=re.compile("Initial denial rate")).click()
    page.wait_for_url("**/dashboard/initial_denial_rate/**")
    page.locator("[data-row] .row-link").first.click()
    page.wait_for_url(re.compile(r"/claims/\d+/$"))
