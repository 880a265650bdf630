"""Authorizations and their rules as billing works with them: what waited is looked at again."""

from datetime import date
from typing import Any

from django.db import transaction

from billing.actions import charge_reviews
from payers.actions import authorizations as actions
from payers.models import Authorization, AuthorizationRule, Coverage, Payer
from rcm.models import User


@transaction.atomic
def save_authorization(
    coverage: Coverage, *, by: User | None, old: Authorization | None = None, **terms: Any
) -> tuple[Authorization, int]:
    """The authorization, and how many visits can be billed now.

    Raises Refusal as payers.actions.authorizations.save_authorization does.
    """
    row = actions.save_authorization(coverage, by=by, old=old, **terms)
    return row, charge_reviews.recheck(row.practice_id, by=by)


@transaction.atomic
def end_rule(rule: AuthorizationRule, *, on: date, by: User | None) -> int:
    """The payer wants it no longer after this day; how many visits can be billed now."""
    actions.end_rule(rule, on=on, by=by)
    return charge_reviews.recheck(rule.practice_id, by=by)


def add_rule(payer: Payer, codes: str, **terms: Any) -> list[AuthorizationRule]:
    """From a day on the payer wants an authorization for these codes; charts coded later wait."""
    return actions.add_rule(payer, codes, **terms)
