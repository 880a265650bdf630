"""Our reader and writer against pyx12's, on the same generated files, each in its own process."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rcm.bench.generate import write_remittance_file

CLAIMS = 10_000
ROUNDS = 5
LARGER = 3  # how much bigger the second file is, to see that memory stays
ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str], claims: int = CLAIMS) -> dict[str, float]:
    """Measure, print the comparison and, with ``--json``, one JSON object as the last line.

    CPU seconds, median of five runs for ours (before and after pyx12's single, long one).
    """
    with tempfile.TemporaryDirectory() as folder:
        path, larger = Path(folder, "one.835"), Path(folder, "three.835")
        with path.open("wb") as out:
            write_remittance_file(out, claims)
        with larger.open("wb") as out:
            write_remittance_file(out, LARGER * claims)
        ours = [_measure("read_with_ours", path) for _ in range(ROUNDS // 2 + 1)]
        theirs = _measure("read_with_pyx12", path)
        ours += [_measure("read_with_ours", path) for _ in range(ROUNDS // 2)]
        triple = _measure("read_with_ours", larger)
    writing = [_measure("write_with_ours", claims) for _ in range(ROUNDS)]
    other_writing = [_measure("write_with_pyx12", claims) for _ in range(3)]
    read_seconds = _median(ours)
    figures = {
        "reader_vs_pyx12": round(theirs["seconds"] / read_seconds, 1),
        "writer_vs_pyx12": round(_median(other_writing) / _median(writing), 1),
        "reader_claims_per_second": round(claims / read_seconds),
        "reader_peak_mb": max(each["peak_mb"] for each in ours),
    }
    more = {
        "reader_peak_mb_three_times_the_file": triple["peak_mb"],
        "pyx12_claims_per_second": round(claims / theirs["seconds"]),
        "writer_claims_per_second": round(claims / _median(writing)),
    }
    for name, value in (figures | more).items():
        print(f"{name.replace('_', ' '):40} {value:>12,}")
    if "--json" in arguments:
        print(json.dumps(figures))
    return figures


def _measure(task: str, argument: Path | int) -> dict[str, Any]:
    command = [sys.executable, "-m", "rcm.bench.x12_tasks", task, str(argument)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _median(runs: list[dict[str, Any]]) -> float:
    return statistics.median(each["seconds"] for each in runs)
