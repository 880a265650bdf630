"""The same payment on paper and as an 835: it must not post twice, and nobody decides silently."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.models import ManualBatch, Remittance
from billing.rules.deposits import trace_key
from payers.models import Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

HOLD_CODE = "keyed_by_hand"


@dataclass(frozen=True, slots=True)
class Payment:
    """What a payment is known by."""

    payer: Payer
    trace_number: str
    paid_on: date
    amount: Decimal


def payment_of(batch: ManualBatch) -> Payment:
    return Payment(batch.payer, batch.trace_number, batch.paid_on, batch.control_total)


def find_twin(
    payment: Payment, *, but: ManualBatch | None = None, after: datetime | None = None
) -> Remittance | ManualBatch | None:
    """A payment of the same payer with this number, or of this day and amount, that is here.

    An 835, or a paper EOB other than `but`; with `after` only one that came after that time.
    """
    payer = payment.payer
    named = Q(payer=payer)
    if payer.trace_identifier:
        named |= Q(payer_identifier=payer.trace_identifier)
    told = payment.trace_number, payment.paid_on
    alike = named & looks_like(*told, amount_paid=payment.amount)
    alike |= Q(payer=None) & same_number(payment.trace_number, amount_paid=payment.amount)
    received = (
        Remittance.objects.filter(alike, practice_id=payer.practice_id, source="835")
        .exclude(hold_code="other_practice")
        .order_by("pk")
    )
    if after is not None:
        received = received.filter(recorded_at__gt=after)
    if (first := received.first()) is not None:
        return first
    batches: QuerySet[ManualBatch] = ManualBatch.objects.filter(
        looks_like(*told, control_total=payment.amount),
        practice_id=payer.practice_id,
        payer=payer,
    )
    if but is not None:
        batches = batches.exclude(pk=but.pk)
    if after is not None:
        batches = batches.filter(opened_at__gt=after)
    return batches.order_by("pk").first()


def looks_like(trace_number: str, paid_on: date, **amount: Decimal) -> Q:
    """The same number, or the same day and amount. `amount` names its column."""
    same = same_number(trace_number)
    if any(amount.values()):
        same |= Q(paid_on=paid_on, **amount)
    return same


def same_number(trace_number: str, **amount: Decimal) -> Q:
    """The same number, and the same amount if one is given; an empty number is no other's."""
    number = trace_key(trace_number)
    return Q(trace_key=number, **amount) if number else Q(pk=None)


def refuse_twin(
    payment: Payment,
    *,
    reason: str,
    but: ManualBatch | None = None,
    after: datetime | None = None,
) -> None:
    """Raises Refusal 409 naming the payment that is here already, unless a reason is given."""
    twin = find_twin(payment, but=but, after=after)
    if twin is None or reason.strip():
        return
    message = f"{describe(twin)} is here already. Key it only with a reason: it would post twice."
    raise Refusal("payment_is_here", message, status=409, fields={"reason": message})


def describe(twin: Remittance | ManualBatch) -> str:
    """A payment by name: source, number, day, amount, state."""
    if isinstance(twin, Remittance):
        source, amount = "835", twin.amount_paid
    else:
        source, amount = f"Manual batch {twin.pk}", twin.control_total
    state = twin.get_state_display().lower()
    return f"{source} {twin.trace_number} of {twin.paid_on:%m/%d/%Y}, {amount:,.2f} ({state})"


def hold_if_keyed(remittance: Remittance, *, by: User | None) -> bool:
    """Hold an 835 whose payment a person has keyed from paper and posted. Was it held?"""
    if remittance.hold_code not in ("", "overlaps"):
        return False
    keyed = find_keyed(remittance)
    if keyed is None:
        return False
    remittance.state = Remittance.State.HELD
    remittance.hold_code = HOLD_CODE
    remittance.hold_message = (
        f"This payment was keyed from paper: {describe(keyed)}. Reopen that batch to post this one."
    )[:300]
    remittance.save(update_fields=["state", "hold_code", "hold_message"])
    events.record("remittance.held", remittance, by=by, code=HOLD_CODE, manual_batch=keyed.pk)
    return True


def find_keyed(remittance: Remittance) -> ManualBatch | None:
    """The closed batch with the payment of this 835.

    While nobody knows whose 835 it is, the number and the amount have to be the same.
    """
    number, amount = remittance.trace_number, remittance.amount_paid
    if remittance.payer is None:
        alike = same_number(number, control_total=amount)
    else:
        alike = Q(payer=remittance.payer) & looks_like(
            number, remittance.paid_on, control_total=amount
        )
    closed = ManualBatch.objects.filter(alike, practice_id=remittance.practice_id)
    return closed.filter(state=ManualBatch.State.CLOSED).order_by("pk").first()


def refuse_release(remittance: Remittance) -> None:
    """Raises Refusal 409 when posting this remittance again would post a keyed payment twice.

    A manual one posts again only as what its batch is now; an 835 of a keyed payment only after
    that batch was reopened.
    """
    if remittance.source == Remittance.Source.MANUAL:
        closed = ManualBatch.objects.filter(remittance=remittance, state=ManualBatch.State.CLOSED)
        if not closed.exists():
            message = "It was keyed from paper and its batch is open. Close the batch to post it."
            raise Refusal("batch_open", message, status=409)
    else:
        keyed = find_keyed(remittance)
        if keyed is not None:
            message = f"{describe(keyed)} is posted. Reopen that batch first."
            raise Refusal("payment_is_here", message, status=409)
