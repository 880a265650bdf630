"""Files that arrive: archives, batches sent again, a server full of large files, long lists."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from coding import tasks, tasks_intake
from coding.actions import intake, intake_sources
from coding.actions.intake import Arrival
from coding.models import Document, Encounter, IntakeMessage, IntakeSource
from rcm import counting, paging
from rcm.errors import Refusal
from rcm.models import Patient, Practice
from tests import make
from tests.billing.conftest import Server, sftp  # noqa: F401  (a fixture)
from tests.coding import intaking as i
from tests.coding.test_hl7 import batch
from tests.coding.test_intake_documents import docx
from tests.coding.test_intake_doors import drop, folder, many  # noqa: F401  (a fixture)


@pytest.fixture(autouse=True)
def cast(north: Practice) -> None:
    i.cast(north)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def receive(practice: Practice, content: bytes, name: str = "charts.zip") -> list[IntakeMessage]:
    rows = intake.receive(practice, content, Arrival("rest", name))
    i.work_off(practice)
    return rows


def test_a_word_document_in_an_archive_is_a_document(north: Practice) -> None:
    i.bring(north, i.adt())
    letter = docx("Assessment", "Hypertension")
    rows = receive(north, zipped({"V100_note.docx": letter, "b.hl7": i.mdm()}))
    assert [row.kind for row in rows] == ["document", "mdm"]
    assert set(IntakeMessage.objects.values_list("state", flat=True)) == {"applied"}
    assert Document.objects.filter(text="Assessment\nHypertension").exists()


def test_an_archive_in_an_archive_fails_and_is_kept(north: Practice) -> None:
    [row] = receive(north, zipped({"inner.zip": zipped({"a.hl7": i.adt()})}))
    assert (row.state, row.error_code) == ("failed", "archive_damaged")
    assert row.error == "inner.zip is itself an archive; only one level is opened."


def test_an_archive_of_empty_files_is_refused_at_every_door(
    north: Practice,
    ana_client: Client,
    folder: Path,  # noqa: F811  (the fixture)
) -> None:
    nothing = zipped({"a.hl7": b"", "b.txt": b"\r\n"})
    with pytest.raises(Refusal) as refused:
        receive(north, nothing)
    assert (refused.value.code, refused.value.message) == (
        "file_empty",
        "Every file in the archive is empty.",
    )
    assert not IntakeMessage.objects.exists()
    answer = ana_client.post(
        "/api/intake-messages/?name=charts.zip",
        nothing,
        content_type="application/octet-stream",
        headers={"Idempotency-Key": "k1"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "file_empty")
    drop(folder, "charts.zip", nothing)
    tasks.read_folder(north.pk)
    assert [path.name for path in (folder / "failed").iterdir()] == ["charts.zip"]
    row = IntakeMessage.objects.get()
    assert (row.state, row.error_code) == ("failed", "file_empty")


@pytest.fixture
def source(north: Practice, sftp: Server) -> IntakeSource:  # noqa: F811  (the fixture)
    return intake_sources.add_source(
        north,
        name="Hospital",
        host="127.0.0.1",
        port=sftp.port,
        host_key=sftp.public_key,
        username="practice",
        secret_name="RCM_CHANNEL_SECRET_SANDBOX",
        folder="outbound",
    )


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir() if each.is_file())


def test_files_too_large_are_moved_and_said_and_keep_nobody_waiting(
    north: Practice,
    source: IntakeSource,
    sftp: Server,  # noqa: F811  (the fixture)
    settings: Any,
) -> None:
    settings.INTAKE_LIMIT = 4_000
    outbound = sftp.folders.outbound
    large = [f"{n:02}.txt" for n in range(21)]
    for name in large:
        (outbound / name).write_bytes(b"x" * 4_001)
    (outbound / "z.hl7").write_bytes(i.adt())
    assert tasks.fetch_source(north.pk, source.pk) == 22
    i.work_off(north)
    assert Encounter.objects.count() == 1
    assert names(outbound) == []
    assert names(outbound / "done") == ["z.hl7"]
    assert names(outbound / "failed") == large
    refused = IntakeMessage.objects.filter(state="failed").order_by("name")
    assert list(refused.values_list("name", "error_code", "source", "advice").distinct()) == [
        (name, "file_too_large", "sftp", "The file lies in failed/ on the server.")
        for name in large
    ]
    assert refused[0].error == "The file is larger than 0 MB."


@pytest.mark.parametrize(("broken", "name"), [("take_file", "a.hl7"), ("note_too_large", "c.txt")])
def test_a_file_on_the_server_that_breaks_our_code_is_put_aside_and_said(
    north: Practice,
    source: IntakeSource,
    sftp: Server,  # noqa: F811  (the fixture)
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    name: str,
) -> None:
    settings.INTAKE_LIMIT = 4_000
    outbound = sftp.folders.outbound
    good = [each for each in ("a.hl7", "b.hl7") if each != name]
    large = ["c.txt", "d.txt"]
    for each in ("a.hl7", "b.hl7"):
        (outbound / each).write_bytes(i.adt(control=each))
    for each in large:
        (outbound / each).write_bytes(b"x" * 4_001)
    real = getattr(intake_sources, broken)

    def break_on(practice: Practice, file: str, *more: Any, **told: Any) -> bool:
        if file == name:
            raise ValueError(file)
        return bool(real(practice, file, *more, **told))

    monkeypatch.setattr(tasks_intake.intake_sources, broken, break_on)
    assert tasks.fetch_source(north.pk, source.pk) == 4
    assert names(outbound) == []
    assert names(outbound / "done") == good
    assert names(outbound / "failed") == sorted({name, *large})
    source.refresh_from_db()
    assert source.trouble == f"One file could not be taken, now in failed/: {name}"
    row = IntakeMessage.objects.get(name=name)
    assert (row.state, row.error_code, row.source) == ("failed", "file_not_taken", "sftp")
    assert row.error == "The file could not be taken in. The log of the application says why."
    assert row.advice == "The file lies in failed/ on the server."
    assert IntakeMessage.objects.get(name="d.txt").error_code == "file_too_large"
    assert tasks.fetch_source(north.pk, source.pk) == 0
    source.refresh_from_db()
    assert source.trouble == ""


def test_a_batch_sent_again_tries_its_failed_messages_again(north: Practice) -> None:
    one, two = many(2)
    two = two.replace(i.NPI.encode(), b"1234567893")
    whole = batch(one, two)
    i.bring(north, whole, "night.hl7")
    assert Encounter.objects.count() == 1
    make.provider(north, npi="1234567893")
    row = i.bring(north, whole, "night.hl7")
    assert (row.state, row.times_received) == ("applied", 2)
    assert Encounter.objects.count() == 2
    members = row.messages.order_by("batch_position")
    assert list(members.values_list("state", "times_received", "attempts")) == [
        ("applied", 2, 1),
        ("applied", 2, 2),
    ]


def test_another_batch_tries_messages_again_that_failed_before(
    north: Practice, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr("rcm.events.enqueue", lambda task, *ids: sent.append((task, *ids)))
    one, two = (each.replace(i.NPI.encode(), b"1234567893") for each in many(2))
    failed = i.bring(north, one)
    gone = i.bring(north, two)
    IntakeMessage.objects.filter(pk=gone.pk).update(
        state="discarded", discard_reason="Sent by mistake"
    )
    make.provider(north, npi="1234567893")
    row = i.receive(north, batch(one, two), "night.hl7")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.apply_message(north.pk, row.pk)
    assert sent == [("coding.tasks.apply_message", north.pk, failed.pk)]
    i.work_off(north)
    states = IntakeMessage.objects.exclude(kind="batch").order_by("pk").values_list("state")
    assert list(states) == [("applied",), ("discarded",)]
    assert Patient.objects.count() == 1


def test_long_lists_are_counted_to_a_limit(
    north: Practice, ana_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        i.bring(north, i.adt(control=f"C{n}", born="1"))
    i.bring(north, i.adt())
    monkeypatch.setattr(counting, "MOST", 3)
    monkeypatch.setattr(paging, "MOST", 3)
    page = ana_client.get("/intake/")
    assert {tab["label"]: str(tab["count"]) for tab in page.context["views"]} == {
        "Failed": "3+",
        "Waiting": "0",
        "Not read yet": "0",
        "Applied": "1",
        "Discarded": "0",
    }
    assert str(page.context["page"].paginator.count) == "3+"
