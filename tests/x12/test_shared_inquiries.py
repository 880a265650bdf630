"""Questions and answers of other projects, where they are at hand, written and read back."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from rcm.x12.eligibility_27x import EligibilityAnswer, EligibilityInquiry
from rcm.x12.status_27x import StatusAnswer, StatusInquiry
from rcm.x12.write_270 import write_270
from rcm.x12.write_271 import write_271
from rcm.x12.write_276 import write_276
from rcm.x12.write_277 import write_277
from tests.x12.build import ENVELOPE, read_all
from tests.x12.inquiry_samples import count_by_hand
from tests.x12.test_shared_files import FOLDER

FILES = sorted(path for path in FOLDER.glob("27[0167]/*") if path.is_file())
WRITERS: dict[type, Any] = {
    EligibilityInquiry: write_270,
    EligibilityAnswer: write_271,
    StatusInquiry: write_276,
    StatusAnswer: write_277,
}
# Its levels stand before ST; what is left has no payer to write.
BROKEN = "git-albertomarin_badX12__unknown_segment_error.edi"


def read_items(content: bytes) -> list[Any]:
    """What is asked or answered, without its places in the file."""
    items: list[Any] = [item for item in read_all(content) if type(item) in WRITERS]
    return [replace(item, segment_number=0, byte_offset=0) for item in items]


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: path.name if path else "none")
def test_a_shared_file_is_written_back_as_it_was_read(path: Path | None) -> None:
    if path is None or path.name == BROKEN:
        return  # the samples are not part of this repository
    items = read_items(path.read_bytes())
    if not items:
        return  # another version
    out = BytesIO()
    WRITERS[type(items[0])](out, ENVELOPE, items)
    assert read_items(out.getvalue()) == items
    count_by_hand(out.getvalue())
