"""What payers usually allow, and lines paid below contract or custom."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median_low
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import underpaid_lines as sql
from billing.actions import underpayments as actions
from billing.models import (
    Account,
    Claim,
    Posting,
    Remittance,
    RemittedClaim,
    RemittedLine,
    Underpayment,
    UsualAllowed,
)
from billing.underpayment_page import patterns_of
from payers.models import PayerContract
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim

D = Decimal
# Two quarters: what was usual in the third one is what the fourth one is held against.
BEFORE, NOW = date(2026, 9, 14), date(2026, 11, 16)


@pytest.fixture
def claim(north: Practice) -> Claim:
    """A sent claim of one 99213 for 165.00, whose line every answer below is about."""
    claim = ready_claim(north, ("99213", "165.00"))
    Claim.objects.filter(pk=claim.pk).update(status="accepted", submitted_at="2026-11-03T15:00:00Z")
    return claim


def answers(
    claim: Claim, paid_on: date, allowed: Sequence[str], **changes: object
) -> list[RemittedLine]:
    """One posted payment with an answer for each amount, as the payer states it (AMT B6).

    `changes` are fields of the remitted claims.
    """
    practice = claim.practice
    number = Remittance.objects.count() + 1
    remittance = Remittance.objects.create(
        practice=practice,
        file=make.interchange_file(practice, f"835 {number}".encode(), name=f"{number}.835"),
        payer=claim.payer,
        payer_identifier="1999999999",
        trace_number=f"U{number}",
        paid_on=paid_on,
        amount_paid=sum(map(D, allowed), D(0)),
        state=Remittance.State.POSTED,
        posted_at=timezone.now(),
    )
    shared = {"practice": practice, "remittance": remittance}
    claims = RemittedClaim.objects.bulk_create(
        RemittedClaim(
            **shared,
            position=at,
            patient_control_number=claim.patient_control_number,
            amount_billed=claim.amount_billed,
            amount_paid=D(amount),
            claim=claim,
            state=RemittedClaim.State.POSTED,
            **{"status_code": "1", **changes},
        )
        for at, amount in enumerate(allowed, 1)
    )
    line = claim.lines.get()
    return RemittedLine.objects.bulk_create(
        RemittedLine(
            **shared,
            remitted_claim=each,
            position=1,
            qualifier="HC",
            procedure_code="99213",
            amount_billed=claim.amount_billed,
            amount_paid=each.amount_paid,
            amount_allowed=each.amount_paid,
            service_line=line,
        )
        for each in claims
    )


def found(practice: Practice) -> dict[str, int]:
    forget_releases()
    return actions.find_underpayments(practice, make.TODAY)


def test_the_usual_allowed_is_the_median_of_twenty_lines_or_more(claim: Claim) -> None:
    amounts = [f"{90 + n}.00" for n in range(21)]
    answers(claim, NOW, amounts)
    actions.learn_usual(claim.practice, make.TODAY)
    usual = UsualAllowed.objects.get()
    assert usual.median == median_low(map(D, amounts)) == D("100.00")
    assert (usual.low, usual.high, usual.lines) == (D("95.00"), D("105.00"), 21)
    assert (usual.procedure_code, usual.modifiers, usual.place_of_service) == ("99213", "", "11")
    assert usual.quarter == date(2026, 10, 1)
    with pytest.raises(IntegrityError, match="usual_allowed_of_enough"), transaction.atomic():
        UsualAllowed.objects.update(lines=19)


def test_nineteen_lines_are_no_custom(claim: Claim) -> None:
    answers(claim, BEFORE, ["92.00"] * 19)
    answers(claim, NOW, ["60.00"])
    assert found(claim.practice) == {"contract": 0, "usual": 0, "recovered": 0}
    assert not UsualAllowed.objects.exists()


def test_what_the_payer_does_not_state_is_paid_and_the_patients_share(
    north: Practice, claim: Claim
) -> None:
    told = r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    r.posted(north, r.content("72.00", told))
    with connection.cursor() as db:
        db.execute(
            sql.among("SELECT told.allowed FROM (answers) told", "true"),
            actions.shared(north),
        )
        assert db.fetchall() == [(D("92.00"),)]


def test_lines_below_custom_become_one_pattern_with_dollars(claim: Claim) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"] * 3 + ["92.00"] * 2 + ["91.50"])
    assert found(claim.practice) == {"contract": 0, "usual": 3, "recovered": 0}
    assert found(claim.practice) == {"contract": 0, "usual": 0, "recovered": 0}
    [pattern] = patterns_of(claim.practice, "open")
    assert (pattern.lines, pattern.shortfall, pattern.difference) == (3, D("36.30"), D("12.10"))
    assert pattern.words == ("3 lines of 99213 at Unified since 11/16/2026 are allowed $12.10 less")
    row = Underpayment.objects.order_by("pk")[0]
    assert (row.basis, row.basis_name, row.basis_lines) == ("usual", "Q3 2026", 30)
    assert (row.expected, row.allowed) == (D("92.00"), D("79.90"))


def test_a_custom_that_varies_is_not_called_short_within_its_fence(claim: Claim) -> None:
    answers(claim, BEFORE, ["80.00"] * 10 + ["90.00"] * 10 + ["100.00"] * 10)
    answers(claim, NOW, ["51.00", "49.00"])
    assert found(claim.practice)["usual"] == 1
    assert Underpayment.objects.get().allowed == D("49.00")


def test_a_contract_wins_over_custom(claim: Claim) -> None:
    PayerContract.objects.create(
        practice=claim.practice,
        payer=claim.payer,
        name="Standard 2026",
        method="charge",
        percent=D("60.00"),
        starts_on=date(2026, 1, 1),
    )
    answers(claim, BEFORE, ["120.00"] * 30)
    answers(claim, NOW, ["99.00", "98.00", "98.96"])
    assert found(claim.practice) == {"contract": 1, "usual": 0, "recovered": 0}
    row = Underpayment.objects.get()
    assert (row.basis, row.expected, row.shortfall) == ("contract", D("99.00"), D("1.00"))
    assert row.basis_name == "60 % of charge"


def test_a_line_decided_again_for_more_is_recovered(claim: Claim) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"])
    found(claim.practice)
    answers(claim, NOW + timedelta(days=3), ["92.00"])
    assert found(claim.practice)["recovered"] == 1
    row = Underpayment.objects.get()
    assert (row.state, row.recovered) == ("recovered", D("12.10"))
    assert Event.objects.filter(name="underpayment.recovered", subject_id=row.pk).exists()


def test_a_reversed_answer_counts_for_nothing(claim: Claim) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    [short] = answers(claim, NOW, ["79.90"])
    answers(claim, NOW, ["79.90"], status_code="22", reverses_id=short.remitted_claim_id)
    assert found(claim.practice)["usual"] == 0


def test_a_whole_pattern_is_disputed_and_accepted_with_a_reason(
    claim: Claim, ben: User, ben_client: Client
) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"] * 3)
    found(claim.practice)
    row = Underpayment.objects.order_by("pk")[0]
    page = ben_client.get("/underpayments/").content.decode()
    assert "3 lines of 99213 at Unified" in page
    shown = ben_client.get(f"/underpayments/{row.pk}/").content.decode()
    assert "$12.10" in shown
    assert "Q3 2026" in shown
    ben_client.post(f"/underpayments/{row.pk}/dispute/")
    assert set(Underpayment.objects.values_list("state", "decided_by")) == {("disputed", ben.pk)}
    refused = ben_client.post(f"/underpayments/{row.pk}/acceptance/", {"note": " "})
    assert refused.status_code == 422
    assert Underpayment.objects.filter(state="disputed").count() == 3
    ben_client.post(f"/underpayments/{row.pk}/acceptance/", {"note": "Small", "only": "1"})
    assert Underpayment.objects.filter(state="accepted").count() == 1
    assert Event.objects.filter(name="underpayment.disputed").count() == 3
    again = [each.pk for each in Underpayment.objects.filter(state="accepted")]
    with pytest.raises(Refusal) as raced:
        actions.decide(claim.practice, again, "dispute", by=ben)
    assert raced.value.status == 409


def test_the_lines_go_to_a_spreadsheet(claim: Claim, ben_client: Client) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"])
    found(claim.practice)
    head, line = ben_client.get("/underpayments/?format=csv").content.decode().splitlines()
    assert head.startswith("Claim,Payer,Procedure,Modifiers")
    assert line == (
        f"{claim.patient_control_number},Unified,99213,,11,2026-11-16,Usual allowed,Q3 2026,30,"
        "92.00,79.90,12.10,open,"
    )


def test_a_program_disputes_a_whole_pattern_once(claim: Claim, ben_client: Client) -> None:
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"] * 2)
    found(claim.practice)
    rows = ben_client.get("/api/underpayments/?state=open").json()["results"]
    assert [row["shortfall"] for row in rows] == ["12.10", "12.10"]
    answer = ben_client.post(
        f"/api/underpayments/{rows[0]['id']}/dispute/",
        {"whole_pattern": True},
        content_type="application/json",
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert (answer.json()["state"], answer.json()["lines"]) == ("disputed", 2)
    [usual] = ben_client.get("/api/usual-allowed/?quarter=2026-07-01").json()["results"]
    assert (usual["median"], usual["lines"]) == ("92.00", 30)


def test_the_night_reads_as_often_for_thirty_lines_as_for_ten(claim: Claim) -> None:
    def statements() -> int:
        forget_releases()
        with CaptureQueriesContext(connection) as run:
            actions.find_underpayments(claim.practice, make.TODAY)
        return len(run)

    answers(claim, BEFORE, ["92.00"] * 25)
    answers(claim, NOW, ["79.90"] * 10)
    one = statements()
    answers(claim, NOW, ["75.00"] * 30)
    assert statements() == one
    assert Underpayment.objects.count() == 40


def test_finding_moves_no_money(claim: Claim) -> None:
    before = list(Posting.objects.values_list("pk", "amount"))
    answers(claim, BEFORE, ["92.00"] * 30)
    answers(claim, NOW, ["79.90"])
    found(claim.practice)
    assert list(Posting.objects.values_list("pk", "amount")) == before
    assert not Posting.objects.filter(destination=Account.WRITE_OFF).exists()
