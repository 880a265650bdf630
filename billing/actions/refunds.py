"""Gives credits back or uses them for another claim of the same party. docs/credits.md."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.credits import credit_of, owner_payers, target_account
from billing.ledger import claim_balances
from billing.models import Account, Claim, Posting, Refund
from billing.rules.refunds import needs_approval, owner_of
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import CENT, ZERO


@transaction.atomic
def request_refund(
    claim: Claim,
    *,
    account: str,
    kind: str,
    amount: Decimal,
    reason: str,
    by: User,
    target: Claim | None = None,
) -> Refund:
    """Ask for a refund or an offset of the credit on `account`; approved at once up to the limit.

    Raises Refusal when there is no such credit, when more is asked for than is free of it, without
    a reason, when the target claim is not the same party's or does not owe that much, or when the
    very same is asked for and not paid yet: a button pressed twice.
    """
    refuse_senseless(amount, reason)
    lock_visits(claim, target)
    credit = credit_of(claim, account)
    if credit is None:
        raise Refusal("no_credit", f"There is no credit on claim {claim}.")
    if amount > credit.free:
        message = f"${credit.free:,.2f} of this credit is free, so ${amount:,.2f} is too much."
        raise Refusal("more_than_credit", message, fields={"amount": message})
    owner, to = owner_of(account), ""
    if kind == Refund.Kind.OFFSET:
        to = refuse_bad_target(claim, account, target, amount)
    refuse_twice(claim, account, kind, amount, target if to else None)
    is_large = needs_approval(amount, Decimal(settings.REFUND_APPROVAL_LIMIT))
    made = Refund.objects.create(
        practice_id=claim.practice_id,
        claim_id=claim.pk,
        account=account,
        owner=owner,
        kind=kind,
        amount=amount,
        target_claim=target if to else None,
        target_account=to,
        reason=reason.strip()[:300],
        state=Refund.State.REQUESTED if is_large else Refund.State.APPROVED,
        needs_approval=is_large,
        requested_by=by,
    )
    tell("refund.requested", made, by, amount=str(amount), kind=kind)
    return made


def refuse_senseless(amount: Decimal, reason: str) -> None:
    """Raises Refusal for an amount that is not above zero in whole cents, or without a reason."""
    if amount <= 0 or amount != amount.quantize(CENT):
        message = "The amount must be dollars and cents above zero."
        raise Refusal("amount_wrong", message, fields={"amount": message})
    if not reason.strip():
        raise Refusal("reason_missing", "Say why.", fields={"reason": "Say why."})


def refuse_twice(
    claim: Claim, account: str, kind: str, amount: Decimal, target: Claim | None
) -> None:
    """Raises Refusal 409 for a request that equals one under way."""
    open_ones = Refund.objects.filter(state__in=[Refund.State.REQUESTED, Refund.State.APPROVED])
    same = open_ones.filter(practice_id=claim.practice_id, claim=claim, account=account, kind=kind)
    if same.filter(amount=amount, target_claim=target).exists():
        raise Refusal(
            "asked_already",
            f"${amount:,.2f} is asked for already and not paid yet. Finish or cancel that first.",
            status=409,
        )


def refuse_bad_target(claim: Claim, account: str, target: Claim | None, amount: Decimal) -> str:
    """The account of the target an offset lands on. Raises Refusal when it may not."""
    if target is None or target.practice_id != claim.practice_id:
        message = "Name the claim the credit is used for."
        raise Refusal("target_missing", message, fields={"target": message})
    owner = owner_of(account)
    payer = owner_payers([(claim, account)]).get((claim.pk, account))
    is_same = (
        target.patient_id == claim.patient_id
        if owner == "patient"
        else payer is not None and target.payer_id == payer.pk
    )
    if not is_same or target.encounter_id == claim.encounter_id:
        message = f"Claim {target} is not another claim of the same {owner}."
        raise Refusal("other_party", message, fields={"target": message})
    to = target_account(target, owner)
    owed = claim_balances(target.practice_id, [target.pk])[target.pk].get(to, ZERO)
    if amount > owed:
        message = f"${max(owed, ZERO):,.2f} is owed on claim {target}, less than ${amount:,.2f}."
        raise Refusal("not_owed", message, fields={"amount": message})
    return to


def lock_visits(claim: Claim, target: Claim | None = None) -> None:
    """Lock all claims of the visits in the order of their keys: two refunds of one credit wait."""
    visits = {claim.encounter_id} | ({target.encounter_id} if target else set())
    rows = Claim.objects.select_for_update(of=("self",)).filter(
        Q(encounter__in=visits), practice_id=claim.practice_id
    )
    list(rows.order_by("pk").values_list("pk", flat=True))


def take(refund: Refund, *states: Refund.State) -> Refund:
    """Lock the refund in one of `states`. Raises Refusal 409 when somebody was first."""
    lock_visits(refund.claim, refund.target_claim)
    locked = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if locked.state not in states:
        word = locked.get_state_display().lower()
        raise Refusal("refund_changed", f"Somebody was first: it is {word} now.", status=409)
    return locked


@transaction.atomic
def approve(refund: Refund, *, by: User) -> Refund:
    """A second person lets it go. Raises Refusal for the one who asked, and without the right."""
    return decide(refund, Refund.State.APPROVED, "refund.approved", "", by)


@transaction.atomic
def decline(refund: Refund, *, note: str, by: User) -> Refund:
    """A second person says no, with a reason."""
    if not note.strip():
        message = "Say why it is declined."
        raise Refusal("reason_missing", message, fields={"note": message})
    return decide(refund, Refund.State.DECLINED, "refund.declined", note, by)


def decide(refund: Refund, state: Refund.State, name: str, note: str, by: User) -> Refund:
    locked = take(refund, Refund.State.REQUESTED)
    membership = access.membership_of(by, locked.practice_id)
    if membership is None or "billing.approve" not in access.CAPABILITIES[membership.role]:
        raise Refusal("not_allowed", "A manager has to decide this.", status=403)
    if locked.requested_by_id == by.pk:
        raise Refusal(
            "own_request", "You asked for it yourself: another manager has to decide.", status=403
        )
    locked.state, locked.decided_by, locked.decided_at = state, by, timezone.now()
    locked.decision_note = note.strip()[:300]
    locked.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    tell(name, locked, by)
    return locked


@transaction.atomic
def pay(refund: Refund, *, by: User, reference: str = "", paid_on: date | None = None) -> Refund:
    """The money went out, or is used for the other claim: the moves are written.

    Raises Refusal when the credit is smaller by now, for a refund without a check or reference
    number, for a day to come, and when the target claim of an offset no longer owes that much.
    """
    locked = take(refund, Refund.State.APPROVED)
    today = timezone.localdate()
    day = paid_on or today
    if day > today:
        message = "The day is still to come."
        raise Refusal("day_to_come", message, fields={"paid_on": message})
    if locked.kind == Refund.Kind.REFUND and not reference.strip():
        message = "Give the check or reference number."
        raise Refusal("reference_missing", message, fields={"reference": message})
    credit = credit_of(locked.claim, locked.account)
    left = credit.amount if credit else ZERO
    if locked.amount > left:
        raise Refusal(
            "more_than_credit", f"${left:,.2f} of this credit is left, less than the amount."
        )
    if locked.kind == Refund.Kind.OFFSET:
        refuse_bad_target(locked.claim, locked.account, locked.target_claim, locked.amount)
    write_moves(locked, by, today)
    locked.state, locked.paid_on, locked.reference = (
        Refund.State.PAID,
        day,
        reference.strip()[:50],
    )
    locked.save(update_fields=["state", "paid_on", "reference"])
    tell("refund.paid", locked, by, amount=str(locked.amount))
    return locked


def write_moves(refund: Refund, by: User, today: date) -> None:
    """cash → receivable; an offset goes receivable of the target → unapplied → receivable."""
    is_offset = refund.kind == Refund.Kind.OFFSET
    source = Account.UNAPPLIED if is_offset else Account.CASH
    shared = {
        "practice_id": refund.practice_id,
        "amount": refund.amount,
        "posted_on": today,
        "created_by": by,
    }
    if is_offset:
        Posting.objects.create(
            source=refund.target_account,
            destination=Account.UNAPPLIED,
            claim_id=refund.target_claim_id,
            origin=f"{refund.origin}:applied",
            **shared,
        )
    Posting.objects.create(
        source=source,
        destination=refund.account,
        claim_id=refund.claim_id,
        origin=refund.origin,
        **shared,
    )


@transaction.atomic
def cancel(refund: Refund, *, by: User) -> Refund:
    """Take it back: what it moved is moved back, and the credit is open again."""
    locked = take(refund, Refund.State.REQUESTED, Refund.State.APPROVED, Refund.State.PAID)
    for move in locked.moves().filter(reverses=None):
        Posting.objects.create(
            practice_id=move.practice_id,
            source=move.destination,
            destination=move.source,
            amount=move.amount,
            claim_id=move.claim_id,
            reverses=move,
            origin=f"{move.origin}:reversed",
            posted_on=timezone.localdate(),
            created_by=by,
        )
    locked.state = Refund.State.CANCELLED
    locked.save(update_fields=["state"])
    tell("refund.cancelled", locked, by)
    return locked


def tell(name: str, refund: Refund, by: User, **facts: str) -> None:
    events.record(name, refund, by=by, patient_id=refund.claim.patient_id, **facts)
