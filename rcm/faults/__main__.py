"""`python -m rcm.faults posting [--kills N] [--seed S] [--planted NAME] [--json]`: bin/faults.

Starts servers of its own, because it stops them on the way. What is committed survives the sudden
end of PostgreSQL as in earnest; only the disk is not waited for, because nobody cuts the power.
Exit code 1 when something was wrong; with a planted defect that is what must happen.
"""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg2

from rcm.embedded.collected import CHECKOUT
from rcm.embedded.errors import CannotStart
from rcm.embedded.postgres import DATABASE, SUPERUSER
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import build_environment

# What can be broken: modules of the apps above, found by name as settings.NOTICES finds tasks. Each
# has `run(servers, options, log folder) -> exit code`.
SCENARIOS = {"posting": "billing.faults.posting"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start servers, make the tables, run the scenario, stop the servers."""
    options = _parse(arguments)
    root = Path(tempfile.mkdtemp(prefix="rcm-faults-"))
    servers = EmbeddedServers(root, durable=False, temporary=True)
    try:
        servers.start()
        os.environ.update(build_environment(servers, root))
        _keep_commits(servers)
        _make_tables(servers)
        import django

        django.setup()
        scenario = importlib.import_module(SCENARIOS[options.scenario])
        return int(scenario.run(servers, options, servers.layout.logs))
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    finally:
        servers.stop()


def _keep_commits(servers: EmbeddedServers) -> None:
    """Servers of tests may forget the last commits; ours must not."""
    with closing(psycopg2.connect(servers.postgres.url(SUPERUSER))) as made, made.cursor() as db:
        db.execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")
        made.commit()


def _make_tables(servers: EmbeddedServers) -> None:
    as_owner = os.environ | {"RCM_DATABASE_URL": servers.owner_database_url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=CHECKOUT, env=as_owner, check=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/faults", description=__doc__)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--kills", type=int, default=100, help="workers ended by SIGKILL")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--planted", help="put a known defect in; it must be found")
    parser.add_argument("--json", action="store_true", help="figures as JSON in the last line")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
