"""Holds servers and one sleeping child until killed: `hold_servers.py ROOT`. Prints their pids."""

import json
import sys
import time
from pathlib import Path

from rcm.embedded.children import Child
from rcm.embedded.servers import EmbeddedServers

with EmbeddedServers(Path(sys.argv[1]), durable=False, temporary=True) as servers:
    assert servers.undertaker is not None
    # A grandchild in the same group, as a worker pool has them.
    sleeper = Child(
        "sleeper",
        ["sh", "-c", "trap '' TERM; sleep 600 & wait; sleep 600"],
        undertaker=servers.undertaker,
        log=servers.layout.logs / "sleeper.log",
        stop_seconds=1,
    )
    pids = [child.pid for child in [*servers.children(), sleeper]]
    sys.stdout.write(json.dumps(pids) + "\n")
    sys.stdout.flush()
    time.sleep(600)
