"""How payers are reached and what they agreed to, for tests that walk all addresses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.models import Batch, Reroute, RerouteMove
from payers.models import (
    Authorization,
    AuthorizationRule,
    Channel,
    Coverage,
    Payer,
    PayerContract,
    PayerRoute,
    Plan,
)
from tests import make


@dataclass(frozen=True)
class PayerTerms:
    """The rows of a world about its payer."""

    channel: Channel
    route: PayerRoute
    reroute: Reroute
    authorization: Authorization
    authorization_rule: AuthorizationRule
    plan: Plan
    contract: PayerContract


def make_terms(batch: Batch, mark: str) -> PayerTerms:
    """One of everything about the payer of the batch."""
    moved = make_reroute(batch, mark)
    claim = batch.submissions.get().claim
    return PayerTerms(
        channel=batch.channel,
        route=moved.new_route,
        reroute=moved.reroute,
        authorization=make_authorization(claim.coverage, number=f"A{mark}"),
        authorization_rule=make_authorization_rule(claim.payer),
        plan=make_plan(claim.payer, name=f"Plan {mark}"),
        contract=make_contract(claim.payer, name=f"Contract {mark}"),
    )


def make_authorization(coverage: Coverage, **changes: Any) -> Authorization:
    """Ten units of anything in 2026."""
    fields: dict[str, Any] = {
        "number": "A1",
        "quantity": Decimal(10),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    return Authorization.objects.create(
        practice=coverage.practice,
        patient=coverage.patient,
        coverage=coverage,
        **fields | changes,
    )


def make_authorization_rule(payer: Payer, codes: str = "97110") -> AuthorizationRule:
    """From the start of 2026 on."""
    first, _, last = codes.partition("-")
    return AuthorizationRule.objects.create(
        practice=payer.practice,
        payer=payer,
        first_code=first,
        last_code=last or first,
        starts_on=date(2026, 1, 1),
    )


def make_reroute(batch: Batch, mark: str) -> RerouteMove:
    """The payer's claims went from the channel of the batch to another one."""
    practice, payer = batch.practice, batch.payer
    channel = make.channel(practice, name=f"Second of {mark}")
    route = PayerRoute.objects.create(
        practice=practice,
        payer=payer,
        channel=channel,
        transaction="837P",
        payer_identifier=f"{mark}2",
        is_active=True,
    )
    row = Reroute.objects.create(
        practice=practice,
        from_channel=batch.channel,
        to_channel=channel,
        reason=f"{mark} outage",
        in_flight=[batch.pk],
    )
    return RerouteMove.objects.create(
        practice=practice, reroute=row, payer=payer, transaction="837P", new_route=route
    )


def make_plan(payer: Payer, **changes: Any) -> Plan:
    fields: dict[str, Any] = {"name": "Gold", "starts_on": date(2026, 1, 1)}
    return Plan.objects.create(practice=payer.practice, payer=payer, **fields | changes)


def make_contract(payer: Payer, **changes: Any) -> PayerContract:
    """120 percent of Medicare in 2026, unless changed."""
    fields: dict[str, Any] = {
        "name": "Unified 2026",
        "method": "medicare",
        "percent": Decimal(120),
        "starts_on": date(2026, 1, 1),
    }
    return PayerContract.objects.create(practice=payer.practice, payer=payer, **fields | changes)
