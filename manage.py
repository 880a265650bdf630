#!/usr/bin/env python
"""Django's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")
    if sys.argv[1:2] == ["check_x12"]:
        # Inspecting files needs no installation: no database, no secrets.
        os.environ.setdefault("RCM_DEBUG", "1")
        os.environ.setdefault("RCM_DATABASE_URL", "postgres://nobody@/none")
    if sys.argv[1:2] == ["simulate_year"]:
        from rcm.embedded.run_with import OWNER_URL

        if OWNER_URL not in os.environ:
            # A year needs servers and a clock of its own, whatever this installation has.
            words = ["-m", "rcm.embedded.run_with", sys.executable, *sys.argv]
            os.execv(sys.executable, [sys.executable, *words])  # noqa: S606  # ourselves
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
