"""A payment at the desk: shown where it goes, pressed twice, posted once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import System
from tests.browser.test_pages import look_at

Visit = Callable[..., Page]
PRACTICE = "Lakeside"


@pytest.fixture(scope="module")
def rows(system: System) -> dict[str, int]:
    return system.run_module("tests.browser.patient_shares")


def test_save_pressed_twice_posts_one_payment(visit: Visit, rows: dict[str, int]) -> None:
    page = visit("ben", f"/accounts/{rows['account']}/payment/", practice=PRACTICE)
    page.get_by_label("Amount").fill("30.00")
    page.get_by_role("button", name="Show where it goes").click()
    expect(page.get_by_role("heading", name="Where it goes")).to_be_visible()
    expect(page.locator("input[name^='part_']")).to_have_value("25.00")
    look_at(page, "account-payment-shown")
    page.go_back()
    page.go_forward()
    expect(page.locator("input[name^='part_']")).to_have_value("25.00")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Save payment").dblclick()
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()
    expect(page.get_by_text("Take back payment")).to_have_count(1)
    page.go_back()
    expect(page.get_by_text("of $30.00 is posted already.")).to_be_visible()
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()
    expect(page.get_by_text("Take back payment")).to_have_count(1)
