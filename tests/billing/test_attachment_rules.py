"""What a file is, what it may be called on a claim, and how a claim announces it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import pyx12

from billing.rules.attachment_files import file_type
from billing.rules.attachment_kinds import REPORT_TYPES, TRANSMISSIONS, attachment_of
from billing.rules.claim_content import attachments_of, read_content, to_json, with_attachments
from rcm.x12.claim_837 import Attachment
from rcm.x12.claim_837p import RareClaimFacts
from tests.billing import attaching as a
from tests.billing import keying as k
from tests.x12.build import CLAIM
from tests.x12.build_837i import STAY

NOTE = Attachment("09", "FX", "NOA1")
TIFF = a.picture("TIFF", mode="1", pages=2)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (a.pdf(), "application/pdf"),
        (a.picture("PNG"), "image/png"),
        (a.picture("JPEG"), "image/jpeg"),
        (TIFF, "image/tiff"),
        (a.TEXT, "text/plain"),
        ("\ufeffgrün".encode(), "text/plain"),
        (b"", None),
        (b" \n", None),
        (b"a\x00b", None),
        (b"\xff\xfe", None),
        (TIFF[:7], None),
        (b"II*\x00\xff\xff\xff\x7f" + TIFF[8:], None),
        (a.picture("PNG")[:-1], None),
        (b"%PDF-1.7 and no end", None),
        (b"MZ\x90\x00", None),
        (b"GIF89a\x01\x00\x01\x00\x00", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert file_type(content) == kind


def test_a_file_that_goes_on_behind_its_end_is_none() -> None:
    assert file_type(k.png(extra=b"<script>")) is None


@pytest.mark.parametrize("name", ["837.5010.X222.A1.xml", "837Q3.I.5010.X223.A1.xml"])
def test_the_guides_know_every_kind_and_way(name: str) -> None:
    text = (Path(pyx12.__file__).parent / "map" / name).read_text()

    def codes_of(element: str) -> set[str]:
        [first, *_] = re.findall(rf'<element xid="{element}">.*?</element>', text, re.DOTALL)
        return set(re.findall(r"<code>(\w+)</code>", first))

    assert set(REPORT_TYPES) <= codes_of("PWK01")
    assert set(TRANSMISSIONS) <= codes_of("PWK02")


def test_only_what_travels_apart_has_its_number_on_the_claim() -> None:
    assert attachment_of("09", "FX", "NOA1") == NOTE
    assert attachment_of("09", "AA", "NOA1") == Attachment("09", "AA", "")


@pytest.mark.parametrize("claim", [CLAIM, replace(STAY, attachments=())])
def test_a_claim_announces_the_files_it_is_given_and_no_others(claim: object) -> None:
    told = with_attachments(claim, (NOTE,))  # type: ignore[arg-type]  # both kinds of claim
    assert attachments_of(read_content(to_json(told))) == (NOTE,)
    assert with_attachments(told, (NOTE,)) is told
    assert with_attachments(told, ()) == claim


def test_other_rare_facts_of_a_claim_stay() -> None:
    claim = replace(CLAIM, rare=RareClaimFacts(delay_reason="7"))
    told = with_attachments(claim, (NOTE,))
    assert told == replace(CLAIM, rare=RareClaimFacts(delay_reason="7", attachments=(NOTE,)))
    assert with_attachments(told, ()) == claim
