"""What a message does to a chart somebody works on: cancelled visits, codes, holds, amendments."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from coding.actions import codes, encounters
from coding.actions.chart_changes import last_change, undo_change
from coding.actions.tasks import open_task
from coding.models import Charge, Encounter
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.coding import asking
from tests.coding import intaking as i

CANCELLED = "The sender cancelled this visit"
BLOCKED = (
    "One edit blocks this chart: The sender cancelled this visit. "
    "Hold the chart until the sender opens the visit again."
)


@pytest.fixture(autouse=True)
def chart(north: Practice) -> Encounter:
    """A registered visit with its note, to code."""
    i.cast(north)
    make.fees(north, c99213="165.00")
    i.bring_all(north, [i.adt(), i.mdm()])
    return Encounter.objects.get()


def cancel(practice: Practice, at: str = "20261102120000") -> None:
    i.bring(practice, i.adt("A11", control=f"X{at}", at=at))


def open_again(practice: Practice, at: str = "20261102130000") -> None:
    i.bring(practice, i.adt(control=f"O{at}", at=at))


def standing(chart: Encounter) -> tuple[str, str]:
    chart.refresh_from_db()
    return chart.state, chart.hold_reason


def refused(chart: Encounter, by: User) -> str:
    with pytest.raises(Refusal) as refusal:
        encounters.finalize_encounter(chart, by=by)
    assert refusal.value.code == "findings_block"
    return refusal.value.message


def way(chart: Encounter) -> list[str]:
    """The holds and releases of a chart, by whom: nobody's are the messages'."""
    names = ["encounter.held", "encounter.released"]
    rows = Event.objects.filter(subject_type="encounter", subject_id=chart.pk, name__in=names)
    return [
        f"{name.removeprefix('encounter.')} by {'a person' if by else 'a message'}"
        for name, by in rows.order_by("pk").values_list("name", "created_by")
    ]


def test_a_cancelled_visit_that_a_coder_held_is_not_completed_after_its_release(
    north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "I10 99213:a", by=ana)
    encounters.hold_encounter(chart, reason="Asked the ward", until=None, by=ana)
    cancel(north)
    assert standing(chart) == ("held", "Asked the ward")
    encounters.release_encounter(chart, by=ana)
    assert standing(chart) == ("new", "")
    assert refused(chart, ana) == BLOCKED
    assert standing(chart) == ("new", "")
    assert not Charge.objects.get().is_frozen
    open_again(north)
    chart.refresh_from_db()
    encounters.finalize_encounter(chart, by=ana)
    assert standing(chart) == ("finalized", "")


def test_a_visit_cancelled_after_coding_comes_back_and_is_not_completed_again(
    north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "I10 99213:a", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    cancel(north)
    assert standing(chart) == ("returned", "")
    assert chart.tasks.get().reason == "The visit was cancelled after coding"
    assert refused(chart, ana) == BLOCKED
    assert standing(chart) == ("returned", "")


def test_a_cancelled_visit_says_so_before_anything_is_coded(
    north: Practice, chart: Encounter, ana_client: Client, ana: User
) -> None:
    cancel(north)
    encounters.release_encounter(chart, by=ana)
    page = ana_client.get(f"/coding/{chart.pk}/").content.decode()
    assert "The sender cancelled this visit. Hold the chart until" in page


def test_codes_a_message_proposed_stay_when_an_earlier_change_would_be_undone(
    north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "E11.42", by=ana)
    i.bring(north, i.dft())
    assert last_change(chart) is None
    with pytest.raises(Refusal, match="There is nothing to undo on this chart"):
        undo_change(chart, by=ana)
    assert list(chart.diagnoses.values_list("code", flat=True)) == ["E1142", "I10"]
    assert Charge.objects.get().procedure_code == "99213"
    codes.add_line(chart, "20610-rt:b", by=ana)
    i.bring(north, i.dft("F2", "20261102120000", i.charge("T1", "99213", "59", "I10")))
    assert Charge.objects.get(procedure_code="99213").modifiers == ["59"]
    assert last_change(chart) is None


def test_a_message_that_proposes_nothing_new_leaves_the_undo(
    north: Practice, chart: Encounter, ana: User
) -> None:
    i.bring(north, i.dft())
    codes.add_line(chart, "E11.42", by=ana)
    i.bring(north, i.dft("F2", "20261102120000"))
    assert undo_change(chart, by=ana) == "E1142 added"


def test_a_message_that_waits_keeps_others_of_its_patient_out_until_it_is_written(
    north: Practice,
) -> None:
    """Else the visit could come in between and wake nobody: nothing looks at what waits again."""
    row = i.bring(north, i.mdm(visit="V900").replace(b"1098765435", b""))
    assert (row.state, row.error_code) == ("waiting", "visit_unknown")
    failed = i.bring(north, i.mdm(mrn="MRN7", first="", control="D7"))
    assert (failed.state, failed.error_code) == ("waiting", "patient_unknown")
    with connection.cursor() as db:
        db.execute(
            "SELECT l.objid = hashtext(k.key)::oid FROM unnest(%s::text[]) AS k(key)"
            " LEFT JOIN pg_locks l ON l.locktype = 'advisory' AND l.classid = 27"
            " AND l.pid = pg_backend_pid() AND l.objid::bigint = hashtext(k.key)::oid::bigint",
            [[f"{north.pk}:MRN1", f"{north.pk}:MRN7"]],
        )
        assert db.fetchall() == [(True,), (True,)]


def test_returned_work_that_was_cancelled_is_returned_work_when_it_is_opened_again(
    north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "I10 99213:a", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    encounters.reopen_encounter(chart, reason="Modifier missing", by=ana)
    open_task(chart, source="audit:1", reason="Modifier missing")
    cancel(north)
    assert standing(chart) == ("held", CANCELLED)
    open_again(north)
    assert standing(chart) == ("returned", "")
    assert way(chart) == ["released by a message", "held by a message", "released by a message"]


def test_a_message_that_takes_a_chart_off_hold_clears_its_day(
    north: Practice, chart: Encounter
) -> None:
    cancel(north)
    Encounter.objects.update(hold_until="2026-12-24")
    open_again(north)
    chart.refresh_from_db()
    assert (chart.state, chart.hold_reason, chart.hold_until) == ("new", "", None)


def test_the_first_note_of_a_visit_is_what_takes_it_off_hold(chart: Encounter) -> None:
    assert way(chart) == ["released by a message"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The tasks that are sent, instead of a broker."""
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr("rcm.events.enqueue", lambda task, *ids: sent.append((task, *ids)))
    return sent


def test_new_amended_and_withdrawn_documents_are_read_for_codes(
    north: Practice,
    chart: Encounter,
    told: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    reading = ("coding.tasks.suggest_codes", north.pk, chart.pk)
    for content, name in (
        (i.mdm(control="D5", number="DOC9", text="X-ray of the knee."), "m.hl7"),
        (i.mdm("T08", "D2", "20261102120000", text="Knee pain too."), "m.hl7"),
        (i.mdm("T11", "D8", "20261102140000"), "m.hl7"),
        (b"Path report.", "V100_pathology.txt"),
    ):
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert i.bring(north, content, name).state == "applied"
        assert told.count(reading) == 1
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        i.bring(north, i.adt("A08", control="C2", at="20261104090000", last="Soto"))
    assert reading not in told


def test_an_addendum_is_read_for_codes(
    north: Practice,
    ana: User,
    told: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    from coding.actions.queries import answer_query

    asked = asking.chart(north, provider=make.provider(north, npi="1992739112"))
    query = asking.ask(asked, ana)
    with django_capture_on_commit_callbacks(execute=True):
        answer_query(query, option="With hyperglycemia", text="", by=asking.login(asked.provider))
    assert told.count(("coding.tasks.suggest_codes", north.pk, asked.pk)) == 1


def test_the_workspace_says_that_the_chart_was_amended_until_it_is_coded(
    north: Practice, chart: Encounter, ana: User, ana_client: Client
) -> None:
    url = f"/coding/{chart.pk}/"
    assert "Amended since" not in ana_client.get(url).content.decode()
    i.bring(north, i.mdm("T08", control="D2", at="20261102120000", text="Knee pain too."))
    page = ana_client.get(url).content.decode()
    assert "<b>Amended since you started:</b>" in page
    assert "Read the documents again and check every code before you complete it." in page
    chart.refresh_from_db()
    codes.add_line(chart, "I10 99213:a", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    assert "Amended since" not in ana_client.get(url).content.decode()
