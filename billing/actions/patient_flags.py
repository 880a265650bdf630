"""Flags that stop statements: bankruptcy, and collections with its checklist."""

from datetime import date

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from billing.actions.patient_payments import lock_account, refuse
from billing.models import AccountFlag, Statement
from billing.patient_accounts import AccountState, account_state, settings_of
from billing.rules.collections import CollectionsFacts, CollectionsTerms, unmet
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Patient, User

Kind, State = AccountFlag.Kind, AccountFlag.State


@transaction.atomic
def flag_bankruptcy(patient: Patient, *, reason: str, by: User) -> AccountFlag:
    """Nobody is billed while a court protects them. Raises Refusal without a reason."""
    refuse_twice_or_silent(patient, Kind.BANKRUPTCY, reason)
    flag = AccountFlag.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        kind=Kind.BANKRUPTCY,
        state=State.SET,
        reason=reason.strip()[:300],
        requested_by=by,
    )
    tell("account_flag.set", flag, by)
    return flag


@transaction.atomic
def send_to_collections(
    patient: Patient, *, reason: str, notice_on: date | None, by: User
) -> AccountFlag:
    """Flag an account for collections; above the practice's limit another person decides.

    Raises Refusal naming every item of the checklist that is not met.
    """
    refuse_twice_or_silent(patient, Kind.COLLECTIONS, reason)
    today = timezone.localdate()
    state = account_state(patient.practice, patient.pk, today)
    missing = checklist(patient, state, notice_on, today)
    if missing:
        raise Refusal("checklist_unmet", " ".join(missing), items=missing)
    is_large = state.due > settings_of(patient.practice_id).collections_limit
    flag = AccountFlag.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        kind=Kind.COLLECTIONS,
        state=State.REQUESTED if is_large else State.SET,
        reason=reason.strip()[:300],
        amount=state.due,
        needs_approval=is_large,
        requested_by=by,
    )
    tell("account_flag.requested" if is_large else "account_flag.set", flag, by)
    return flag


def checklist(
    patient: Patient, state: AccountState, notice_on: date | None, today: date
) -> list[str]:
    """What of the checklist is not met. Two statements."""
    sent = Statement.objects.filter(
        practice_id=patient.practice_id, patient=patient, voided_at=None
    )
    terms = settings_of(patient.practice_id)
    facts = CollectionsFacts(
        due=state.due,
        statements=state.statements,
        first_statement_on=sent.aggregate(first=Min("statement_on"))["first"],
        notice_on=notice_on,
        inquiries=state.inquiries,
        has_plan=state.has_plan,
        insurance_lines=state.insurance_lines,
        in_flight=state.in_flight,
        is_bankrupt="bankruptcy" in state.flags,
    )
    wanted = CollectionsTerms(terms.collections_statements, terms.collections_days)
    return unmet(facts, wanted, today)


@transaction.atomic
def approve_flag(flag: AccountFlag, *, by: User) -> AccountFlag:
    """A second person lets it go. Raises Refusal 403 for who asked and without the right."""
    locked = take(flag, State.REQUESTED)
    membership = access.membership_of(by, locked.practice_id)
    if membership is None or "billing.approve" not in access.CAPABILITIES[membership.role]:
        raise Refusal("not_allowed", "A manager has to decide this.", status=403)
    if locked.requested_by_id == by.pk:
        message = "You asked for it yourself: another manager has to decide."
        raise Refusal("own_request", message, status=403)
    locked.state, locked.decided_by, locked.decided_at = State.SET, by, timezone.now()
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    tell("account_flag.approved", locked, by)
    return locked


@transaction.atomic
def end_flag(flag: AccountFlag, *, reason: str, by: User) -> AccountFlag:
    """Take it back, also one that waits. Raises Refusal without a reason, 409 when it ended."""
    if not reason.strip():
        refuse("reason_missing", "reason", "Say why.")
    locked = take(flag, State.REQUESTED, State.SET)
    locked.state, locked.end_reason = State.ENDED, reason.strip()[:300]
    locked.ended_by, locked.ended_at = by, timezone.now()
    locked.save(update_fields=["state", "end_reason", "ended_by", "ended_at"])
    tell("account_flag.ended", locked, by)
    return locked


def refuse_twice_or_silent(patient: Patient, kind: str, reason: str) -> None:
    """Lock the account. Raises Refusal without a reason, 409 when it stands or waits already."""
    if not reason.strip():
        refuse("reason_missing", "reason", "Say why.")
    lock_account(patient)
    rows = AccountFlag.objects.filter(patient=patient, kind=kind).exclude(state=State.ENDED)
    if rows.exists():
        raise Refusal("flag_stands", "The account has this flag already.", status=409)


def take(flag: AccountFlag, *states: AccountFlag.State) -> AccountFlag:
    """Lock the flag in one of `states`. Raises Refusal 409 when somebody was first."""
    locked = AccountFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    if locked.state not in states:
        word = locked.get_state_display().lower()
        raise Refusal("flag_changed", f"Somebody was first: it is {word} now.", status=409)
    return locked


def tell(name: str, flag: AccountFlag, by: User) -> None:
    events.record(name, flag, by=by, patient_id=flag.patient_id, kind=flag.kind)
