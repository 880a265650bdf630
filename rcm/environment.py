"""Typed reading of the environment. A bad value stops the start and names the variable."""

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class BadSetting(Exception):
    """The environment holds a value the application cannot start with."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


def env_text(name: str, default: str) -> str:
    """The variable's text, or `default` when it is not set."""
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """1/0, true/false, yes/no, on/off; anything else raises BadSetting."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off"):
        return False
    raise BadSetting(name, f"must be 1 or 0, not {value!r}")


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`; anything else raises BadSetting."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if not value.isascii() or not value.isdigit() or int(value) < minimum:
        raise BadSetting(name, f"must be a whole number of at least {minimum}, not {value!r}")
    return int(value)


def env_hour(name: str, default: int) -> int | None:
    """An hour of the day, 0 to 23; None when the variable is set and empty: switched off.

    Anything else raises BadSetting.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip() == "":
        return None
    if not value.isascii() or not value.isdigit() or int(value) > 23:
        raise BadSetting(name, f"must be an hour from 0 to 23, or empty for never, not {value!r}")
    return int(value)


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated texts."""
    value = os.environ.get(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def env_secret(name: str, *, default: str | None = None, minimum_length: int = 40) -> str:
    """A secret that must be there and long enough; `default` only in debug mode."""
    value = os.environ.get(name) or default
    if not value:
        raise BadSetting(name, "must be set")
    if len(value) < minimum_length:
        raise BadSetting(name, f"must have at least {minimum_length} characters")
    return value


# Translating a plan to machine code takes longer than most of ours run.
PLANNER = "-c jit=off"


def env_database(name: str) -> dict[str, Any]:
    """``postgres://user:password@host:port/name?host=/socket/folder`` as a Django database."""
    value = os.environ.get(name, "")
    parts = urlsplit(value)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadSetting(name, "must be postgres://user:password@host:port/name")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.get("user", [""])[0]),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "rcm", "options": PLANNER},
    }
