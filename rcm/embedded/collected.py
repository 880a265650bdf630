"""Static files as they are served in earnest, collected once for each state of the sources."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rcm.embedded.errors import CannotStart

CHECKOUT = Path(__file__).resolve().parents[2]


def fingerprint_sources() -> str:
    """Changes when a static file of ours, their storage or the pinned packages change."""
    sources = [CHECKOUT / "requirements.txt", CHECKOUT / "rcm" / "static_files.py"]
    sources += sorted((CHECKOUT / "static").rglob("*"))
    facts = [
        f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}"
        for file in sources
        if file.is_file()
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def collect_once(root: Path, environment: Mapping[str, str]) -> Path:
    """The folder under `root` to use as RCM_DATA_DIR, made when the sources have changed.

    It gets its name when it is complete, so that two runs at once do not see half of it. Raises
    CannotStart with what `collectstatic` said when that fails.
    """
    folder = root / f"collected-{fingerprint_sources()[:12]}"
    if folder.is_dir():
        return folder
    for outdated in root.glob("collected-*"):
        shutil.rmtree(outdated, ignore_errors=True)
    partial = root / f"collected-{os.getpid()}.new"
    answer = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=CHECKOUT,
        env=dict(environment) | {"RCM_DATA_DIR": str(partial)},
        capture_output=True,
        text=True,
    )
    if answer.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise CannotStart(f"collecting static files failed:\n{answer.stderr.strip()}")
    try:
        partial.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(partial, ignore_errors=True)
    return folder
