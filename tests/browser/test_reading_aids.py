"""The coder's pages with text twice as large, and in the forced colours of a high-contrast mode."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import System
from tests.browser.pages import axe_violations, keep_picture, sideways

Visit = Callable[..., Page]
PRACTICE = "Lakeside"
PLACES = [
    ("ana", "/coding/"),
    ("ana", "/coding/{chart}/"),
    ("ana", "/coding/{coded_chart}/"),
    ("ana", "/coding/{chart}/query/"),
    ("victor", "/queries/{query}/"),
    ("mia", "/coding/board/"),
    ("mia", "/audits/charts/{audit_chart}/"),
    ("ana", "/my-audits/{reviewed_chart}/"),
    ("ana", "/returned/{task}/"),
    ("ana", "/codes/icd10cm/S82.045/"),
    ("ana", "/intake/"),
]
# Text that does not fit its box and cannot be scrolled to; one line cut with "…" has a title.
CLIPPED = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one);
  return style.overflowY === "hidden" && style.textOverflow !== "ellipsis" &&
    one.clientHeight > 2 && one.scrollHeight > one.clientHeight + 4 && one.innerText.trim();
}).map((one) => `${one.tagName}.${one.className}: ${one.innerText.slice(0, 40)}`)"""
# What has the focus and shows no outline, neither itself nor the field it stands in. In a date the
# browser marks day, month and year by itself.
FOCUS = """() => {
  const one = document.activeElement;
  if (one.type === "date") return "";
  const places = [one, one.parentElement, one.closest("label, form, tr")].filter(Boolean);
  const isSeen = places.map((place) => getComputedStyle(place))
    .some((style) => style.outlineStyle !== "none" && style.outlineWidth !== "0px");
  return isSeen ? "" : one.outerHTML.slice(0, 200);
}"""


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    return system.run_module("tests.browser.fill_practice")


@pytest.mark.parametrize(("person", "path"), PLACES, ids=[path for _, path in PLACES])
def test_text_of_twice_the_size_fits_and_is_not_cut(
    visit: Visit, rows: dict[str, int], person: str, path: str
) -> None:
    page = visit(person, path.format(**rows), practice=PRACTICE)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    keep_picture(page, f"large-{path.strip('/').replace('/', '-')}")
    assert sideways(page) == []
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize(("person", "path"), PLACES, ids=[path for _, path in PLACES])
def test_forced_colours_leave_text_and_focus_to_be_seen(
    visit: Visit, rows: dict[str, int], person: str, path: str
) -> None:
    page = visit(person, path.format(**rows), practice=PRACTICE)
    page.emulate_media(forced_colors="active")
    keep_picture(page, f"forced-{path.strip('/').replace('/', '-')}")
    assert axe_violations(page) == []
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == ""
