"""pyx12 as an independent second opinion on the form of a file, before it may be sent.

It runs in a process of its own, with a time limit, an empty HOME and silent logging, because it
may raise, read settings from HOME, and write bad values (names, member ids) into its log. It gets
one interchange at a time, freed of noise, and has to see as many segments as our own tokenizer
does: it is known to stop early without a word. Two of its maps are corrected (`gate_maps`).
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rcm.x12.gate_maps import prepare_maps
from rcm.x12.limits import Limits
from rcm.x12.problems import Problem
from rcm.x12.tokenizer import Segments

ROOT = Path(__file__).resolve().parents[2]
BYTES_PER_SECOND = 50_000  # pyx12 manages several times that; this is patience, not a measure
LARGEST_LIST = 200  # problems kept of one file
# Guides pyx12 4.0.0 has a map for; any other makes it raise.
VERSIONS = frozenset(
    {
        "005010X221A1",
        "005010X222A1",
        "005010X223A2",
        "005010X231",
        "005010X231A1",
        "005010X214",
    }
)
# Code lists that stopped in 2015 and would refuse codes published since.
OUTDATED_CODES = "remark_code,claim_status,claim_status_cat"

SEGMENT_REASONS = {
    "1": "is not known here",
    "2": "is not expected here",
    "3": "is missing although mandatory",
    "4": "begins a loop that occurs too often",
    "5": "occurs too often",
    "6": "is not part of this transaction",
    "7": "is out of sequence",
    "8": "has an element that is wrong",
}
ELEMENT_REASONS = {
    "1": "is missing although mandatory",
    "2": "is missing although another element requires it",
    "3": "is more than the segment holds",
    "4": "is too short",
    "5": "is too long",
    "6": "has characters that are not allowed",
    "7": "is not a valid code",
    "8": "is not a valid date",
    "9": "is not a valid time",
    "10": "must not be sent together with another element",
}


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """`is_accepted` only when every segment was seen and nothing was found wrong."""

    is_accepted: bool
    segments_read: int
    problems: tuple[Problem, ...] = ()


class _LoggedErrors(logging.Handler):
    """Counts what pyx12 logs as errors and drops the text, which quotes names and member ids.

    Some errors are only logged: a whole transaction it does not recognise is "valid".
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def _listen() -> _LoggedErrors:
    logger, listener = logging.getLogger("pyx12"), _LoggedErrors()
    logger.handlers = [listener]
    logger.propagate = False
    logger.setLevel(logging.ERROR)  # the application may have switched this logger off
    return listener


def inspect_in_process(content: bytes, *, seconds: float = 60) -> GateVerdict:
    """Inspect `content` in a worker process; never raises for what the content does to pyx12.

    The limit is `seconds` and one more for each 50 kB. Running out of time or a broken worker is a
    refusal with a problem, `gate_timeout` or `gate_failed`.
    """
    limit = seconds + len(content) / BYTES_PER_SECOND
    with tempfile.TemporaryDirectory(prefix="rcm-gate-") as home:
        environment = {"HOME": home, "PATH": os.defpath, "PYTHONPATH": str(ROOT)}
        try:
            # Our own module under our own interpreter; the content goes in by stdin only.
            done = subprocess.run(  # noqa: S603  (our own module, no shell)
                [sys.executable, "-m", "rcm.x12.gate"],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=home,
                env=environment,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _refuse("gate_timeout", f"The structure check took more than {limit:.0f} s.")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
        problems = tuple(Problem(**problem) for problem in found["problems"])
        return GateVerdict(found["is_accepted"], found["segments_read"], problems)
    except (ValueError, KeyError, TypeError):
        return _refuse("gate_failed", "The structure check broke off without a result.")


def _refuse(code: str, message: str) -> GateVerdict:
    return GateVerdict(False, 0, (Problem(code, message),))


def inspect(content: bytes) -> GateVerdict:
    """Inspect in this process. For workers and tests: pyx12's logging is silenced for good."""
    problems: list[Problem] = []
    read = expected = 0
    with tempfile.TemporaryDirectory(prefix="rcm-maps-") as folder:
        maps = prepare_maps(Path(folder))
        for text, versions, count in _split_interchanges(content):
            first = expected
            expected += count
            if not versions or versions - VERSIONS:
                problems.append(Problem("gate_no_map", "pyx12 has no map for this guide (GS08)."))
                continue
            seen, found = _inspect_interchange(text, maps, first)
            read += seen
            problems += found
    if not expected:
        problems.append(Problem("not_x12", "There is no X12 interchange in the file."))
    if read != expected:
        message = f"pyx12 read {read} of {expected} segments."
        problems.append(Problem("gate_incomplete", message))
    return GateVerdict(not problems, read, tuple(problems[:LARGEST_LIST]))


def _split_interchanges(content: bytes) -> Iterator[tuple[str, set[str], int]]:
    """Each interchange as clean text, the GS08 values in it, and its number of segments."""
    segments = Segments(content, Limits())
    texts: list[str] = []
    versions: set[str] = set()
    mark = ""
    for text in segments:
        element = segments.delimiters.element
        if text.startswith(f"ISA{element}"):
            if texts:
                yield mark.join([*texts, ""]), versions, len(texts)
            texts, versions, mark = [], set(), segments.delimiters.segment
        elif text.startswith(f"GS{element}"):
            versions.add(text.split(element)[-1])
        texts.append(text)
    if texts:
        yield mark.join([*texts, ""]), versions, len(texts)


def _inspect_interchange(text: str, maps: Path, first: int) -> tuple[int, list[Problem]]:
    """Segments pyx12 saw, and what it found; `first` is the number of segments before."""
    import pyx12.params
    import pyx12.x12n_document

    seen = 0

    def count_segment(*_: object) -> None:
        nonlocal seen
        seen += 1

    listener = _listen()
    parameters = pyx12.params.params()
    parameters.set("exclude_external_codes", OUTDATED_CODES)
    out = StringIO()
    try:
        is_valid = pyx12.x12n_document.x12n_document(
            parameters, StringIO(text), None, None, None, out, None, str(maps), count_segment
        )
        findings = list(_list_problems(json.loads(out.getvalue() or "{}"), first))
    except Exception:  # pyx12 raises five kinds and more; each means it has no verdict
        return seen, [Problem("gate_failed", "pyx12 broke off while reading.")]
    if (not is_valid or listener.count) and not findings:
        findings.append(Problem("gate_refused", "pyx12 refuses the file without a reason."))
    return seen, findings


def _list_problems(document: dict[str, Any], first: int) -> Iterator[Problem]:
    """pyx12's JSON tree as our Problems. Its own sentences quote bad values and are left out."""
    for interchange in document.get("interchanges", ()):
        yield from _list_envelope(interchange, "IEA", first)
        for group in interchange["groups"]:
            yield from _list_envelope(group, "GE", first)
            for transaction in group["transactions"]:
                yield from _list_envelope(transaction, "SE", first)
                for segment in transaction["segments"]:
                    yield from _list_segment(segment, first)


def _list_envelope(node: dict[str, Any], name: str, first: int) -> Iterator[Problem]:
    for _ in node["errors"]:
        message = f"A count or control number around {name} is wrong."
        yield Problem("gate_envelope", message, segment_number=first + node["cur_line"])


def _list_segment(segment: dict[str, Any], first: int) -> Iterator[Problem]:
    name, number = segment["seg_id"], first + segment["cur_line"]
    has_elements = any(element["errors"] for element in segment["elements"])
    for error in segment["errors"]:
        code = str(error["err_cde"])
        if code == "8" and has_elements:
            continue  # only says that the elements below have errors
        reason = SEGMENT_REASONS.get(code, "is not as the guide asks")
        yield Problem(f"gate_segment_{code}", f"{name} {reason}.", segment_number=number)
    for element in segment["elements"]:
        place = f"{name}{int(element['ele_pos'] or 0):02d}"
        if element["subele_pos"]:
            place += f"-{element['subele_pos']}"
        for error in element["errors"]:
            code = str(error["err_cde"])
            reason = ELEMENT_REASONS.get(code, "is not as the guide asks")
            yield Problem(
                f"gate_element_{code}",
                f"{place} {reason}.",
                segment_number=number,
                element=place,
            )


def main() -> None:
    """Worker: the file on stdin, the verdict as JSON on stdout."""
    verdict = inspect(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(asdict(verdict)))


if __name__ == "__main__":
    main()
