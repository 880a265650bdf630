"""What became of received files, told to programs: one dict per file."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from billing.ledger import remittance_balances
from billing.models import InterchangeFile, Remittance, RemittanceCopy
from rcm.money import ZERO

PROBLEMS = 1000
POSTED = Remittance.State.POSTED


def members_of(file: InterchangeFile) -> Any:
    """The files of an archive, without their bytes."""
    return file.members.select_related("file").defer("file__content").order_by("pk")


def outcome_of(name: str, file: InterchangeFile, *, is_known: bool = False) -> dict[str, Any]:
    """The outcome of one file, an archive with its members.

    `outcome` is posted, partly_posted, held, duplicate or rejected. Amounts are dollars as text:
    `paid` is BPR02, `posted` what of it is explained, `unapplied` what waits in the ledger; of a
    held or repeated payment neither is anything. `is_known`: the same bytes came before.
    """
    files = [member.file for member in members_of(file)]
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    rejected = 0
    for one in files or [file]:
        found = [*recorded_rows(one, is_known=is_known), *repeated_rows(one)]
        rejected += not found or "not used" in one.note
        rows += found
        problems += problem_rows(one)
    if files:
        problems += problem_rows(file)
    return {
        "file": name,
        "outcome": outcome(rows, rejected),
        "note": file.note,
        "remittances": rows,
        "problems": problems[:PROBLEMS],
    }


def outcome(rows: Iterable[dict[str, Any]], rejected: int) -> str:
    """One word for a file from the states of its payments."""
    states = {row["state"] for row in rows}
    fresh = states - {"duplicate"}
    if not states:
        return "rejected"
    if not fresh:
        return "duplicate"
    if fresh == {"posted"}:
        return "partly_posted" if rejected else "posted"
    if fresh <= {"held", "replaced"}:
        return "held"
    return "partly_posted"


def recorded_rows(file: InterchangeFile, *, is_known: bool) -> list[dict[str, Any]]:
    """The payments the file brought; all of them repeated when the file itself was known."""
    rows = []
    parts = RemittanceCopy.objects.filter(file=file, kind="part").values("remittance")
    brought = Remittance.objects.filter(practice_id=file.practice_id).filter(file=file)
    added = Remittance.objects.filter(practice_id=file.practice_id, pk__in=parts)
    for remittance in sorted({*brought, *added}, key=lambda row: row.pk):
        if is_known:
            rows.append(repeated_row(remittance, file))
            continue
        left = ZERO - remittance_balances(file.practice, remittance.pk).get("unapplied", ZERO)
        is_posted = remittance.posted_at is not None
        deposit = remittance.amount_paid - remittance.amount_elsewhere
        rows.append(
            row_of(
                remittance,
                state="posted" if remittance.state == POSTED else remittance.state,
                posted=deposit - left if is_posted else ZERO,
                unapplied=left if is_posted else ZERO,
                held_because=why_held(remittance),
            )
        )
    return rows


def why_held(remittance: Remittance) -> str:
    """The hold, or what the first claim waits for."""
    if remittance.hold_message or remittance.state == POSTED:
        return remittance.hold_message
    waiting = remittance.claims.exclude(exception="").order_by("position").first()
    return f"Claim {waiting.patient_control_number}: {waiting.exception}" if waiting else ""


def repeated_rows(file: InterchangeFile) -> list[dict[str, Any]]:
    """The payments the file only repeated."""
    copies = file.remittance_copies.filter(kind="duplicate").select_related("remittance")
    return [repeated_row(copy.remittance, file) for copy in copies.order_by("pk")]


def repeated_row(remittance: Remittance, file: InterchangeFile) -> dict[str, Any]:
    first = remittance.file or file
    why = f"Duplicate of remittance {remittance.pk}, received {remittance.recorded_at:%m/%d/%Y}"
    return row_of(
        remittance,
        state="duplicate",
        posted=ZERO,
        unapplied=ZERO,
        held_because=f"{why} in {first.name}.",
    )


def row_of(
    remittance: Remittance, *, state: str, posted: Decimal, unapplied: Decimal, held_because: str
) -> dict[str, Any]:
    return {
        "id": remittance.pk,
        "trace_number": remittance.trace_number,
        "state": state,
        "paid": f"{remittance.amount_paid:.2f}",
        "posted": f"{posted:.2f}",
        "unapplied": f"{unapplied:.2f}",
        "held_because": held_because,
    }


def problem_rows(file: InterchangeFile) -> list[dict[str, Any]]:
    """The located problems, first ones first."""
    names = ("code", "severity", "message", "segment_number", "byte_offset", "loop", "element")
    rows = file.problems.order_by("segment_number", "pk")
    return list(rows.values(*names)[:PROBLEMS])
