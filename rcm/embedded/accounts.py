"""The account PostgreSQL runs under: it refuses to run as root.

An ordinary user is that account. Root gets a system user without a login and without a home.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass

from rcm.embedded.errors import CannotStart

SYSTEM_USER = "rcm-embedded"


@dataclass(frozen=True)
class Account:
    """A user to become before the server is started."""

    name: str
    user_id: int
    group_id: int


def find_account() -> Account | None:
    """None for an ordinary user, who needs no other account; the system user for root.

    Raises CannotStart when root has no way to make the user and none fits.
    """
    if os.geteuid() != 0:
        return None
    for name in (SYSTEM_USER, "nobody"):
        if name == SYSTEM_USER:
            _add_system_user()
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(f"PostgreSQL does not run as root, and no user {SYSTEM_USER} could be made.")


def _add_system_user() -> None:
    """Make the user when it is missing; two starts at once may both try."""
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        if tool := shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin"):
            subprocess.run(
                [tool, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
                + ["--shell", "/usr/sbin/nologin", SYSTEM_USER],
                check=False,
                capture_output=True,
            )
