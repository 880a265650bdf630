"""`manage.py receive_file` waits for the outcome and says it, one object per file."""

import gzip
import json
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.actions.files import receive_file
from billing.models import InterchangeFile, Posting, Remittance
from rcm.archives import BadArchive, open_archive
from rcm.errors import Refusal
from rcm.models import Practice
from tests import make
from tests.billing import remitting as r

pytestmark = pytest.mark.django_db


def received(practice: Practice, folder: Path, **files: bytes) -> list[dict[str, Any]]:
    """The objects the command prints for files of these names."""
    paths = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(str(path))
    out = StringIO()
    call_command("receive_file", *paths, practice=practice.npi, json=True, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def zipped(**files: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_posted_file_says_what_was_paid_and_posted(north: Practice, tmp_path: Path) -> None:
    claim = make.claim(north)
    content = r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")))
    (found,) = received(north, tmp_path, a=content)
    remittance = Remittance.objects.get()
    assert found == {
        "file": "a",
        "outcome": "posted",
        "note": "1 remittance recorded.",
        "remittances": [
            {
                "id": remittance.pk,
                "trace_number": "CHECK1",
                "state": "posted",
                "paid": "72.00",
                "posted": "72.00",
                "unapplied": "0.00",
                "held_because": "",
            }
        ],
        "problems": [],
    }


def test_the_same_payment_again_is_a_duplicate_of_a_named_one(
    north: Practice, tmp_path: Path
) -> None:
    claim = make.claim(north)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    content, again = r.content("72.00", told), r.content("72.00", told, number=2)
    found = received(north, tmp_path, a=content, b=content, c=again)
    assert [one["outcome"] for one in found] == ["posted", "duplicate", "duplicate"]
    remittance = Remittance.objects.get()
    for one in found[1:]:
        why = one["remittances"][0]["held_because"]
        assert why.startswith(f"Duplicate of remittance {remittance.pk}, received ")
        assert one["remittances"][0]["posted"] == "0.00"
    assert Posting.objects.count() == 3


def test_an_unbalanced_file_is_held_with_the_difference(north: Practice, tmp_path: Path) -> None:
    claim = make.claim(north)
    (found,) = received(
        north, tmp_path, a=r.content("72.01", r.echo(claim, ("72.00", "CO-45 93.00")))
    )
    assert found["outcome"] == "held"
    assert found["remittances"][0]["held_because"] == (
        "1 equation does not add up; first at BPR02: stated 72.01, computed 72.00."
    )
    assert not Posting.objects.exists()


def test_a_claim_that_waits_leaves_the_file_partly_posted(north: Practice, tmp_path: Path) -> None:
    lost = r.clp("X1", "50.00", "50.00", r.line("99213", "50.00", "50.00"))
    (found,) = received(north, tmp_path, a=r.content("50.00", lost))
    row = found["remittances"][0]
    assert found["outcome"] == "partly_posted"
    assert (row["posted"], row["unapplied"]) == ("0.00", "50.00")
    assert row["held_because"] == "Claim X1: No claim of this practice has this number."


def test_what_is_no_x12_is_rejected_with_a_located_problem(north: Practice, tmp_path: Path) -> None:
    (found,) = received(north, tmp_path, a=b"hello")
    assert found["outcome"] == "rejected"
    assert found["problems"][0]["byte_offset"] == 0


def test_a_zip_is_opened_and_each_file_in_it_received_once(north: Practice, tmp_path: Path) -> None:
    one, two = make.claim(north), make.claim(north)
    first = r.content("72.00", r.echo(one, ("72.00", "CO-45 93.00")))
    second = r.content(
        "80.00", r.echo(two, ("80.00", "CO-45 85.00")), trace_number="CHECK2", number=2
    )
    found = received(north, tmp_path, a=first, b=zipped(first=first, second=second))
    assert [one["outcome"] for one in found] == ["posted", "posted"]
    assert found[1]["note"] == "Archive of 2 files."
    assert Remittance.objects.count() == 2
    assert InterchangeFile.objects.count() == 3
    (third,) = received(north, tmp_path, c=gzip.compress(second))
    assert third["note"] == "Archive of 1 file."
    assert Remittance.objects.count() == 2


def test_bad_archives_are_refused_with_a_sentence(north: Practice) -> None:
    content = zipped(a=b"x" * 1000)
    bombs = {
        "Unpacked, the archive is larger than 0 MB.": zipped(bomb=b"0" * 5000),
        "The archive is damaged and cannot be opened.": content[:60],
        "The archive holds no file.": zipped(),
        "inner is itself an archive; only one level is opened.": zipped(inner=content),
    }
    for message, archive in bombs.items():
        with pytest.raises(BadArchive) as refused:
            open_archive(archive, limit=4000)
        assert str(refused.value) == message
    file = receive_file(north, "b.zip", content[:60])
    assert (file.state, file.note) == ("failed", "The archive is damaged and cannot be opened.")
    assert file.problems.get().code == "bad_archive"


def test_the_command_names_what_it_cannot_find(north: Practice, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No practice is named 1"):
        call_command("receive_file", "x.835", practice="1")
    out = StringIO()
    call_command("receive_file", str(tmp_path / "no.835"), practice="no", json=True, stdout=out)
    assert json.loads(out.getvalue())["note"] == "no.835 cannot be read: No such file or directory."


def test_a_file_that_is_too_large_is_not_stored(north: Practice, settings: Any) -> None:
    settings.INTERCHANGE_FILE_LIMIT = 10
    with pytest.raises(Refusal, match="larger than 0 MB"):
        receive_file(north, "a.835", b"x" * 11)
    assert not InterchangeFile.objects.exists()
