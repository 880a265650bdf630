"""Posting survives what bin/faults does to it, and bin/faults finds posters that would not."""

import json
import subprocess
import sys
from typing import Any

from tests.rules_of_the_house.source import CHECKOUT

KILLS, PLANTED_KILLS = 100, 15


def run_faults(kills: int, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, figures of the last line, and everything it said."""
    command = [sys.executable, "-m", "rcm.faults", "posting", "--kills", str(kills), "--json"]
    ran = subprocess.run([*command, *options], cwd=CHECKOUT, capture_output=True, text=True)
    lines = ran.stdout.splitlines()
    assert lines, ran.stderr
    return ran.returncode, json.loads(lines[-1]), ran.stdout + ran.stderr


def test_a_hundred_kills_leave_no_wrong_and_no_half_posted_payment() -> None:
    code, figures, said = run_faults(KILLS, "--seed", "835")
    assert (figures["wrong"], figures["half_visible"]) == (0, 0), said
    assert code == 0
    # A run that did not do what it planned proves nothing.
    assert figures["kills"] >= KILLS * 95 // 100, said
    assert figures["statements_hit"] >= 30, said
    assert figures["snapshots"] > figures["trials"], said


def test_a_poster_without_keys_is_found_by_its_wrong_ledgers() -> None:
    code, figures, said = run_faults(PLANTED_KILLS, "--seed", "835", "--planted", "naive")
    assert figures["wrong"] > 0, said
    assert figures["half_visible"] > 0, said
    assert code == 1


def test_a_poster_with_keys_that_commits_claim_by_claim_is_found_by_its_halves() -> None:
    """Keys alone end right: only looking at the kill shows the halves."""
    code, figures, said = run_faults(PLANTED_KILLS, "--seed", "836", "--planted", "claimwise")
    assert figures["half_visible"] > 0, said
    assert (figures["wrong"], code) == (0, 1), said
