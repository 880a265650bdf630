"""What other programs may ask of a running sandbox, one JSON file in `control/` at a time.

The asker writes ``control/NAME.json`` under a temporary name and renames it; the answer appears
as ``control/done/NAME.json``: ``{"ok": true, …}`` or ``{"ok": false, "error": "…"}``.
"""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from payers.sandbox.faults import ArmedFaults, FaultRefused, read_fault
from payers.sandbox.folders import Folders, write_atomically
from payers.sandbox.requests import RequestRefused, ScriptedRequests

log = logging.getLogger("payers.sandbox.commands")

Answer = dict[str, Any]


class Commands:
    """Reads the control folder and runs what it finds, oldest first."""

    def __init__(self, folders: Folders, requests: ScriptedRequests, faults: ArmedFaults) -> None:
        self._folders = folders
        self._faults = faults
        self._known: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "fault": self._arm_fault,
            "clear-faults": self._clear_faults,
            "status": requests.report_status,
            "adjudicate-now": requests.adjudicate_now,
            "duplicate-last-835": requests.duplicate_last_835,
            "reenvelope-last-835": requests.reenvelope_last_835,
            "unbalanced-835": requests.send_unbalanced_835,
            "reverse-and-correct": requests.reverse_and_correct,
            "forward-balance": requests.forward_balance,
        }

    def run_waiting(self) -> int:
        """Run every complete command file; returns how many there were."""
        waiting = sorted(
            (path for path in self._folders.control.glob("*.json") if path.name[0] != "."),
            key=lambda path: path.stat().st_mtime_ns,
        )
        for path in waiting:
            answer = self._run(path)
            write_atomically(
                self._folders.control_results / path.name,
                json.dumps(answer, sort_keys=True).encode() + b"\n",
            )
            path.unlink()
        return len(waiting)

    def _run(self, path: Path) -> Answer:
        try:
            request = json.loads(path.read_bytes())
        except ValueError:
            return {"ok": False, "error": "not a JSON file"}
        if not isinstance(request, dict):
            return {"ok": False, "error": "a command is a JSON object"}
        name = "fault" if "fault" in request else str(request.get("command", ""))
        run = self._known.get(name)
        if run is None:
            known = ", ".join(sorted(self._known))
            return {"ok": False, "error": f"unknown command {name!r}; known: {known}"}
        try:
            answer = run(request)
        except (RequestRefused, FaultRefused) as refusal:
            log.info("command %s refused", name)
            return {"ok": False, "error": str(refusal)}
        log.info("command %s carried out", name)
        return {"ok": True, **answer}

    def _arm_fault(self, request: Mapping[str, Any]) -> Answer:
        fault = read_fault(request)
        self._faults.arm(fault)
        return {"armed": fault.name, "times": fault.times}

    def _clear_faults(self, request: Mapping[str, Any]) -> Answer:
        return {"cleared": self._faults.clear()}
