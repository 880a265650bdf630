"""When a patient may be sent a statement, and every reason why not."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import AccountFlag, AccountInquiry, Claim
from billing.patient_accounts import account_state
from billing.rules.statements import CODES, StatementFacts, StatementTerms, reasons_against
from rcm.models import Patient, Practice, User
from tests import make
from tests.billing.books import charge
from tests.billing.crediting import move
from tests.billing.patients import pay, share

D = Decimal
TODAY = date(2026, 11, 23)
TERMS = StatementTerms(D("5.00"), 28)


def reasons(**changes: Any) -> list[tuple[str, str]]:
    facts = {"owed": D("86.40")} | changes
    return [tuple(each) for each in reasons_against(StatementFacts(**facts), TERMS, TODAY)]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"owed": D(0)}, "nothing_owed", "The patient owes nothing."),
        (
            {"insurance_lines": 1, "insurance_open": D("435.00")},
            "insurance_open",
            "1 insurance line is open ($435.00).",
        ),
        (
            {"insurance_lines": 1, "insurance_open": D("-620.00")},
            "insurance_open",
            "1 insurance line is open (-$620.00).",
        ),
        (
            {"insurance_lines": 2, "insurance_open": D("0.00")},
            "insurance_open",
            "2 insurance lines are open ($0.00).",
        ),
        ({"in_flight": 1}, "claim_in_flight", "1 claim is not decided by a payer yet."),
        ({"disputes": 1}, "dispute", "The patient disputes a bill and has no answer yet."),
        (
            {"credit": D("86.40")},
            "credit_covers",
            "A credit of $86.40 elsewhere on the account covers what is owed.",
        ),
        (
            {"credit": D("81.41")},
            "below_minimum",
            "$4.99 is below the practice's minimum of $5.00.",
        ),
        (
            {"last_statement_on": TODAY - timedelta(days=27)},
            "too_soon",
            "The last statement is of 10/27/2026; the next may go on 11/24/2026.",
        ),
        ({"flags": ("bankruptcy",)}, "bankruptcy", "The account is flagged for bankruptcy."),
        ({"flags": ("collections",)}, "collections", "The account is with collections."),
        ({"has_plan": True}, "plan_up_to_date", "A payment plan is in force and up to date."),
    ],
)
def test_one_reason_alone_stops_a_statement(changes: dict[str, Any], code: str, text: str) -> None:
    assert reasons(**changes) == [(code, text)]
    assert code in CODES


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"owed": D("5.00")},
        {"credit": D("81.40")},
        {"last_statement_on": TODAY - timedelta(days=28)},
        {"has_plan": True, "plan_overdue": 1},
    ],
)
def test_nothing_stops_it(changes: dict[str, Any]) -> None:
    assert reasons(**changes) == []


def test_all_reasons_are_told() -> None:
    found = reasons(insurance_lines=1, disputes=1, flags=("bankruptcy", "collections"))
    assert [code for code, _ in found] == ["insurance_open", "dispute", "bankruptcy", "collections"]


def codes(patient: Patient) -> list[str]:
    found = account_state(patient.practice, patient.pk, timezone.localdate()).reasons
    return [reason.code for reason in found]


def test_a_share_after_the_decision_may_be_stated(north: Practice) -> None:
    assert codes(share(north, "20.00").patient) == []


def test_a_denied_line_leaves_the_account_with_the_insurer(north: Practice) -> None:
    claim = share(north, "20.00")
    denied = make.claim(
        north,
        encounter=make.encounter(north, number="V9", patient=claim.patient),
        status=Claim.Status.ADJUDICATED,
    )
    charge(denied)
    assert codes(claim.patient) == ["insurance_open"]


def test_a_share_that_waits_for_the_next_payer_is_insurance(north: Practice) -> None:
    claim = share(north, "20.00")
    other = share(north, "165.00", patient=claim.patient)
    move(other, "patient_receivable", "secondary_receivable", "165.00")
    assert codes(claim.patient) == ["insurance_open"]


@pytest.mark.parametrize("status", ["draft", "held", "ready", "submitted", "accepted", "rejected"])
def test_a_claim_on_its_way_stops_the_statement(north: Practice, status: str) -> None:
    claim = share(north, "20.00")
    sent = {} if status in ("submitted", "accepted", "rejected") else {"submitted_at": None}
    visit = make.encounter(north, number="V9", patient=claim.patient)
    make.claim(north, encounter=visit, status=status, **sent)
    assert codes(claim.patient) == ["claim_in_flight"]


def test_a_credit_of_another_visit_covers_what_is_owed(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    other = share(north, "30.00", patient=claim.patient)
    move(other, "patient_receivable", "cash", "50.00")
    assert codes(claim.patient) == ["credit_covers"]


def test_prepaid_money_covers_what_is_owed(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    pay(claim.patient, "20.00", ben, parts={})
    assert codes(claim.patient) == ["credit_covers"]


def test_a_replaced_claim_is_neither_owed_nor_open(north: Practice) -> None:
    claim = share(north, "20.00")
    move(claim, "unapplied", "primary_receivable", "145.00")
    move(claim, "primary_receivable", "revenue", "145.00")
    assert codes(claim.patient) == []


def test_disputes_and_flags_of_the_account_count_while_they_last(
    north: Practice, ben: User
) -> None:
    patient = share(north, "20.00").patient
    mine = {"practice": north, "patient": patient}
    inquiry = AccountInquiry.objects.create(
        **mine, kind="dispute", due_on=timezone.localdate(), opened_by=ben
    )
    flag = AccountFlag.objects.create(
        **mine, kind="bankruptcy", state="set", reason="Notice of 11/02", requested_by=ben
    )
    assert codes(patient) == ["dispute", "bankruptcy"]
    inquiry.closed_at, inquiry.closed_by = timezone.now(), ben
    inquiry.save()
    flag.state, flag.ended_at, flag.ended_by = "ended", timezone.now(), ben
    flag.save()
    assert codes(patient) == []


def test_accounts_of_others_do_not_count(north: Practice, ben: User) -> None:
    mine = share(north, "20.00").patient
    charge(make.claim(north, encounter=make.encounter(north, number="V9")))
    assert codes(mine) == []
