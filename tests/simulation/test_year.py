"""A few weeks of a simulated year, as anybody runs it, on servers and a clock of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*options: str) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RCM_")}
    command = [sys.executable, "manage.py", "simulate_year", *options]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.fixture(scope="module")
def year() -> dict[str, Any]:
    ended = run("--seed", "3", "--months", "2", "--visits", "20")
    assert ended.returncode == 0, ended.stderr[-2000:]
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def test_every_visit_becomes_a_claim_that_is_sent_and_answered(year: dict[str, Any]) -> None:
    assert (year["visits"], year["charts_put_aside"], year["batches_not_sent"]) == (180, 0, 0)
    answered = [month["claims_answered"] for month in year["months"]]
    assert all(answered)
    assert [month["begins_on"] for month in year["months"]] == ["2026-01-01", "2026-02-01"]


def test_payers_deny_what_nobody_was_told_about(year: dict[str, Any]) -> None:
    first = year["months"][0]
    assert first["claims_denied"] > 0
    assert float(first["initial_denial_rate"]) > 0.05
    assert float(first["clean_claim_rate"]) < 1


def test_no_denial_was_ever_without_owner_action_and_date(year: dict[str, Any]) -> None:
    assert set(year["gaps"].values()) == {0}
    assert set(year["gaps"]) >= {"without_deadline", "without_owner", "without_next_action"}


def test_the_ledger_adds_up_and_every_payment_is_explained(year: dict[str, Any]) -> None:
    assert (year["ledger_sum"], year["unapplied"]) == ("0.00", "0.00")


def test_what_cannot_be_played_is_said_in_a_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("payers: []\n")
    ended = run("--payers", str(bad))
    assert ended.returncode == 1
    assert "bad.yaml.payers: at least one is needed" in ended.stderr
    assert "Traceback" not in ended.stderr
