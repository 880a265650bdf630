"""What every browser test does with a page: open it, sign in, look for faults, wait for others."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

PASSWORD = "sandbox-Rev-2026"
PATIENCE = 60
AXE = Axe()
# `data-` attributes and JSON blocks are fine; code and styles in the page are not.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=", re.IGNORECASE)
POLICY_WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
"""


@dataclass
class Watched:
    """A page and everything that went wrong in it.

    An answer of 400 and above is a fault unless the test put its status into `expected`.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def note_message(self, message: ConsoleMessage) -> None:
        is_status = "Failed to load resource" in message.text  # told better by note_response
        if message.type in ("error", "warning") and not is_status:
            self.faults.append(f"{self.page.url}: {message.text}")

    def note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{self.page.url}: {response.status} for {response.url}")

    def note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left for the next page
            self.faults.append(f"{self.page.url}: {request.failure} for {request.url}")


def open_page(
    browser: Browser,
    address: str,
    *,
    width: int = 1440,
    dark: bool = False,
    script: bool = True,
    expected: tuple[int, ...] = (),
) -> Watched:
    """An empty page in a context of its own, with an ear on everything that goes wrong."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(15_000)
    if script:
        context.add_init_script(POLICY_WATCH)
    watched = Watched(context.new_page(), expected=set(expected))
    watched.page.on("console", watched.note_message)
    watched.page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
    watched.page.on("response", watched.note_response)
    watched.page.on("requestfailed", watched.note_failure)
    return watched


def sign_in(page: Page, person: str, practice: str = "") -> None:
    """Through the login form by keyboard, then into a practice by part of its name."""
    page.goto("/login/")
    page.get_by_label("Email").fill(f"{person}@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    if practice:
        page.goto("/practices/")
        page.get_by_role("button", name=re.compile(practice)).click()
        page.wait_for_url(lambda url: "/practices/" not in url)


def wait_for(page: Page, what: str, is_met: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Reload until other processes have done their part. Fails, naming it, after the limit."""
    end = time.monotonic() + seconds
    while not is_met():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} seconds"
        page.wait_for_timeout(400)
        page.reload()


def axe_violations(page: Page, *rules: str) -> list[str]:
    """One line per broken rule, of any impact, with the first element it concerns.

    Asks for all rules, or for the named ones only.
    """
    options = {"resultTypes": ["violations"]}
    chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = AXE.run(page, options=options | chosen).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found]


def sideways(page: Page) -> list[str]:
    """Elements that make the page itself scroll sideways; empty when it does not."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = innerWidth;
          const places = [document.documentElement, document.querySelector("main")];
          if (places.every((place) => !place || place.scrollWidth <= place.clientWidth)) return [];
          const over = [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > wide + 1);
          return ["scrolls", ...over.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))];
        }"""
    )
    return found


def inline_code(html: str) -> list[str]:
    """Script and style written into a page, which the content security policy forbids."""
    return INLINE.findall(html)


def keep_picture(page: Page, name: str) -> None:
    """A screenshot for people, when RCM_SCREENSHOTS names a folder."""
    if folder := os.environ.get("RCM_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def repeated_keys(page: Page) -> list[str]:
    """Keys that two things of the page listen to, as keys.js finds them; rows take j, k and x."""
    found: list[str] = page.evaluate(
        """() => {
          const isShown = (one) => one.getClientRects().length > 0;
          const keys = [...document.querySelectorAll("[data-key]")]
            .filter((one) => one.dataset.key.startsWith("g ") || isShown(one))
            .map((one) => one.dataset.key);
          const rows = [...document.querySelectorAll("[data-row]")].filter(isShown);
          if (rows.length) keys.push("j", "k");
          if (rows.some((row) => row.querySelector(".check"))) keys.push("x");
          return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
        }"""
    )
    return found
