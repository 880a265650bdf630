"""One running system for the tests of this folder, and this process connected to it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from kombu import pools

from rcm.embedded.ports import open_listener
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import Stack
from rcm.embedded.supervisor import Progress, StopFlag
from rcm.environment import env_database
from tests.system.running import System

PACE = {"RCM_OUTBOX_SECONDS": "0", "RCM_SWEEP_SECONDS": "1"}
START_SECONDS = 240


@pytest.fixture(scope="package")
def system(django_db_blocker: Any) -> Iterator[System]:
    """The system `bin/demo` starts, in a temporary folder; stopped and removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="rcm-system-")).resolve()
    servers = EmbeddedServers(root, durable=False, temporary=True)
    with ExitStack() as stops:
        stops.callback(shutil.rmtree, root, ignore_errors=True)
        stops.callback(servers.stop)
        servers.start()
        listener = stops.enter_context(open_listener(0, is_required=True)[0])
        stack = Stack(servers, listener, StopFlag(), Progress(sys.stderr))
        # A killed worker cannot remove its temporary folders; the root takes them along.
        stack.environment |= PACE | {"TMPDIR": str(root)}
        stops.callback(stack.stop)
        stack.supervisor.limit_seconds(START_SECONDS)
        stack.start()
        stack.supervisor.limit_seconds(float("inf"))
        stops.enter_context(django_db_blocker.unblock())
        stops.enter_context(connected_to(stack))
        yield System(stack)


@contextmanager
def connected_to(stack: Stack) -> Iterator[None]:
    """This process uses the system's database, broker and clearinghouse, then its own again."""
    own = dict(connection.settings_dict)
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stack.environment.items():
            if name.startswith("RCM_"):
                patch.setenv(name, value)
        # Celery prefers this variable to its settings; its connections are made anew.
        patch.setenv("CELERY_BROKER_URL", stack.environment["RCM_BROKER_URL"])
        forget_broker()
        connection.settings_dict.update(env_database("RCM_DATABASE_URL"))
        yield
        connection.close()
    connection.settings_dict.clear()
    connection.settings_dict.update(own)
    forget_broker()


def forget_broker() -> None:
    """Celery keeps its producers; the next one is made for the broker of that moment."""
    pools.reset()
    vars(current_app._get_current_object()).pop("amqp", None)
