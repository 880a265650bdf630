"""One measured task per process: `python -m rcm.bench.x12_tasks TASK FILE` prints one JSON object.

CPU seconds of the task itself and the process's peak memory; start-up and generation are outside.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

from rcm.bench.generate import make_claims, make_envelope, make_submitter
from rcm.x12.claim_837p import Claim
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.remittance_835 import RemittanceEnd, RemittedClaim
from rcm.x12.write_837p import write_claims


def read_with_ours(path: Path) -> int:
    """Typed claims, balanced; refuses to count a file with problems or differences."""
    claims = 0
    with path.open("rb") as source:
        for item in read(source):
            if isinstance(item, RemittedClaim):
                claims += 1
            elif isinstance(item, Problem) or (
                isinstance(item, RemittanceEnd) and not item.is_balanced
            ):
                raise SystemExit(f"The generated file is not clean: {item}")
    return claims


def read_with_pyx12(path: Path) -> int:
    """X12ContextReader with its loop trees, visiting each claim; no amounts are added up."""
    import pyx12.error_handler
    import pyx12.params
    import pyx12.x12context

    claims = 0
    with path.open("rb") as source:
        context = pyx12.x12context.X12ContextReader(
            pyx12.params.params(),
            pyx12.error_handler.errh_null(),
            TextIOWrapper(source, "ascii"),
        )
        for node in context.iter_segments("2100"):
            if node.id == "2100":
                claims += 1
    return claims


def write_with_ours(claims: list[Claim]) -> float:
    """Our writer, from claims to bytes in memory."""
    started = time.process_time()
    write_claims(BytesIO(), make_envelope(2), make_submitter(), claims)
    return time.process_time() - started


def write_with_pyx12(claims: list[Claim]) -> float:
    """The same segments as pyx12 Segment objects through its X12Writer.

    Composing each segment's text from the claims is left out of its time.
    """
    import pyx12.segment
    import pyx12.x12file

    whole = BytesIO()
    write_claims(whole, make_envelope(2), make_submitter(), claims)
    made_by_itself = ("SE*", "GE*", "IEA*")
    texts = [
        text
        for text in whole.getvalue().decode("ascii").split("~")
        if text and not text.startswith(made_by_itself)
    ]
    started = time.process_time()
    writer = pyx12.x12file.X12Writer(StringIO(), "~", "*", ":", "", "^")
    for text in texts:
        writer.Write(pyx12.segment.Segment(text, "~", "*", ":"))
    writer.Close()
    return time.process_time() - started


READERS: dict[str, Callable[[Path], int]] = {
    "read_with_ours": read_with_ours,
    "read_with_pyx12": read_with_pyx12,
}
WRITERS: dict[str, Callable[[list[Claim]], float]] = {
    "write_with_ours": write_with_ours,
    "write_with_pyx12": write_with_pyx12,
}


def run_task(name: str, argument: str) -> dict[str, Any]:
    """Run one task: a reader on a file, or a writer on that many claims."""
    if name in READERS:
        started = time.process_time()
        READERS[name](Path(argument))
        seconds = time.process_time() - started
    else:
        seconds = WRITERS[name](list(make_claims(int(argument))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": round(peak, 1)}


if __name__ == "__main__":
    print(json.dumps(run_task(sys.argv[1], sys.argv[2])))
