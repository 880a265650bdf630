"""Paper EOBs for tests: a batch, its claims and cells, as a person keys them."""

import struct
import zlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.actions import manual_batches, manual_rows
from billing.actions.manual_rows import KeyedLine
from billing.models import Claim, ManualBatch, ManualClaim
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make

PAID_ON = date(2026, 11, 20)


def refused(code: str) -> Any:
    """Expects a Refusal of this code."""
    return pytest.raises(Refusal, check=lambda error: error.code == code)


def opened(practice: Practice, total: str, *, by: User, **changes: Any) -> ManualBatch:
    """A batch of Unified Care, check 55120."""
    fields: dict[str, Any] = {
        "payer": make.payer(practice),
        "method": "CHK",
        "trace_number": "55120",
        "paid_on": PAID_ON,
        "control_total": Decimal(total),
        "deposited_on": PAID_ON,
    }
    fields |= changes
    return manual_batches.open_batch(practice, fields.pop("payer"), **fields, by=by)


def key(row: ManualClaim, *lines: dict[str, str], by: User) -> list[KeyedLine]:
    """Type the lines of a claim: key(row, {"paid": "72.00", "contract": "="}, by=ben)."""
    return [
        manual_rows.save_line(line, cells, version=line.version, by=by)
        for line, cells in zip(row.lines.order_by("position"), lines, strict=True)
    ]


def keyed(batch: ManualBatch, claim: Claim, *lines: dict[str, str], by: User) -> ManualClaim:
    """Add a claim and type its lines."""
    row = manual_rows.add_claim(batch, claim, by=by)
    key(row, *lines, by=by)
    return row


def png(*, extra: bytes = b"") -> bytes:
    """A white pixel, `extra` behind its end."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff")
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks + extra


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
