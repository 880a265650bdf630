"""Write-offs above a limit: asked for, decided by a second person, taken back."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from billing import ledger
from billing.models import Account, Posting
from denials.actions import denials as actions
from denials.actions import write_offs
from denials.models import Denial, WriteOffLine, WriteOffRequest
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.denials.denying import denied


@pytest.fixture
def large(north: Practice) -> Denial:
    """CO-29 over 400.00, open."""
    return denied(north, "CO-29", "400.00")


@pytest.fixture
def asked(large: Denial, ben: User) -> WriteOffRequest:
    """Ben asks to write it off."""
    actions.write_off(large, reason="timely_filing", note="Sent late", by=ben)
    return WriteOffRequest.objects.get()


@pytest.fixture
def nora(north: Practice) -> User:
    """Another manager."""
    return make.member(north, Role.MANAGER, "nora@example.test", "Nora", "Page")


def balances(denial: Denial) -> dict[str, str]:
    found = ledger.claim_balances(denial.practice_id, [denial.claim_id])[denial.claim_id]
    return {account: str(amount) for account, amount in found.items() if amount}


def refused(act: Callable[[], object]) -> Refusal:
    before = Posting.objects.count(), Event.objects.count()
    with pytest.raises(Refusal) as caught:
        act()
    assert (Posting.objects.count(), Event.objects.count()) == before
    return caught.value


def test_above_the_limit_nothing_moves_and_the_denial_stays_owed(
    large: Denial, asked: WriteOffRequest, ben: User
) -> None:
    large.refresh_from_db()
    assert (large.state, asked.state, asked.needs_approval) == ("open", "requested", True)
    assert (asked.amount, asked.reason, asked.requested_by) == (
        Decimal("400.00"),
        "timely_filing",
        ben,
    )
    assert balances(large) == {"primary_receivable": "400.00", "revenue": "-400.00"}


def test_a_second_person_approves_and_the_money_moves(
    large: Denial, asked: WriteOffRequest, ben: User, mia: User
) -> None:
    write_offs.approve(asked, by=mia, note="Agreed")
    large.refresh_from_db()
    asked.refresh_from_db()
    assert (large.resolution, large.resolved_by, large.resolution_note) == (
        "written_off",
        mia,
        "Sent late",
    )
    assert (asked.state, asked.decided_by, asked.decision_note) == ("approved", mia, "Agreed")
    assert balances(large) == {"revenue": "-400.00", "write_off": "400.00"}
    assert not WriteOffLine.objects.filter(is_open=True).exists()


def test_who_asked_does_not_approve(large: Denial, mia: User) -> None:
    write_offs.set_limit(large.practice, "manager", Decimal("300.00"), by=mia)
    actions.write_off(large, reason="bundled", by=mia)
    request = WriteOffRequest.objects.get()
    refusal = refused(lambda: write_offs.approve(request, by=mia))
    assert (refusal.status, refusal.message) == (
        403,
        "You asked for it yourself: another manager has to decide.",
    )


def test_a_biller_does_not_approve(asked: WriteOffRequest, north: Practice) -> None:
    other = make.member(north, Role.BILLER, "bo@example.test", "Bo", "Cole")
    refusal = refused(lambda: write_offs.approve(asked, by=other))
    assert (refusal.status, refusal.message) == (403, "A manager has to decide this.")


def test_of_two_approvers_the_second_is_told(asked: WriteOffRequest, mia: User, nora: User) -> None:
    seen_before = WriteOffRequest.objects.get(pk=asked.pk)
    write_offs.approve(asked, by=mia)
    refusal = refused(lambda: write_offs.approve(seen_before, by=nora))
    assert (refusal.status, refusal.message) == (409, "Somebody was first: it is written off now.")
    assert Posting.objects.filter(destination="write_off").count() == 1


def test_declined_needs_a_reason_and_leaves_the_denial(
    large: Denial, asked: WriteOffRequest, mia: User, ben: User
) -> None:
    refusal = refused(lambda: write_offs.decline(asked, note=" ", by=mia))
    assert refusal.message == "Say why it is declined."
    write_offs.decline(asked, note="Appeal it", by=mia)
    large.refresh_from_db()
    assert (large.state, balances(large)["primary_receivable"]) == ("open", "400.00")
    actions.write_off(large, reason="timely_filing", by=ben)
    assert WriteOffRequest.objects.filter(state="requested").count() == 1


def test_who_asked_takes_it_back_and_others_do_not(
    asked: WriteOffRequest, ben: User, north: Practice
) -> None:
    other = make.member(north, Role.BILLER, "bo@example.test", "Bo", "Cole")
    refusal = refused(lambda: write_offs.withdraw(asked, by=other))
    assert (refusal.status, refusal.message) == (403, "Ben Carver asked for it.")
    write_offs.withdraw(asked, by=ben)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_write_off_taken_back_is_owed_again_and_may_be_written_off_again(
    north: Practice, ben: User
) -> None:
    denial = denied(north)
    for turn in (1, 2):
        actions.write_off(denial, reason="small_balance", by=ben)
        assert write_offs.take_back(denial, by=ben) == Decimal("165.00")
        denial.refresh_from_db()
        assert (denial.state, denial.resolution, denial.resolved_at) == ("open", "", None)
        assert balances(denial) == {"primary_receivable": "165.00", "revenue": "-165.00"}
        assert WriteOffRequest.objects.filter(state="undone").count() == turn
    assert ledger.ledger_sum(north) == 0


def test_what_the_patient_was_billed_comes_back_while_it_is_owed(
    north: Practice, ben: User
) -> None:
    denial = denied(north, "PR-27")
    actions.bill_patient(denial, by=ben)
    write_offs.take_back(denial, by=ben)
    assert balances(denial) == {"primary_receivable": "165.00", "revenue": "-165.00"}
    actions.bill_patient(denial, by=ben)
    assert balances(denial) == {"patient_receivable": "165.00", "revenue": "-165.00"}


def test_a_limit_of_the_practice_wins(north: Practice, ben: User, mia: User) -> None:
    write_offs.set_limit(north, "biller", Decimal("100.00"), by=mia)
    actions.write_off(denied(north), reason="small_balance", by=ben)
    assert WriteOffRequest.objects.get().state == "requested"
    refusal = refused(lambda: write_offs.set_limit(north, "coder", Decimal(1), by=mia))
    assert refusal.code == "role_wrong"


def test_the_database_moves_no_money_before_approval(large: Denial, asked: WriteOffRequest) -> None:
    move = Posting(
        practice_id=large.practice_id,
        source=Account.PRIMARY_RECEIVABLE,
        destination=Account.WRITE_OFF,
        amount=large.amount,
        claim=large.claim,
        origin=f"denial:{large.pk}:write_off",
        posted_on=large.denied_on,
    )
    with pytest.raises(DatabaseError, match="no approved write-off"), transaction.atomic():
        move.save()


def test_the_database_lets_nobody_approve_the_own_request(
    asked: WriteOffRequest, ben: User
) -> None:
    rows = WriteOffRequest.objects.filter(pk=asked.pk)
    with (
        pytest.raises(IntegrityError, match="write_off_decided_by_another"),
        transaction.atomic(),
    ):
        rows.update(state="approved", decided_by=ben)
    with (
        pytest.raises(IntegrityError, match="write_off_approved_by_somebody"),
        transaction.atomic(),
    ):
        rows.update(state="approved")


def test_the_page_shows_the_request_and_the_manager_approves_it(
    large: Denial, asked: WriteOffRequest, ben_client: Client, mia_client: Client
) -> None:
    page = mia_client.get("/denials/", {"state": "waiting", "approval": "1"})
    assert page.context["totals"]["count"] == 1
    text = page.content.decode()
    assert "Ben Carver asks to write off $400.00: Filed too late" in text
    assert "Approve" in text
    assert "Approve <kbd>" not in ben_client.get(f"/denials/?item={large.pk}").content.decode()
    mia_client.post(f"/denials/write-offs/{asked.pk}/approve/", {"note": ""})
    large.refresh_from_db()
    assert large.resolution == "written_off"


def test_a_manager_sets_the_limits_on_their_page(
    north: Practice, mia_client: Client, ben_client: Client
) -> None:
    assert "No limit" in mia_client.get("/denials/write-off-limits/").content.decode()
    mia_client.post("/denials/write-off-limits/", {"role": "biller", "amount": "75.50"})
    assert "$75.50" in ben_client.get("/denials/write-off-limits/").content.decode()
    response = ben_client.post("/denials/write-off-limits/", {"role": "biller", "amount": ""})
    assert response.status_code == 403
