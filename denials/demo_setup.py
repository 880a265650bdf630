"""What the demo's billing office has arranged: routes, rules, authorizations, first questions."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.actions import claim_rules
from billing.models import ClaimRule
from payers.actions import authorizations
from payers.actions.eligibility import ask_eligibility
from payers.actions.routes import set_route
from payers.models import Authorization, Channel, Coverage, Payer, PayerRoute, Rank, Transaction
from rcm.models import Practice, User

QUESTIONS_PER_PRACTICE = 2
QUESTIONS = 2 * QUESTIONS_PER_PRACTICE
IMAGING = "72148, 73221, 73721"
THERAPY = "97110-97140"
# Patient, number, state, units: one is used by a chart, one is still waited for.
AUTHORIZATIONS = (
    ("L12", "UA2604417", Authorization.State.APPROVED, 3),
    ("L13", "", Authorization.State.REQUESTED, 1),
)
# In force after its trial; the other one is a draft.
WARNING: dict[str, Any] = {
    "name": "Visit beside a joint injection",
    "terms": "procedure from 99202 to 99215\nmodifiers lack 25\nprocedures have 20610, 20611",
    "action": ClaimRule.Action.WARN,
    "message": "A visit on the day of a joint injection is denied without modifier 25.",
}
DRAFT: dict[str, Any] = {
    "name": "Large claims to Unified Care",
    "terms": "payer is UNI04\namount above 2500\nauthorization is empty",
    "action": ClaimRule.Action.HOLD,
    "message": "Ask Unified Care for an authorization before a claim above 2,500 dollars goes out.",
}


def seed_setup(
    practices: Mapping[str, Practice],
    payers: Mapping[tuple[str, str], Payer],
    coverages: Mapping[str, Coverage],
    today: date,
) -> dict[str, int]:
    """Everything in this module; how many of each."""
    ben = User.objects.get(email="ben@example.test")
    counts = {"routes": 0, "claim rules": 0, "questions": 0}
    for practice in practices.values():
        own = [payer for payer in payers.values() if payer.practice_id == practice.pk]
        counts["routes"] += seed_routes(practice, own, ben, today)
        counts["claim rules"] += seed_claim_rules(practice, ben, today)
        counts["questions"] += ask_first_questions(practice, ben, today)
    return counts | {"authorizations": seed_authorizations(payers, coverages, ben, today)}


def seed_routes(practice: Practice, payers: list[Payer], by: User, today: date) -> int:
    """Each payer's id at the clearinghouse; for remittances one payer has not answered yet."""
    channel = Channel.objects.get(practice=practice)
    asked_on = today - timedelta(days=45)
    needed = {Transaction.REMITTANCE: PayerRoute.Enrolment.APPROVED}
    made = 0
    for payer in payers:
        for code in Transaction.values:
            enrolment = needed.get(Transaction(code), PayerRoute.Enrolment.NOT_NEEDED)
            if code == Transaction.REMITTANCE and payer.payer_class == "advantage":
                enrolment = PayerRoute.Enrolment.REQUESTED
            set_route(
                payer,
                channel,
                code,
                payer_identifier=payer.payer_id,
                enrolment=enrolment,
                by=by,
                on=asked_on,
            )
            made += 1
    return made


def seed_claim_rules(practice: Practice, by: User, today: date) -> int:
    """A warning that is in force, and a draft that would hold."""
    starts_on = today.replace(month=1, day=1)
    warning, _ = (
        claim_rules.make_rule(practice, by=by, starts_on=starts_on, **terms)
        for terms in (WARNING, DRAFT)
    )
    claim_rules.try_rule(warning, by=by, today=today)
    claim_rules.enable_rule(warning, by=by)
    return 2


def seed_authorizations(
    payers: Mapping[tuple[str, str], Payer],
    coverages: Mapping[str, Coverage],
    by: User,
    today: date,
) -> int:
    """One approved with units left, one asked for, and what a payer wants authorized."""
    starts_on = today - timedelta(days=60)
    for patient, number, state, units in AUTHORIZATIONS:
        authorizations.save_authorization(
            coverages[patient],
            codes=IMAGING,
            by=by,
            number=number,
            state=state,
            counts=Authorization.Counts.UNITS,
            quantity=Decimal(units),
            starts_on=starts_on,
            ends_on=today + timedelta(days=120),
        )
    for payer in payers.values():
        if payer.payer_class == "commercial":
            authorizations.add_rule(payer, THERAPY, starts_on=starts_on, by=by)
    return len(AUTHORIZATIONS)


def ask_first_questions(practice: Practice, by: User, today: date) -> int:
    """Whether the first patients' policies are in force; sent as soon as somebody works."""
    first = Coverage.objects.filter(practice=practice, rank=Rank.PRIMARY).order_by("pk")
    for coverage in first.select_related("patient")[:QUESTIONS_PER_PRACTICE]:
        ask_eligibility(coverage, for_day=today, by=by, today=today)
    return QUESTIONS_PER_PRACTICE
