"""Statements: frozen, once a cycle, in batches that go on, are undone, and say what failed."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from billing.actions import patient_statements as actions
from billing.actions.statement_documents import join_batch, unjoined
from billing.models import (
    AccountSettings,
    BatchAccount,
    Statement,
    StatementBatch,
    StatementDocument,
    StatementPrint,
)
from billing.tasks import join_statements, make_statements, run_statement_batch
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Job, Patient, Practice, Role, User
from tests import make
from tests.api.writing import send
from tests.billing.crediting import move
from tests.billing.patients import pay, share

D = Decimal


def text_of(content: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages).split())


def run(batch: StatementBatch) -> int:
    """All of it, as the task does, inside the test's transaction."""
    done = 0
    while (part := actions.make_next(batch.practice_id, batch.pk)) is not None:
        done += part[0]
    batch.refresh_from_db()
    return done


def test_a_statement_freezes_what_was_owed(north: Practice, ben: User) -> None:
    today = timezone.localdate()
    claim = share(north, "86.40", served=today - timedelta(days=55))
    pay(claim.patient, "6.40", ben)
    made = actions.make_statement(claim.patient, by=ben)
    assert (made.amount, made.due_on) == (D("80.00"), today + timedelta(days=21))
    served = f"{claim.date_of_service:%m/%d/%Y}"
    assert made.content["visits"] == [[served, "$165.00", "$78.60", "$0.00", "$6.40", "$80.00"]]
    assert made.content["payments"] == [[f"{today:%m/%d/%Y}", "Cash", "$6.40"]]
    assert made.content["ageing"][1] == ["31–60", "$80.00"]
    assert made.content["total"] == "$80.00"
    pay(claim.patient, "80.00", ben)
    made.refresh_from_db()
    assert made.content["total"] == "$80.00"
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        Statement.objects.filter(pk=made.pk).update(amount=D("1.00"))


def test_a_credit_elsewhere_is_taken_off_the_sum(north: Practice, ben: User) -> None:
    claim = share(north, "50.00")
    other = share(north, "10.00", patient=claim.patient)
    move(other, "patient_receivable", "cash", "30.00")
    made = actions.make_statement(claim.patient, by=ben)
    assert (made.content["credit"], made.content["total"]) == ("-$20.00", "$30.00")


def test_contract_adjustments_are_what_was_taken_off(north: Practice, ben: User) -> None:
    claim = share(north, "50.00")
    move(claim, "unapplied", "primary_receivable", "40.00")
    move(claim, "primary_receivable", "contractual", "40.00")
    [row] = actions.make_statement(claim.patient, by=ben).content["visits"]
    assert row[1:] == ["$165.00", "$75.00", "$40.00", "$0.00", "$50.00"]


def test_there_is_no_second_statement_and_the_reason_is_told(north: Practice, ben: User) -> None:
    patient = share(north, "50.00").patient
    made = actions.make_statement(patient, by=ben)
    with pytest.raises(Refusal, match="The last statement is of") as told:
        actions.make_statement(patient, by=ben)
    assert told.value.data == {"reasons": ["too_soon"]}
    with pytest.raises(IntegrityError, match="statement_once_a_cycle"), transaction.atomic():
        Statement.objects.create(
            practice=north,
            patient=patient,
            number="S1",
            statement_on=made.statement_on + timedelta(days=1),
            cycle_on=made.cycle_on,
            due_on=made.due_on,
            amount=1,
            content={},
        )
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("interval", [1, 7, 28, 30])
def test_statements_an_interval_apart_are_of_two_cycles(interval: int) -> None:
    settings = AccountSettings(interval_days=interval)
    for days in range(60):
        day = date(2026, 11, 1) + timedelta(days=days)
        first, second = (settings.cycle_of(day + timedelta(days=n)) for n in (0, interval))
        assert first <= day < first + timedelta(days=interval)
        assert second == first + timedelta(days=interval)


def test_a_batch_states_who_may_be_stated_and_prints_them_together(
    north: Practice, ben: User
) -> None:
    for amount in ("20.00", "30.00", "4.99"):
        share(north, amount)
    batch = actions.start_batch(north, by=ben)
    assert run(batch) == 2
    assert batch.state == "made"
    assert sorted(row.amount for row in Statement.objects.all()) == [D("20.00"), D("30.00")]
    [printed] = StatementPrint.objects.all()
    assert printed.count == 2
    text = text_of(bytes(printed.content))
    assert "Please pay by" in text
    assert "$20.00" in text
    assert "$30.00" in text
    assert "$4.99" not in text


def test_a_batch_goes_on_where_its_worker_was_lost(
    north: Practice, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 2)
    for _ in range(5):
        share(north, "20.00")
    batch = actions.start_batch(north, by=ben)
    assert actions.make_next(north.pk, batch.pk) == (2, 0)
    with pytest.raises(Refusal, match="A batch is being made already."):
        actions.start_batch(north, by=ben)
    actions.resume_batch(batch, by=ben)
    assert run(batch) == 3
    assert Statement.objects.count() == 5
    assert [row.count for row in StatementPrint.objects.order_by("pk")] == [2, 2, 1]
    with pytest.raises(Refusal, match="Every account of it is done."):
        actions.resume_batch(batch, by=ben)


def test_one_account_that_fails_does_not_stop_the_rest(
    north: Practice, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *_ = [share(north, "20.00").patient_id for _ in range(3)]
    whole = actions.contents_of

    def broken(letter: Any, states: Any, numbers: Any) -> Any:
        if any(state.patient_id == bad for state in states):
            raise ValueError("cannot be written")
        return whole(letter, states, numbers)

    monkeypatch.setattr(actions, "contents_of", broken)
    batch = actions.start_batch(north, by=ben)
    assert actions.make_next(north.pk, batch.pk) == (3, 1)
    failed = BatchAccount.objects.get(state="failed")
    assert failed.patient_id == bad
    assert failed.note.startswith("It could not be made (ValueError).")
    assert Statement.objects.count() == 2
    monkeypatch.undo()
    run(batch)
    actions.resume_batch(batch, by=ben)
    assert run(batch) == 1
    assert Statement.objects.count() == 3


def test_an_account_that_paid_meanwhile_is_skipped(north: Practice, ben: User) -> None:
    paid = share(north, "20.00").patient
    share(north, "30.00")
    batch = actions.start_batch(north, by=ben)
    pay(paid, "20.00", ben)
    run(batch)
    assert Statement.objects.get().amount == D("30.00")
    skipped = BatchAccount.objects.get(state="skipped")
    assert (skipped.patient, skipped.note) == (paid, "The patient owes nothing.")


def test_a_batch_is_undone_until_it_is_mailed(north: Practice, ben: User) -> None:
    share(north, "20.00")
    batch = actions.start_batch(north, by=ben)
    run(batch)
    actions.undo_batch(batch, by=ben)
    assert Statement.objects.get().voided_at is not None
    again = actions.start_batch(north, by=ben)
    run(again)
    assert Statement.objects.filter(voided_at=None).count() == 1
    actions.mark_mailed(again, by=ben)
    with pytest.raises(Refusal, match="Somebody was first: it is mailed now."):
        actions.undo_batch(again, by=ben)
    assert Statement.objects.filter(voided_at=None).count() == 1


def test_nothing_due_makes_no_batch(north: Practice, ben: User) -> None:
    share(north, "4.99")
    with pytest.raises(Refusal, match="No account may be sent a statement today."):
        actions.start_batch(north, by=ben)
    assert not StatementBatch.objects.exists()


def test_the_statements_of_a_part_do_not_grow(
    north: Practice, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for size in (2, 12):
        for _ in range(size):
            share(north, "20.00")
        batch = actions.start_batch(north, by=ben)
        with CaptureQueriesContext(connection) as queries:
            actions.make_next(north.pk, batch.pk)
        counts.append(len(queries))
        run(batch)
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_the_task_shows_its_job(transactional_db: None) -> None:
    north = make.practice()
    with access.acting_in(north.pk):
        ben = make.member(north, Role.BILLER, "b@example.test", "Ben", "Ode")
        share(north, "20.00")
        batch = actions.start_batch(north, by=ben)
    assert run_statement_batch(north.pk, batch.pk) == 1
    assert run_statement_batch(north.pk, batch.pk) == 0
    with access.acting_in(north.pk):
        job = Job.objects.get(kind="statements")
        assert (job.kind, job.state, job.completed) == ("statements", "done", 1)
        assert job.message == "1 accounts done, 0 failed."


def test_a_document_is_joined_once_and_again_when_the_batch_went_on(
    north: Practice, ben: User
) -> None:
    share(north, "20.00")
    claim = share(north, "30.00", patient=second_patient(north))
    batch = actions.start_batch(north, by=ben)
    batch.accounts.filter(patient=claim.patient).update(state=BatchAccount.State.FAILED)
    assert join_batch(north.pk, batch.pk) == 0
    run(batch)
    told: list[int] = []
    assert join_batch(north.pk, batch.pk, report=told.append) == 1
    assert join_batch(north.pk, batch.pk) == 0
    actions.resume_batch(batch, by=ben)
    run(batch)
    assert [row.pk for row in unjoined(north.pk)] == [batch.pk]
    assert join_batch(north.pk, batch.pk, report=told.append) == 2
    assert told == [1, 1, 2]
    document = StatementDocument.objects.get()
    assert document.count == 2
    assert len(PdfReader(BytesIO(bytes(document.content))).pages) == 2
    joined = Event.objects.filter(name="statement_batch.joined").order_by("pk")
    assert [event.data for event in joined] == [{"statements": 1}, {"statements": 2}]


def second_patient(practice: Practice) -> Patient:
    patient = make.patient(practice, mrn="SECOND")
    make.coverage(patient)
    return patient


@pytest.mark.django_db(transaction=True)
def test_joining_shows_its_job(transactional_db: None) -> None:
    north = make.practice()
    with access.acting_in(north.pk):
        ben = make.member(north, Role.BILLER, "b@example.test", "Ben", "Ode")
        share(north, "20.00")
        batch = actions.start_batch(north, by=ben)
    run_statement_batch(north.pk, batch.pk)
    assert join_statements(north.pk, batch.pk) == 1
    assert join_statements(north.pk, batch.pk) == 0
    with access.acting_in(north.pk):
        job = Job.objects.get(kind="statement_print")
        assert (job.state, job.completed, job.message) == ("done", 1, "1 statements in one PDF.")


@pytest.mark.django_db(transaction=True)
def test_the_night_makes_batches_where_a_practice_wants_them(transactional_db: None) -> None:
    north = make.practice()
    with access.acting_in(north.pk):
        share(north, "20.00")
    make_statements()
    with access.acting_in(north.pk):
        assert not StatementBatch.objects.exists()
        AccountSettings.objects.create(practice=north, is_on=True)
    make_statements()
    make_statements()
    with access.acting_in(north.pk):
        assert StatementBatch.objects.get().made_by is None


def test_pages_of_statements(north: Practice, ben: User, ben_client: Client) -> None:
    claim = share(north, "20.00")
    share(north, "4.99")
    page = ben_client.get("/statements/").content.decode()
    assert "1 statement, $20.00" in page
    assert "Below the minimum" in page
    started = ben_client.post("/statements/batches/")
    batch = StatementBatch.objects.get()
    assert started["Location"] == f"/statements/batches/{batch.pk}/"
    assert ben_client.get(f"{started['Location']}print/").status_code == 409
    run(batch)
    waits = ben_client.get(f"{started['Location']}print/")
    assert waits.status_code == 409
    assert "being put together" in ben_client.get(started["Location"]).content.decode()
    assert join_batch(north.pk, batch.pk) == 1
    assert "Mark as mailed" in ben_client.get(started["Location"]).content.decode()
    printed = ben_client.get(f"{started['Location']}print/")
    assert "Denise Okafor" in text_of(printed.content)
    made = Statement.objects.get()
    one, two = (ben_client.get(f"/statements/{made.pk}/").content for _ in range(2))
    assert one == two
    assert ben_client.post(f"/statements/{made.pk}/resending/").status_code == 302
    assert ben_client.post(f"/statements/{made.pk}/void/").status_code == 409
    made.refresh_from_db()
    assert made.resent_on == timezone.localdate()
    assert ben_client.post(f"{started['Location']}undo/").status_code == 302
    alone = ben_client.post(f"/accounts/{claim.patient_id}/statement/")
    assert alone.status_code == 302
    single = Statement.objects.get(voided_at=None)
    assert ben_client.post(f"/statements/{single.pk}/void/").status_code == 302
    assert Event.objects.filter(name="statement.voided").count() == 1


def test_a_manager_sets_how_statements_are_made(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    form = {
        **{"is_on": "on", "minimum": "10.00", "interval_days": "30", "due_days": "14"},
        **{"missed_installments": "2", "inquiry_days": "3", "collections_statements": "3"},
        **{"collections_days": "90", "collections_limit": "500", "message": "Thank you"},
        "remit_to": "PO Box 7\nSpringfield, IL 62701",
    }
    assert ben_client.post("/accounts/settings/", form).status_code == 403
    bad = mia_client.post("/accounts/settings/", form | {"interval_days": "0"})
    assert bad.status_code == 422
    assert not AccountSettings.objects.exists()
    assert mia_client.post("/accounts/settings/", form).status_code == 302
    row = AccountSettings.objects.get()
    assert (row.minimum, row.interval_days, row.is_on) == (D("10.00"), 30, True)


def test_statements_through_the_api(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    share(north, "20.00")
    share(north, "4.99")
    preview = ben_client.get("/api/statement-batches/preview/").json()
    assert preview == {
        "statements": 1,
        "amount": "20.00",
        "excluded": [{"code": "below_minimum", "label": "Below the minimum", "accounts": 1}],
    }
    first = send(ben_client, "/api/statement-batches/", "go")
    assert first.status_code == 201
    assert send(ben_client, "/api/statement-batches/", "go").json() == first.json()
    batch = StatementBatch.objects.get()
    run(batch)
    [row] = ben_client.get("/api/patient-statements/").json()["results"]
    one = ben_client.get(f"/api/patient-statements/{row['id']}/").json()
    assert one["content"]["total"] == "$20.00"
    document = ben_client.get(f"/api/patient-statements/{row['id']}/document/")
    assert document["Content-Type"] == "application/pdf"
    url = f"/api/statement-batches/{batch.pk}/document/"
    assert ben_client.get(url).json()["code"] == "document_waits"
    join_batch(north.pk, batch.pk)
    assert ben_client.get(url).status_code == 200
    sent = send(ben_client, f"/api/statement-batches/{batch.pk}/mailing/", "m")
    assert sent.json()["state"] == "mailed"
    refused = send(ben_client, f"/api/statement-batches/{batch.pk}/undo/", "u")
    assert refused.status_code == 409
    url = "/api/account-settings/"
    assert send(ben_client, url, "s", {"minimum": "4.00"}).status_code == 403
    assert send(mia_client, url, "s", {"minimum": "4.00"}).json()["minimum"] == "4.00"
    assert send(mia_client, url, "z", {"interval_days": 0}).status_code == 400
