"""`python -m payers.sandbox`: the SFTP server and the simulator in one process, until SIGTERM."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncssh

from payers.sandbox.clearinghouse import Clearinghouse, Settings, locate
from payers.sandbox.commands import Commands
from payers.sandbox.faults import ArmedFaults
from payers.sandbox.folders import Folders, write_atomically
from payers.sandbox.requests import ScriptedRequests
from payers.sandbox.script import ScriptRefused, read_script
from payers.sandbox.server import Account, OpenFiles, open_host_key, start_server
from payers.sandbox.state import State

log = logging.getLogger("payers.sandbox")

POLL_SECONDS = 0.25
DEFAULT_SCRIPT = Path(__file__).resolve().parent.parent / "demo" / "behaviour.json"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="payers.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--port-file", type=Path, help="JSON with host, port and host key")
    parser.add_argument("--root", type=Path, required=True, help="folder for files and state")
    parser.add_argument("--user", required=True, help="the one SFTP login")
    parser.add_argument(
        "--password-env",
        metavar="NAME",
        help="environment variable that holds the password",
    )
    parser.add_argument("--authorized-keys", type=Path, help="public keys that may log in")
    parser.add_argument("--behaviour", type=Path, default=DEFAULT_SCRIPT, help="payer script")
    parser.add_argument(
        "--mailbox", action="append", default=[], help="a mailbox to make; may be repeated"
    )
    parser.add_argument("--seed", type=int, default=1, help="shifts every number given out")
    parser.add_argument("--delay-seconds", type=float, default=2, help="from acceptance to payment")
    return parser


def read_account(user: str, password_env: str | None, authorized_keys: Path | None) -> Account:
    """The login; raises ValueError when neither a password nor a key is there."""
    password = os.environ.get(password_env, "") if password_env else ""
    keys = tuple(asyncssh.read_public_key_list(str(authorized_keys))) if authorized_keys else ()
    if password_env and not password:
        raise ValueError(f"{password_env} is empty or not set")
    if not password and not keys:
        raise ValueError("give --password-env or --authorized-keys")
    return Account(user, password, keys)


async def repeat_work(house: Clearinghouse, commands: Commands, stopping: asyncio.Event) -> None:
    """Look at the folders until told to stop. A defect in one round is logged, not fatal."""

    def work() -> None:
        commands.run_waiting()
        house.run_once()

    while not stopping.is_set():
        try:
            await asyncio.to_thread(work)
        except Exception as error:
            log.error("round failed: %s", locate(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), POLL_SECONDS)


async def run(options: argparse.Namespace, account: Account) -> None:
    """Serve until SIGTERM or SIGINT."""
    folders = Folders(options.root.resolve())
    folders.create()
    for name in options.mailbox:
        (folders.inbound / name).mkdir(mode=0o700, exist_ok=True)
        (folders.outbound / name / "archive").mkdir(mode=0o700, parents=True, exist_ok=True)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    faults, open_files = ArmedFaults(), OpenFiles()
    state = State(folders.state / "sandbox.sqlite3")
    house = Clearinghouse(
        folders,
        state,
        read_script(options.behaviour),
        Settings(options.delay_seconds, options.seed),
        open_files.is_being_written,
    )
    host_key = open_host_key(folders.state / "host_key")
    server = await start_server(
        options.host, options.port, host_key, account, folders.files, faults, open_files
    )
    port = server.get_port()
    if options.port_file:
        key = host_key.export_public_key("openssh").decode().strip()
        listening = {"host": options.host, "port": port, "host_key": key}
        write_atomically(options.port_file, json.dumps(listening).encode() + b"\n")
    log.info("listening on %s:%d", options.host, port)
    try:
        await repeat_work(house, Commands(folders, ScriptedRequests(house), faults), stopping)
    finally:
        server.close()
        await server.wait_closed()
        state.close()
        log.info("stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    try:
        account = read_account(options.user, options.password_env, options.authorized_keys)
        asyncio.run(run(options, account))
    except (ValueError, ScriptRefused, OSError) as error:
        sys.stderr.write(f"payers.sandbox: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
