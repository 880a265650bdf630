"""The denial desk and the patients' accounts, after the claims are through: what people do there.

Every figure is compared with what was there before, or with what the verb promises; nothing is
taken from the function under test alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.actions import estimates, patient_payments, patient_statements
from billing.actions.patient_payments import Money
from billing.estimate_content import Planned
from billing.models import (
    GoodFaithEstimate,
    PatientBalance,
    PatientPayment,
    Statement,
    StatementBatch,
)
from billing.patient_accounts import account_states
from denials.actions import appeal_parts, appeals, bulk, bulk_undo, denials, write_offs
from denials.actions.appeals import Sending
from denials.check.drive import Drive
from denials.follow_up_gaps import count_gaps as count_follow_up_gaps
from denials.gaps import count_gaps
from denials.models import Appeal, Denial, WriteOffLimit, WriteOffRequest
from denials.rules.appeals import ITEMS
from rcm.errors import Refusal
from rcm.models import Patient, Practice, Provider, Role, User

LIMIT = Decimal("5.00")
KEY = "check-demo-payment"


@dataclass
class Desk:
    """The desk of the practice with the most open denials."""

    drive: Drive
    practice: Practice
    mia: User

    @property
    def open(self) -> list[Denial]:
        rows = Denial.objects.filter(practice=self.practice, state=Denial.State.OPEN)
        return list(rows.select_related("claim").order_by("pk"))


def work(drive: Drive) -> tuple[dict[str, Any], list[str]]:
    """Everything in this module; the figures and a sentence for each that is wrong."""
    drive.say("working denials and patients' accounts")
    mia = User.objects.get(email="mia@example.test")
    desk = Desk(drive, drive.practices[0], mia)
    with drive.all_practices():
        before = ledger.ledger_sum(desk.practice)
        figures: dict[str, Any] = {
            "put_away_and_back": put_away_and_back(desk),
            "appeals_sent": send_appeal(desk),
            "write_offs_approved": write_off_with_approval(desk),
            "payments_taken": pay_twice(desk),
            "estimates": estimate(desk),
        }
    figures |= state_accounts(desk)
    figures |= count_forgotten(drive)
    must_be: dict[str, Any] = {
        "put_away_and_back": 0,
        "appeals_sent": 1,
        "write_offs_approved": 1,
        "payments_taken": 1,
        "estimates": 1,
        "statements": figures["statements_due"],
        "denials_forgotten": 0,
        "balances_forgotten": 0,
    }
    with drive.all_practices():
        after = ledger.ledger_sum(desk.practice)
    wrong = [
        f"{name}: {figures[name]}, must be {value}"
        for name, value in must_be.items()
        if figures[name] != value
    ]
    if before or after:
        wrong.append(f"ledger: {before} before the desk and {after} after it, must be 0.00")
    return figures, wrong


def put_away_and_back(desk: Desk) -> int:
    """All open denials at once, and undone: how many are not as they were."""
    before = fields_of(desk.open)
    values = {"until": timezone.localdate() + timedelta(days=14), "reason": "Asked the payer"}
    ids = [row.pk for row in desk.open]
    plan = bulk.plan(desk.practice, "pend", ids, values, by=desk.drive.ben)
    bulk.confirm(plan, by=desk.drive.ben)
    for _ in bulk.run(plan):
        pass
    if desk.open:
        return len(desk.open)
    plan.refresh_from_db()
    bulk_undo.begin_undo(plan, by=desk.drive.ben)
    plan.refresh_from_db()
    for _ in bulk_undo.undo(plan):
        pass
    return len(before.items() ^ fields_of(desk.open).items())


def fields_of(rows: list[Denial]) -> dict[int, tuple[str, str, str]]:
    return {
        row.pk: (str(row.state), str(row.pended_until), str(row.assigned_to_id)) for row in rows
    }


def send_appeal(desk: Desk) -> int:
    """The first denial an appeal is open for: letter, checklist, packet; how many were sent."""
    for denial in desk.open:
        try:
            with transaction.atomic():
                appeal = appeals.open_appeal(denial, by=desk.drive.ben)
        except Refusal:
            continue
        for item in ITEMS:
            try:
                with transaction.atomic():
                    appeal_parts.let_go(appeal, item=item, reason="Not there.", by=desk.mia)
            except Refusal:
                continue
        ready = appeals.make_ready(appeal, by=desk.drive.ben)
        appeals.submit(ready, Sending("fax", "CHECK1"), by=desk.drive.ben)
        break
    sent = Appeal.objects.filter(practice=desk.practice, state=Appeal.State.SUBMITTED)
    return sent.filter(files__item="packet", files__size__gt=0).count()


def write_off_with_approval(desk: Desk) -> int:
    """Above Ben's limit it only asks; Mia approves; how many left the payer's balance."""
    WriteOffLimit.objects.update_or_create(
        practice=desk.practice, role=Role.BILLER, defaults={"amount": LIMIT}
    )
    for denial in desk.open:
        if denial.amount <= LIMIT:
            continue
        owed = ledger.claim_balances(desk.practice.pk, [denial.claim_id])[denial.claim_id]
        try:
            with transaction.atomic():
                denials.write_off(denial, reason="goodwill", note="Check", by=desk.drive.ben)
        except Refusal:
            continue
        [request] = WriteOffRequest.objects.filter(
            practice=desk.practice, state=WriteOffRequest.State.REQUESTED
        )
        if ledger.claim_balances(desk.practice.pk, [denial.claim_id])[denial.claim_id] != owed:
            return 0
        write_offs.approve(request, by=desk.mia)
        now = ledger.claim_balances(desk.practice.pk, [denial.claim_id])[denial.claim_id]
        return int(now.get("write_off", Decimal(0)) == request.amount)
    return 0


def pay_twice(desk: Desk) -> int:
    """A button pressed twice: how many payments of it stand."""
    owing = PatientBalance.objects.filter(practice=desk.practice, due__gt=0)
    row = owing.select_related("patient").order_by("patient_id").first()
    if row is None:
        return 0
    money = Money(row.due, PatientPayment.Method.CASH, timezone.localdate())
    for _ in range(2):
        patient_payments.take_payment(row.patient, money, key=KEY, by=desk.drive.ben)
    return PatientPayment.objects.filter(practice=desk.practice, key=KEY).count()


def estimate(desk: Desk) -> int:
    """What a planned visit will cost somebody without a policy; how many estimates there are."""
    patient = Patient.objects.filter(practice=desk.practice).order_by("pk")[0]
    plan = Planned(
        planned_on=timezone.localdate() + timedelta(days=10),
        provider=Provider.objects.filter(practice=desk.practice).order_by("pk")[0],
        services="99213",
        is_self_pay=True,
    )
    estimates.make_estimate(patient, plan, by=desk.drive.ben)
    return GoodFaithEstimate.objects.filter(practice=desk.practice).count()


def state_accounts(desk: Desk) -> dict[str, int]:
    """A batch of statements, made by the worker: those due by the guard and those made."""
    with desk.drive.all_practices():
        states = account_states(desk.practice, timezone.localdate())
        due = sum(state.may_be_stated for state in states)
        if due:
            patient_statements.start_batch(desk.practice, by=desk.drive.ben)
    waiting = StatementBatch.objects.filter(practice=desk.practice, state="queued")
    desk.drive.wait("waiting for the statements", lambda: not waiting.exists())
    with desk.drive.all_practices():
        made = Statement.objects.filter(practice=desk.practice).count()
    return {"statements_due": due, "statements": made}


def count_forgotten(drive: Drive) -> dict[str, int]:
    """Denials and open balances nobody would come to."""
    found = {"denials_forgotten": 0, "balances_forgotten": 0}
    for practice in drive.each_practice():
        found["denials_forgotten"] += sum(count_gaps(practice.pk).values())
        found["balances_forgotten"] += sum(count_follow_up_gaps(practice).values())
    return found
