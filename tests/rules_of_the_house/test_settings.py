"""A bad value stops the start and names the variable; production settings are clean."""

import os
import subprocess
import sys

import pytest

from rcm import environment
from rcm.environment import BadSetting
from tests.rules_of_the_house.source import CHECKOUT

PRODUCTION = {
    "RCM_DEBUG": "0",
    "RCM_SECURE": "1",
    "RCM_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "RCM_ALLOWED_HOSTS": "rcm.example.org",
    "RCM_CSRF_TRUSTED_ORIGINS": "https://rcm.example.org",
    "RCM_DATABASE_URL": "postgres://rcm_app@/rcm?host=/nonexistent",
    "RCM_BROKER_URL": "redis://127.0.0.1:1/0",
}


def start(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """manage.py with production settings and `changes`."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RCM_")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env={**outside, **PRODUCTION, **changes},
        capture_output=True,
        text=True,
    )


def test_the_deployment_check_is_clean_under_production_settings() -> None:
    run = start("check", "--deploy", "--fail-level", "WARNING")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no issues" in run.stdout


def test_a_bad_value_stops_the_start_and_names_the_variable() -> None:
    run = start("check", RCM_SWEEP_SECONDS="soon")
    assert run.returncode != 0
    assert run.stderr.strip().endswith(
        "BadSetting: RCM_SWEEP_SECONDS: must be a whole number of at least 1, not 'soon'"
    )


def test_the_demo_never_runs_under_production_settings() -> None:
    run = start("check", RCM_DEMO="1")
    assert run.returncode != 0
    assert "RCM_DEMO: the demo has public passwords" in run.stderr


def test_a_secret_that_is_missing_or_short_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RCM_SECRET_KEY", raising=False)
    with pytest.raises(BadSetting, match="^RCM_SECRET_KEY: must be set$"):
        environment.env_secret("RCM_SECRET_KEY")
    monkeypatch.setenv("RCM_SECRET_KEY", "short")
    with pytest.raises(BadSetting, match="^RCM_SECRET_KEY: must have at least 40 characters$"):
        environment.env_secret("RCM_SECRET_KEY")


@pytest.mark.parametrize("value", ["maybe", "2", "oui"])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RCM_DEBUG", value)
    with pytest.raises(BadSetting, match=f"^RCM_DEBUG: must be 1 or 0, not '{value}'$"):
        environment.env_bool("RCM_DEBUG", default=False)


@pytest.mark.parametrize(("value", "is_on"), [("1", True), ("Yes", True), ("off", False)])
def test_a_switch_is_read(monkeypatch: pytest.MonkeyPatch, value: str, is_on: bool) -> None:
    monkeypatch.setenv("RCM_DEBUG", value)
    assert environment.env_bool("RCM_DEBUG", default=not is_on) is is_on


@pytest.mark.parametrize("value", ["-1", "1.5", "59", "²"])
def test_a_number_below_its_minimum_or_none_at_all_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("RCM_IDLE_LOGOFF_SECONDS", value)
    with pytest.raises(BadSetting, match="^RCM_IDLE_LOGOFF_SECONDS: must be a whole number of at "):
        environment.env_int("RCM_IDLE_LOGOFF_SECONDS", 900, minimum=60)


@pytest.mark.parametrize("value", ["24", "-1", "9.5", "noon", "²"])
def test_an_hour_that_no_day_has_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RCM_SUBMISSION_HOUR", value)
    message = f"^RCM_SUBMISSION_HOUR: must be an hour from 0 to 23, or empty for .*'{value}'$"
    with pytest.raises(BadSetting, match=message):
        environment.env_hour("RCM_SUBMISSION_HOUR", 22)


@pytest.mark.parametrize(
    ("value", "hour"), [("0", 0), ("23", 23), ("07", 7), ("", None), (" ", None), (None, 22)]
)
def test_an_hour_is_read_and_an_empty_one_switches_off(
    monkeypatch: pytest.MonkeyPatch, value: str | None, hour: int | None
) -> None:
    monkeypatch.delenv("RCM_SUBMISSION_HOUR", raising=False)
    if value is not None:
        monkeypatch.setenv("RCM_SUBMISSION_HOUR", value)
    assert environment.env_hour("RCM_SUBMISSION_HOUR", 22) == hour


def test_a_submission_hour_no_day_has_stops_the_start() -> None:
    run = start("check", RCM_SUBMISSION_HOUR="24")
    assert run.returncode != 0
    assert run.stderr.strip().endswith(
        "RCM_SUBMISSION_HOUR: must be an hour from 0 to 23, or empty for never, not '24'"
    )


@pytest.mark.parametrize(("hour", "is_scheduled"), [("", False), ("7", True)])
def test_the_daily_submission_can_be_switched_off(hour: str, is_scheduled: bool) -> None:
    script = (
        "from rcm import settings; print('submit-ready-claims' in settings.CELERY_BEAT_SCHEDULE)"
    )
    run = start("shell", "--no-imports", "-c", script, RCM_SUBMISSION_HOUR=hour)
    assert run.stdout.strip() == str(is_scheduled), run.stderr


@pytest.mark.parametrize("value", ["", "sqlite:///x", "postgres://host/", "mysql://a/b"])
def test_only_postgresql_with_a_database_name_will_do(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("RCM_DATABASE_URL", value)
    with pytest.raises(BadSetting, match="^RCM_DATABASE_URL: must be postgres://user:password@"):
        environment.env_database("RCM_DATABASE_URL")


def test_a_database_address_may_name_a_socket_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RCM_DATABASE_URL", "postgres://me:p%40ss@/claims?host=/run/pg&port=5544")
    found = environment.env_database("RCM_DATABASE_URL")
    wanted = {"NAME": "claims", "USER": "me", "PASSWORD": "p@ss", "HOST": "/run/pg", "PORT": "5544"}
    assert {name: found[name] for name in wanted} == wanted
