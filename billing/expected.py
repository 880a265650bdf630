"""What payers should allow for the lines of claims, by contract: many claims at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from billing.models import Claim, ServiceLine
from payers.rules.expected_allowed import Expected, expect_allowed
from payers.rules.medicare_units import BilledLine
from payers.terms import Contracts, fee_tables
from rcm.models import Practice


def expected_of(practice: Practice, claims: Sequence[Claim]) -> dict[int, list[Expected]]:
    """Claim -> one answer per line, in their order.

    Five statements, and the look-ups of the fee schedule for codes and days not asked before. The
    claims come with payer and coverage.
    """
    lines: dict[int, list[ServiceLine]] = {claim.pk: [] for claim in claims}
    rows = ServiceLine.objects.filter(practice=practice, claim__in=lines).order_by("position")
    for line in rows:
        lines[line.claim_id].append(line)
    places = places_of(practice, claims)
    services = {
        claim.pk: [billed_line_of(line, places[claim.pk]) for line in lines[claim.pk]]
        for claim in claims
    }
    every = [service for group in services.values() for service in group]
    codes = {service.code for service in every}
    tables = fee_tables(practice, (service.served_on for service in every), codes)
    contracts = Contracts(practice.pk, {claim.payer_id for claim in claims}, codes)
    return {
        claim.pk: expect_allowed(
            services[claim.pk],
            contracts.of(claim.payer_id, claim.coverage.plan_id),
            tables,
            claim.payer.short_name,
        )
        for claim in claims
    }


def places_of(practice: Practice, claims: Sequence[Claim]) -> Mapping[int, str]:
    """Claim -> place of service: as it was sent, else where the visit was."""
    found = {claim.pk: str(claim.content.get("place_of_service") or "") for claim in claims}
    missing = [pk for pk, place in found.items() if not place]
    rows = Claim.objects.filter(practice=practice, pk__in=missing)
    return found | dict(rows.values_list("pk", "encounter__location__place_of_service"))


def billed_line_of(line: ServiceLine, place: str) -> BilledLine:
    return BilledLine(
        position=line.position,
        code=line.procedure_code,
        modifiers=tuple(line.modifiers),
        units=line.units,
        place_of_service=place,
        served_on=line.date_of_service,
        amount_billed=line.amount_billed,
    )


def total_of(expected: Sequence[Expected]) -> Decimal | None:
    """What the whole claim should be allowed; None while a line is not known."""
    amounts = [one.amount for one in expected]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal("0.00")) if len(known) == len(amounts) and known else None
