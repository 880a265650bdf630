"""The doors of intake: batches, watched folder, SFTP server, archives, API, pages."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding import tasks
from coding.actions.intake_sources import add_source
from coding.models import Document, Encounter, IntakeMessage, IntakeSource
from rcm.models import Event, Job, Patient, Practice, User
from tests import make
from tests.billing.conftest import PASSWORD, Server, sftp  # noqa: F401  (a fixture)
from tests.coding import intaking as i
from tests.coding.test_hl7 import batch


@pytest.fixture(autouse=True)
def cast(north: Practice) -> None:
    i.cast(north)


def many(count: int, *, first: int = 0) -> list[bytes]:
    """Registrations of so many people."""
    return [
        i.adt(control=f"B{n}", mrn=f"M{n:05d}", rest=i.pv1(f"V{n:05d}") + i.in1(f"UC{n}"))
        for n in range(first, first + count)
    ]


def test_a_thousand_messages_with_a_bad_one_in_the_middle(north: Practice) -> None:
    messages = many(1_000)
    messages[500] = messages[500].replace(b"19800102", b"19801302")
    row = i.receive(north, batch(*messages), "night.hl7")
    tasks.apply_message(north.pk, row.pk)
    row.refresh_from_db()
    assert (row.kind, row.state) == ("batch", "applied")
    assert (Patient.objects.count(), Encounter.objects.count()) == (999, 999)
    [bad] = IntakeMessage.objects.filter(state="failed")
    assert (bad.batch_position, bad.place, bad.name) == (501, "PID-7", "night.hl7 #501")
    job = Job.objects.get(kind="intake")
    assert (job.state, job.total, job.completed, job.failed) == ("partial", 1_000, 999, 1)
    assert job.message == "999 applied, 1 failed."


def test_statements_per_message_do_not_grow(north: Practice) -> None:
    def statements(count: int, first: int) -> int:
        row = i.receive(north, batch(*many(count, first=first)), "batch.hl7")
        with CaptureQueriesContext(connection) as log:
            tasks.apply_message(north.pk, row.pk)
        return len(log)

    few = statements(5, 0)
    more = statements(10, 100)
    most = statements(20, 200)
    assert (more - few) * 2 == most - more
    assert (more - few) / 5 <= 40


def test_a_batch_without_its_end_fails_whole_and_the_whole_one_follows(north: Practice) -> None:
    whole = batch(*many(2))
    row = i.bring(north, whole.split(b"BTS")[0], "cut.hl7")
    assert (row.state, row.error_code) == ("failed", "batch_not_whole")
    assert Encounter.objects.count() == 0
    i.bring(north, whole, "cut.hl7")
    assert Encounter.objects.count() == 2


def test_a_batch_of_known_messages_makes_nothing_twice(north: Practice) -> None:
    one, two = many(2)
    i.bring(north, one)
    i.bring(north, batch(one, two, two), "batch.hl7")
    assert Encounter.objects.count() == 2
    assert IntakeMessage.objects.exclude(kind="batch").count() == 2


def test_a_bundle_makes_the_chart_once(north: Practice) -> None:
    row = i.bring(north, i.sample("visit.json"), "visit.json")
    assert (row.state, row.kind, row.error) == ("applied", "bundle", "")
    assert row.warnings == ["1 Observation left out."]
    encounter = Encounter.objects.get()
    assert (encounter.state, encounter.external_visit.number) == ("new", "V100")
    assert encounter.coverage is not None
    assert Document.objects.get().signed_by == "Annika Lindqvist"
    again = i.bring(north, json.dumps(i.bundle()).encode(), "again.json")
    assert again.state == "repeated"
    assert (Encounter.objects.count(), Document.objects.count()) == (1, 1)


def test_a_visit_told_over_two_lines_is_one_unless_its_day_differs(north: Practice) -> None:
    i.bring_all(north, [i.adt(), i.sample("visit.json")])
    assert Encounter.objects.count() == 1
    other = i.adt(control="C7").replace(b"NORTH|RCM", b"SOUTH|RCM")
    i.bring(north, other.replace(i.pv1().encode(), i.pv1(on="20261109083000").encode()))
    assert Encounter.objects.count() == 2


def test_a_bundle_with_one_wrong_resource_writes_nothing(north: Practice) -> None:
    bundle = i.bundle()
    bundle["entry"][6]["resource"]["context"] = {}
    row = i.bring(north, json.dumps(bundle).encode(), "bad.json")
    assert (row.state, row.place) == ("failed", "entry[6].resource.context.encounter")
    assert Patient.objects.count() == 0


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def test_an_archive_is_its_files(north: Practice, ana_client: Client) -> None:
    content = zipped(a_hl7=i.adt(), b_hl7=i.mdm())
    answer = ana_client.post("/intake/", {"file": SimpleUploadedFile("charts.zip", content)})
    assert answer.status_code == 302
    i.work_off(north)
    assert Encounter.objects.get().state == "new"


def test_a_damaged_archive_is_kept_as_failed(north: Practice) -> None:
    row = i.receive(north, zipped(a_hl7=i.adt())[:60], "charts.zip")
    assert (row.state, row.error_code) == ("failed", "archive_damaged")


@pytest.fixture
def folder(north: Practice, tmp_path: Path, settings: Any) -> Path:
    settings.INTAKE_FOLDER = str(tmp_path)
    found = tmp_path / north.npi
    found.mkdir()
    return found


def drop(folder: Path, name: str, content: bytes, *, seconds_ago: int = 60) -> Path:
    path = folder / name
    path.write_bytes(content)
    at = path.stat().st_mtime - seconds_ago
    os.utime(path, (at, at))
    return path


def test_the_watched_folder_is_emptied_and_a_bad_file_stops_nobody(
    north: Practice, folder: Path, settings: Any
) -> None:
    settings.INTAKE_LIMIT = 4_000
    drop(folder, "1_bad.hl7", i.adt(control="C0", born="19801302"))
    drop(folder, "2_empty.hl7", b"")
    drop(folder, "3_large.txt", b"x" * 4_001)
    drop(folder, "4_good.hl7", i.adt())
    drop(folder, ".hidden.hl7", i.mdm())
    drop(folder, "5_writing.hl7.part", i.mdm())
    drop(folder, "6_young.hl7", i.mdm(), seconds_ago=0)
    (folder / "link.hl7").symlink_to("/etc/hostname")
    tasks.read_folder(north.pk)
    i.work_off(north)
    left = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert left == [".hidden.hl7", "5_writing.hl7.part", "6_young.hl7", "link.hl7"]
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["1_bad.hl7", "4_good.hl7"]
    assert sorted(path.name for path in (folder / "failed").iterdir()) == [
        "2_empty.hl7",
        "3_large.txt",
    ]
    assert Encounter.objects.count() == 1
    failed = IntakeMessage.objects.filter(state="failed").order_by("name")
    assert list(failed.values_list("name", "error_code")) == [
        ("1_bad.hl7", "day_wrong"),
        ("2_empty.hl7", "file_empty"),
        ("3_large.txt", "file_too_large"),
    ]


def test_a_name_that_is_done_already_is_kept_beside_it(north: Practice, folder: Path) -> None:
    for number in range(3):
        drop(folder, "chart.hl7", i.adt(control=f"C{number}"))
        tasks.read_folder(north.pk)
    names = sorted(path.name for path in (folder / "done").iterdir())
    assert names == ["chart.2.hl7", "chart.3.hl7", "chart.hl7"]


def test_no_folder_is_no_work(north: Practice, tmp_path: Path, settings: Any) -> None:
    assert tasks.read_folder(north.pk) == 0
    settings.INTAKE_FOLDER = str(tmp_path)
    assert tasks.read_folder(north.pk) == 0


def test_charts_are_fetched_from_an_sftp_server_and_moved_there(
    north: Practice,
    sftp: Server,  # noqa: F811  (the fixture)
) -> None:
    source = add_source(
        north,
        name="Hospital",
        host="127.0.0.1",
        port=sftp.port,
        host_key=sftp.public_key,
        username="practice",
        secret_name="RCM_CHANNEL_SECRET_SANDBOX",
        folder="outbound",
    )
    (sftp.folders.outbound / "a.hl7").write_bytes(i.adt())
    (sftp.folders.outbound / "b.hl7").write_bytes(b"")
    assert tasks.fetch_source(north.pk, source.pk) == 2
    i.work_off(north)
    assert Encounter.objects.count() == 1
    assert [path.name for path in (sftp.folders.outbound / "done").iterdir()] == ["a.hl7"]
    assert [path.name for path in (sftp.folders.outbound / "failed").iterdir()] == ["b.hl7"]
    source.refresh_from_db()
    assert (source.trouble, source.last_fetched_at is not None) == ("", True)
    assert PASSWORD not in str(Event.objects.values_list("data", flat=True))


def test_a_server_that_is_away_is_said_and_tried_again(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = IntakeSource.objects.create(
        practice=north,
        name="Away",
        host="127.0.0.1",
        port=1,
        host_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ5c3RhbmRlcmJ5c3RhbmRlcmJ5c3RhbmRlcmJ5",
        username="practice",
        secret_name="RCM_CHANNEL_SECRET_NONE",
    )
    assert tasks.fetch_source(north.pk, source.pk) == 0
    source.refresh_from_db()
    assert source.trouble == "The password RCM_CHANNEL_SECRET_NONE is not configured."


def send(client: Client, content: bytes, key: str, name: str = "a.hl7") -> Any:
    return client.post(
        f"/api/intake-messages/?name={name}",
        content,
        content_type="application/octet-stream",
        headers={"Idempotency-Key": key},
    )


def test_the_api_takes_messages_bundles_and_documents_once(
    north: Practice, ana_client: Client
) -> None:
    first = send(ana_client, i.adt(), "k1")
    assert first.status_code == 202
    assert first.json()["kind"] == "adt"
    again = send(ana_client, i.adt(), "k1")
    assert (again.json()["id"], again.headers["Idempotency-Replayed"]) == (
        first.json()["id"],
        "true",
    )
    assert IntakeMessage.objects.get().times_received == 1
    assert send(ana_client, i.sample("visit.json"), "k2", "visit.json").json()["kind"] == "bundle"
    assert send(ana_client, b"Knee.", "k3", "V100_note.txt").json()["kind"] == "document"
    assert send(ana_client, b"\r\n", "k4").json()["code"] == "file_empty"
    i.work_off(north)
    listed = ana_client.get("/api/intake-messages/?state=applied&mrn=MRN1&kind=adt").json()
    assert listed["count"] == 1
    assert IntakeMessage.objects.get(kind="document").state == "applied"
    row = ana_client.get(first.json()["url"]).json()
    assert (row["state"], row["encounter_number"]) == ("applied", Encounter.objects.get().number)


def test_the_api_tries_again_and_discards(north: Practice, ana_client: Client) -> None:
    row = i.bring(north, i.adt(rest=i.pv1(npi="1234567893")))
    make.provider(north, npi="1234567893")
    answer = ana_client.post(
        "/api/intake-messages/retries/",
        {"ids": [row.pk]},
        content_type="application/json",
        headers={"Idempotency-Key": "r1"},
    )
    assert answer.json() == {"tried": 1}
    i.work_off(north)
    row.refresh_from_db()
    assert row.state == "applied"
    bad = i.bring(north, i.adt(control="C9", born="1"))
    url = f"/api/intake-messages/{bad.pk}/discarding/"
    gone = ana_client.post(
        url,
        {"reason": "A test of the sender."},
        content_type="application/json",
        headers={"Idempotency-Key": "d1"},
    )
    assert gone.json()["state"] == "discarded"
    assert i.bring(north, i.adt(control="C9", born="1")).state == "discarded"


def test_the_list_shows_what_failed_and_where(north: Practice, ana_client: Client) -> None:
    i.bring(north, i.adt(born="19801302"), "morning.hl7")
    page = ana_client.get("/intake/").content.decode()
    assert "morning.hl7" in page
    assert "PID-7" in page
    assert "which is no day (YYYYMMDD)." in page
    found = ana_client.get("/intake/?q=nothing").content.decode()
    assert "Nothing matches" in found


def test_a_message_shows_its_segments_with_the_faulty_one_marked(
    north: Practice, ana_client: Client
) -> None:
    row = i.bring(north, i.adt(born="19801302"))
    page = ana_client.get(f"/intake/{row.pk}/").content.decode()
    assert 'segment has-problem"' in page
    assert page.index("has-problem") < page.index("<b>PID</b>") < page.index("<b>PV1</b>")
    assert "Try again" in page


def test_try_again_and_discard_from_the_page(
    north: Practice, ana_client: Client, ana: User
) -> None:
    rows = [i.bring(north, i.adt(control=f"C{n}", rest=i.pv1(npi="1234567893"))) for n in (1, 2)]
    make.provider(north, npi="1234567893")
    answer = ana_client.post("/intake/retries/", {"ids": [row.pk for row in rows]})
    assert answer.status_code == 302
    i.work_off(north)
    assert set(IntakeMessage.objects.values_list("state", flat=True)) == {"applied", "repeated"}
    bad = i.bring(north, i.adt(control="C9", born="1"))
    missing = ana_client.post(f"/intake/{bad.pk}/discarding/", {"reason": " "})
    assert missing.status_code == 422
    ana_client.post(f"/intake/{bad.pk}/discarding/", {"reason": "Twice sent"})
    bad.refresh_from_db()
    assert (bad.state, bad.discard_reason, bad.discarded_by) == ("discarded", "Twice sent", ana)
    late = ana_client.post("/intake/retries/", {"ids": [bad.pk]})
    assert late.status_code == 409


def test_several_files_are_brought_in_at_once_for_one_visit(
    north: Practice, ana_client: Client
) -> None:
    i.bring(north, i.adt())
    chart = Encounter.objects.get()
    files = [SimpleUploadedFile(f"{n}.txt", f"Page {n}".encode()) for n in (1, 2)]
    form = {"file": files, "visit": chart.number.lower(), "kind": "imaging"}
    assert ana_client.post("/intake/", form).status_code == 302
    i.work_off(north)
    found = chart.documents.order_by("pk").values_list("kind", "text")
    assert list(found) == [("imaging", "Page 1"), ("imaging", "Page 2")]
    wrong = ana_client.post("/intake/", {"file": files[0], "visit": "V0"})
    assert wrong.status_code == 422
    assert "No visit has the number V0." in wrong.content.decode()


def test_bytes_come_back_as_they_came(north: Practice, ana_client: Client) -> None:
    row = i.bring(north, b"\x0b" + i.adt() + b"\x1c\r", "framed.hl7")
    answer = ana_client.get(f"/intake/{row.pk}/content/")
    assert answer.content == b"\x0b" + i.adt() + b"\x1c\r"
    assert "attachment" in answer["Content-Disposition"]
    i.bring(north, b"Knee.", "V100_note.txt")
    document = Document.objects.get()
    saved = ana_client.get(f"/documents/{document.pk}/file/")
    assert (saved.content, saved["Content-Type"]) == (b"Knee.", "text/plain")
    assert "Original" in ana_client.get(f"/coding/{document.encounter_id}/").content.decode()


def test_the_chart_shows_versions_and_addenda(north: Practice, ana_client: Client) -> None:
    i.bring_all(north, [i.adt(), i.mdm(), i.mdm("T08", "D2", "20261102110000", text="Knee.")])
    i.bring(north, i.mdm("T06", "D3", "20261102120000", number="DOC2", parent="DOC1", text="Hip."))
    url = f"/coding/{Encounter.objects.get().pk}/"
    assert "Version 2" in ana_client.get(url).content.decode()
    addendum = Document.objects.get(external_id="DOC2")
    assert "Addendum" in ana_client.get(f"{url}?document={addendum.pk}").content.decode()


def test_somebody_without_coding_work_sees_and_changes_nothing(
    north: Practice, ben_client: Client
) -> None:
    row = i.bring(north, i.adt(born="1"))
    assert "Try again" not in ben_client.get(f"/intake/{row.pk}/").content.decode()
    assert ben_client.post("/intake/retries/", {"ids": [row.pk]}).status_code == 403


def test_the_sweeps_ask_for_what_is_there_only(
    north: Practice,
    south: Practice,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr("rcm.events.enqueue", lambda task, *ids: asked.append((task, *ids)))
    row = i.receive(north, i.adt())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.fetch_charts()
        tasks.sweep_messages()
    assert asked == [
        ("coding.tasks.read_folder", north.pk),
        ("coding.tasks.apply_message", north.pk, row.pk),
    ]
