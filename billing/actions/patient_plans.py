"""Payment plans: as shown, settled by payments, in default by rule. docs/patient-accounts.md."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.actions.patient_payments import lock_account, owed_by, refuse
from billing.models import PatientMove, PaymentPlan, PlanInstallment
from billing.patient_accounts import settings_of
from billing.rules.plans import Installment, Standing, missed, schedule, settle
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, User
from rcm.money import CENT, ZERO

State = PaymentPlan.State
OWED = "patient_receivable"


@transaction.atomic
def make_plan(
    patient: Patient, *, amount: Decimal, count: int, first_on: date, by: User
) -> PaymentPlan:
    """A plan over `amount` of what is owed, in monthly parts; statements rest while it is kept.

    Raises Refusal for more than is owed, a first day that is past, a number of parts that cannot
    be, and 409 while another plan is in force.
    """
    parts = proposed(amount, count, first_on)
    lock_account(patient)
    if PaymentPlan.objects.filter(patient=patient, state=State.IN_FORCE).exists():
        raise Refusal("plan_in_force", "A plan is in force already: cancel it first.", status=409)
    owed = sum(owed_by(patient).visits.values(), ZERO)
    if amount > owed:
        refuse("not_owed", "amount", f"${owed:,.2f} is owed, less than ${amount:,.2f}.")
    plan = PaymentPlan.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        amount=amount,
        missed_allowed=settings_of(patient.practice_id).missed_installments,
        made_by=by,
    )
    PlanInstallment.objects.bulk_create(
        PlanInstallment(
            practice_id=plan.practice_id,
            plan=plan,
            position=position,
            due_on=part.due_on,
            amount=part.amount,
        )
        for position, part in enumerate(parts, 1)
    )
    tell("payment_plan.made", plan, by, amount=str(amount), count=count)
    return plan


def proposed(amount: Decimal, count: int, first_on: date) -> list[Installment]:
    """The schedule as it would be. Raises Refusal when there is none."""
    if amount <= 0 or amount != amount.quantize(CENT):
        refuse("amount_wrong", "amount", "The amount must be dollars and cents above zero.")
    if first_on < timezone.localdate():
        refuse("day_past", "first_on", "The first day is over.")
    try:
        return schedule(amount, count, first_on)
    except ValueError as error:
        raise Refusal("count_wrong", str(error), fields={"count": str(error)}) from None


def standing_of(plan: PaymentPlan) -> list[Standing]:
    """The instalments with what payments taken since have settled. Two statements."""
    parts = [Installment(row.due_on, row.amount) for row in plan.installments.all()]
    return settle(parts, paid_since(plan))


def paid_since(plan: PaymentPlan) -> Decimal:
    """What payments taken since the plan was made took off what the patient owes."""
    moves = PatientMove.objects.filter(
        practice_id=plan.practice_id,
        patient_id=plan.patient_id,
        payment__taken_at__gte=plan.made_at,
    )
    total = ZERO
    for source, destination, amount in moves.values_list(
        "posting__source", "posting__destination", "posting__amount"
    ):
        total += amount if source == OWED else -amount if destination == OWED else ZERO
    return total


@transaction.atomic
def judge_plan(plan: PaymentPlan, today: date) -> PaymentPlan:
    """Complete when all is paid, in default when too many instalments are missed.

    Does nothing to a plan that has ended or goes on as promised.
    """
    locked = PaymentPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if locked.state != State.IN_FORCE:
        return locked
    standings = standing_of(locked)
    if all(each.is_paid for each in standings):
        return end(locked, State.COMPLETED, "payment_plan.completed", "All is paid.", None)
    late = missed(standings, today)
    if late >= locked.missed_allowed:
        reason = f"{late} instalments were missed."
        return end(locked, State.DEFAULTED, "payment_plan.defaulted", reason, None)
    return locked


def judge_plans(practice_id: int, today: date) -> int:
    """Judge every plan in force of a practice; how many ended."""
    rows = PaymentPlan.objects.filter(practice_id=practice_id, state=State.IN_FORCE)
    return sum(judge_plan(plan, today).state != State.IN_FORCE for plan in rows.order_by("pk"))


@transaction.atomic
def cancel_plan(plan: PaymentPlan, *, reason: str, by: User) -> PaymentPlan:
    """End a plan; what is owed stays owed and statements go out again.

    Raises Refusal without a reason, 409 when it has ended.
    """
    if not reason.strip():
        refuse("reason_missing", "reason", "Say why.")
    locked = PaymentPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if locked.state != State.IN_FORCE:
        word = locked.get_state_display().lower()
        raise Refusal("plan_ended", f"Somebody was first: it is {word} now.", status=409)
    return end(locked, State.CANCELLED, "payment_plan.cancelled", reason.strip()[:300], by)


def end(
    plan: PaymentPlan, state: PaymentPlan.State, name: str, reason: str, by: User | None
) -> PaymentPlan:
    plan.state, plan.end_reason = state, reason
    plan.ended_by, plan.ended_at = by, timezone.now()
    plan.save(update_fields=["state", "end_reason", "ended_by", "ended_at"])
    tell(name, plan, by)
    return plan


def tell(name: str, plan: PaymentPlan, by: User | None, **facts: object) -> None:
    events.record(name, plan, by=by, patient_id=plan.patient_id, **facts)
