"""Authorizations added and changed, and the rules of who wants one."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from payers.models import Authorization, AuthorizationRule, Coverage, Payer
from payers.rules.authorizations import read_ranges
from rcm import events
from rcm.errors import Refusal
from rcm.models import User


def plain_codes(text: str) -> list[str]:
    """Codes and ranges as they are stored. Raises Refusal naming what is no code."""
    try:
        return list(dict.fromkeys(str(each) for each in read_ranges(text)))
    except ValueError as error:
        raise Refusal("codes_wrong", str(error), fields={"codes": str(error)}) from error


@transaction.atomic
def save_authorization(
    coverage: Coverage,
    *,
    codes: str,
    by: User | None,
    old: Authorization | None = None,
    **terms: Any,
) -> Authorization:
    """A new authorization of a policy, or new terms of an `old` one.

    Visits that waited for it are looked at again by whoever calls. Raises Refusal for codes that
    are none, an approval without a number, a number the policy has already, a quantity not above
    zero, or an end before the start.
    """
    terms["number"] = terms["number"].strip()[:30]
    refuse_terms(terms)
    row = old or Authorization(
        practice_id=coverage.practice_id,
        patient_id=coverage.patient_id,
        coverage=coverage,
        created_by=by,
    )
    for name, value in (terms | {"codes": plain_codes(codes)}).items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "authorization_number_once" not in str(error):
            raise
        message = f"The policy has an authorization {row.number} already."
        raise Refusal("number_taken", message, fields={"number": message}) from error
    name = "authorization.changed" if old else "authorization.added"
    events.record(name, row, by=by, patient_id=row.patient_id, state=row.state)
    return row


def refuse_terms(terms: dict[str, Any]) -> None:
    """What the database refuses too, said beside its field."""
    faults = {}
    if terms["state"] == Authorization.State.APPROVED and not terms["number"]:
        faults["number"] = "An approved authorization has a number."
    if terms["quantity"] <= 0:
        faults["quantity"] = "More than zero units or visits."
    if terms["ends_on"] and terms["ends_on"] < terms["starts_on"]:
        faults["ends_on"] = "It ends before it starts."
    if faults:
        raise Refusal("authorization_wrong", " ".join(faults.values()), fields=faults)


@transaction.atomic
def add_rule(
    payer: Payer, codes: str, *, starts_on: date, by: User | None, note: str = ""
) -> list[AuthorizationRule]:
    """From a day on the payer wants an authorization for these codes and ranges.

    A range it wants already is left as it is. Raises Refusal for codes that are none, or none.
    """
    ranges = plain_codes(codes)
    if not ranges:
        message = "Name the codes."
        raise Refusal("codes_missing", message, fields={"codes": message})
    made = []
    for first, _, last in (each.partition("-") for each in ranges):
        facts = {"payer": payer, "first_code": first, "last_code": last or first}
        same = AuthorizationRule.objects.filter(**facts, ends_on__isnull=True)
        if same.exists():
            continue
        made.append(
            AuthorizationRule.objects.create(
                practice_id=payer.practice_id, starts_on=starts_on, note=note.strip()[:200], **facts
            )
        )
    events.record("payer.authorization_wanted", payer, by=by, codes=ranges, from_=str(starts_on))
    return made


@transaction.atomic
def end_rule(rule: AuthorizationRule, *, on: date, by: User | None) -> None:
    """The last day the payer wants it. Raises Refusal when the rule was ended already."""
    if rule.ends_on is not None:
        raise Refusal("rule_ended", f"It ended on {rule.ends_on:%m/%d/%Y}.", status=409)
    rule.ends_on = max(on, rule.starts_on)
    rule.save(update_fields=["ends_on"])
    events.record("payer.authorization_rule_ended", rule.payer, by=by, rule=rule.pk, on=str(on))
