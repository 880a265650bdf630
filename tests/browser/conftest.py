"""One running system and one browser for the tests of this folder.

The system is the one `bin/demo` starts, in a temporary folder of its own: PostgreSQL, Valkey,
gunicorn, a worker, beat and the sandbox clearinghouse. Tests only see its address.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from rcm.embedded.ports import open_listener
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import Stack
from rcm.embedded.supervisor import Progress, StopFlag
from tests.browser.pages import Watched, open_page, sign_in

PACE = {"RCM_OUTBOX_SECONDS": "0", "RCM_SWEEP_SECONDS": "1"}
START_SECONDS = 240
COMMAND_SECONDS = 400


@dataclass(frozen=True)
class System:
    """The running stack: its address, and commands beside it."""

    address: str
    stack: Stack

    def run_module(self, name: str) -> dict[str, int]:
        """Run a Python module against the system; returns its last line, one JSON object."""
        output = self.stack.root / f"{name}.txt"
        child = self.stack.supervisor.start_job(
            name, [sys.executable, "-m", name], self.stack.environment, output=output
        )
        code = self.stack.supervisor.finish(child, f"running {name}", COMMAND_SECONDS)
        assert code == 0, child.tail(40)
        answer: dict[str, int] = json.loads(output.read_text().splitlines()[-1])
        return answer


@pytest.fixture(scope="package")
def system() -> Iterator[System]:
    """The whole system, stopped and removed after the last test of the folder."""
    root = Path(tempfile.mkdtemp(prefix="rcm-browser-")).resolve()
    progress = Progress(sys.stderr)
    servers = EmbeddedServers(root, durable=False, temporary=True)
    with ExitStack() as stops:
        stops.callback(shutil.rmtree, root, ignore_errors=True)
        stops.callback(servers.stop)
        servers.start()
        listener = stops.enter_context(open_listener(0, is_required=True)[0])
        stack = Stack(servers, listener, StopFlag(), progress)
        stack.environment |= PACE
        stops.callback(stack.stop)
        stack.supervisor.limit_seconds(START_SECONDS)
        stack.start()
        stack.supervisor.limit_seconds(float("inf"))
        yield System(stack.address, stack)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Ends with the module: while Playwright's loop runs, the same thread cannot use the ORM."""
    program = os.environ.get("RCM_CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=browser_arguments())
        yield browser
        browser.close()


def browser_arguments() -> list[str]:
    """Chromium has no sandbox for root, and /dev/shm is small in containers."""
    return ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@pytest.fixture
def visit(system: System, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`visit("ana", "/coding/")`: a page of a person in a context of its own.

    Further arguments are those of `open_page`. Every page is watched: at the end of the test
    nothing may have gone wrong in any of them.
    """
    opened: list[Watched] = []

    def open_for(person: str | None, path: str = "/", practice: str = "", **how: object) -> Page:
        watched = open_page(chromium, system.address, **how)  # type: ignore[arg-type]  # keywords of open_page
        opened.append(watched)
        if person:
            sign_in(watched.page, person, practice)
        if path != "/" or not person:
            watched.page.goto(path)
        return watched.page

    yield open_for
    faults = [fault for watched in opened for fault in watched.faults]
    for watched in opened:
        watched.page.context.close()
    assert faults == []
