"""The patient's account of the world (tests/world.py)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from billing.actions.patient_flags import flag_bankruptcy
from billing.actions.patient_inquiries import open_inquiry
from billing.actions.patient_payments import Money, take_payment
from billing.estimate_content import Planned, document_of
from billing.models import (
    AccountFlag,
    AccountInquiry,
    AccountSettings,
    BatchAccount,
    GoodFaithEstimate,
    PatientPayment,
    PaymentPlan,
    PlanInstallment,
    Statement,
    StatementBatch,
    StatementDocument,
    StatementPrint,
)
from rcm import pdf
from rcm.models import Patient, Role, User
from tests import make


@dataclass(frozen=True)
class AccountWork:
    """What a patient paid and was told."""

    payment: PatientPayment
    settings: AccountSettings
    batch: StatementBatch
    statement: Statement
    plan: PaymentPlan
    inquiry: AccountInquiry
    flag: AccountFlag
    estimate: GoodFaithEstimate


def make_account_work(patient: Patient, mark: str) -> AccountWork:
    """25.00 were paid by check before anything was owed: they are prepaid."""
    person = make.member(
        patient.practice, Role.BILLER, f"{mark.lower()}-desk@example.test", mark, "Desk"
    )
    money = Money(Decimal("25.00"), "check", timezone.localdate(), f"CK{mark}")
    settings = AccountSettings.objects.create(practice=patient.practice, message=f"From {mark}")
    batch = make_batch(patient, mark, person)
    return AccountWork(
        payment=take_payment(patient, money, key=f"world:{mark}", by=person),
        settings=settings,
        batch=batch,
        statement=batch.statements.get(),
        plan=make_plan(patient, person),
        inquiry=open_inquiry(patient, kind="dispute", text=f"Not {mark}", by=person),
        flag=flag_bankruptcy(patient, reason=f"Court of {mark}", by=person),
        estimate=make_world_estimate(patient, mark, person),
    )


def make_world_estimate(patient: Patient, mark: str, person: User) -> GoodFaithEstimate:
    """40.00 for one service of today."""
    provider = make.provider(patient.practice)
    today = timezone.localdate()
    content = document_of(patient, Planned(today, provider, "99213"), [], None)
    return GoodFaithEstimate.objects.create(
        practice=patient.practice,
        patient=patient,
        planned_on=today,
        provider=provider,
        amount=40,
        content=content | {"lines": [["99213", "1", "$40.00", "$40.00"]], "notes": [mark]},
        made_by=person,
    )


def make_plan(patient: Patient, person: User) -> PaymentPlan:
    """50.00 in one part, in force."""
    mine = {"practice": patient.practice}
    plan = PaymentPlan.objects.create(
        **mine, patient=patient, amount=50, missed_allowed=2, made_by=person
    )
    PlanInstallment.objects.create(
        **mine, plan=plan, position=1, due_on=timezone.localdate(), amount=50
    )
    return plan


def make_batch(patient: Patient, mark: str, person: User) -> StatementBatch:
    """A batch of sixty days ago with one statement and one account that failed."""
    practice, day = patient.practice, timezone.localdate() - timedelta(days=60)
    batch = StatementBatch.objects.create(
        practice=practice, statement_on=day, state="made", made_by=person
    )
    BatchAccount.objects.create(
        practice=practice, batch=batch, patient=patient, state="failed", note=f"Failed {mark}"
    )
    content = {
        **{"number": f"S{mark}", "practice": [mark], "patient": [mark], "remit_to": [mark]},
        **{"facts": [], "visits": [], "credit": "", "payments": [], "ageing": [["Now", "$9.00"]]},
        **{"total": "$9.00", "due_on": f"{day:%m/%d/%Y}", "message": mark, "phone": mark},
    }
    Statement.objects.create(
        practice=practice,
        batch=batch,
        patient=patient,
        number=f"S{mark}",
        statement_on=day,
        cycle_on=day,
        due_on=day,
        amount=Decimal("9.00"),
        content=content,
        made_by=person,
    )
    document = pdf.render("statements", {"title": mark, "footer": mark, "statements": [content]})
    StatementPrint.objects.create(practice=practice, batch=batch, content=document, count=1)
    StatementDocument.objects.create(practice=practice, batch=batch, content=document, count=1)
    return batch
