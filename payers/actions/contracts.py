"""Plans, contracts and the Medicare locality: added, changed, given to policies."""

import re
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from payers.fee_lookup import localities
from payers.models import Coverage, Payer, PayerContract, Plan
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

CONTRACT_OVERLAPS = "Another contract of the same payer and plan covers these days."


@transaction.atomic
def save_plan(payer: Payer, *, by: User | None, old: Plan | None = None, **terms: Any) -> Plan:
    """A new plan, or new terms of an `old` one.

    Raises Refusal for a name the payer has already, a pattern that is none, an end before the
    start.
    """
    refuse_end(terms)
    try:
        re.compile(terms["group_pattern"])
    except re.error as error:
        message = f"This is no pattern: {error}."
        raise Refusal("pattern_wrong", message, fields={"group_pattern": message}) from error
    row = old or Plan(practice_id=payer.practice_id, payer=payer)
    message = f"{payer} has a plan of this name."
    write(row, terms, Refusal("plan_name_taken", message, fields={"name": message}))
    events.record("plan.saved", row, by=by)
    return row


@transaction.atomic
def save_contract(
    payer: Payer, *, by: User | None, old: PayerContract | None = None, **terms: Any
) -> PayerContract:
    """A new contract, or new terms of an `old` one.

    Raises Refusal for days another contract of the payer and plan covers, a plan of somebody else,
    a schedule or a percentage that does not go with the method, an end before the start.
    """
    refuse_end(terms)
    plan = terms.get("plan")
    if plan is not None and plan.payer_id != payer.pk:
        message = f"This is no plan of {payer}."
        raise Refusal("other_plan", message, fields={"plan": message})
    is_schedule = terms["method"] == PayerContract.Method.SCHEDULE
    name = "schedule" if is_schedule else "percent"
    if not terms.get(name):
        message = "Choose the schedule." if is_schedule else "Give the percentage."
        raise Refusal("contract_incomplete", message, fields={name: message})
    terms["percent" if is_schedule else "schedule"] = None
    row = old or PayerContract(practice_id=payer.practice_id, payer=payer)
    overlaps = Refusal(
        "contract_overlaps", CONTRACT_OVERLAPS, fields={"starts_on": CONTRACT_OVERLAPS}
    )
    write(row, terms, overlaps)
    events.record("payer_contract.saved", row, by=by, method=row.method)
    return row


def write(row: Plan | PayerContract, terms: dict[str, Any], taken: Refusal) -> None:
    """Store the terms; what the database refuses as taken becomes `taken`."""
    for name, value in terms.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if not any(each in str(error) for each in ("plan_name_once", "one_a_day")):
            raise
        raise taken from error


def refuse_end(terms: dict[str, Any]) -> None:
    if terms.get("ends_on") and terms["ends_on"] < terms["starts_on"]:
        message = "It ends before it starts."
        raise Refusal("ends_before_start", message, fields={"ends_on": message})


@transaction.atomic
def choose_plan(coverage: Coverage, plan: Plan | None, *, by: User | None) -> None:
    """The plan of a policy. Raises Refusal for another payer's, or a group that does not fit."""
    if plan is not None:
        if plan.payer_id != coverage.payer_id:
            raise Refusal("other_plan", f"{plan} is no plan of {coverage.payer}.")
        if plan.group_pattern and not re.fullmatch(plan.group_pattern, coverage.group_number):
            raise Refusal("group_differs", f"The group number is not one of {plan}.")
    coverage.plan = plan
    coverage.save(update_fields=["plan"])
    events.record(
        "coverage.plan_chosen",
        coverage,
        by=by,
        patient_id=coverage.patient_id,
        plan=plan.pk if plan else None,
    )


@transaction.atomic
def set_locality(
    practice: Practice, contractor: str, locality: str, *, on: date, by: User | None
) -> None:
    """Whose Medicare prices hold for the practice.

    Raises Refusal when localities are loaded for the day and this is none of them.
    """
    known = localities(on)
    if known and (contractor, locality) not in known:
        message = f"{contractor}-{locality} is not among the localities loaded."
        raise Refusal("locality_unknown", message, fields={"locality": message})
    practice.medicare_contractor, practice.medicare_locality = contractor, locality
    practice.save(update_fields=["medicare_contractor", "medicare_locality"])
    events.record("practice.locality_set", practice, by=by, locality=f"{contractor}-{locality}")
