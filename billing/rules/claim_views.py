"""Looks at a claim that several checks share, the same for both forms."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from billing.rules.findings import AnyClaim
from billing.rules.guide_codes import MEDICARE
from rcm.x12.claim_837 import Address, Person, Provider, ServiceFacility
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine


class Placed(NamedTuple):
    """A provider of a claim, what it is called, the loop it stands in, and its line if any."""

    who: str
    provider: Provider
    loop: str
    line: int | None = None


class Treated(NamedTuple):
    """The patient, from 2010BA when the subscriber is the patient, else from 2010CA."""

    person: Person
    birth_date: date | None
    sex: str
    address: Address | None
    died_on: date | None
    loop: str


def patient_of(claim: AnyClaim) -> Treated:
    """Who was treated. A patient read without birth date carries `date.min`: here None."""
    who, loop = claim.patient, "2010CA"
    if who is None:
        holder = claim.subscriber
        return Treated(
            holder.person,
            holder.birth_date,
            holder.sex,
            holder.address,
            holder.died_on,
            "2010BA",
        )
    born = None if who.birth_date == date.min else who.birth_date
    return Treated(who.person, born, who.sex, who.address, who.died_on, loop)


def is_medicare(claim: AnyClaim) -> bool:
    """Is the payer Medicare (SBR09 MA or MB)?"""
    return claim.subscriber.filing_indicator in MEDICARE


def first_day(claim: AnyClaim) -> date | None:
    """The first day of service; of an institutional claim the first of its statement."""
    if isinstance(claim, InstitutionalClaim):
        return claim.statement_from
    return min([line.date_of_service for line in claim.lines], default=None)


def last_day(claim: AnyClaim) -> date | None:
    """The last day of service; of an institutional claim the last of its statement."""
    if isinstance(claim, InstitutionalClaim):
        return claim.statement_to
    days = [line.date_of_service_end or line.date_of_service for line in claim.lines]
    return max(days, default=None)


def providers_of(claim: AnyClaim) -> Iterator[Placed]:
    """Every provider but the billing one, of the claim and then of its lines."""
    if isinstance(claim, Claim):
        yield from _professional(claim)
        for line in claim.lines:
            if line.rare is not None or line.rendering_provider is not None:
                yield from _of_line(line)
        return
    for who, loop, provider in (
        ("attending provider", "2310A", claim.attending_provider),
        ("operating provider", "2310B", claim.operating_provider),
        ("other operating provider", "2310C", claim.other_operating_provider),
        ("rendering provider", "2310D", claim.rendering_provider),
        ("referring provider", "2310F", claim.referring_provider),
    ):
        if provider is not None:
            yield Placed(who, provider, loop)
    for revenue_line in claim.lines:
        yield from _of_revenue_line(revenue_line)


def _professional(claim: Claim) -> Iterator[Placed]:
    if claim.rendering_provider is not None:
        yield Placed("rendering provider", claim.rendering_provider, "2310B")
    if claim.referring_provider is not None:
        yield Placed("referring provider", claim.referring_provider, "2310A")
    if claim.rare is not None:
        if claim.rare.primary_care_provider is not None:
            yield Placed("primary care provider", claim.rare.primary_care_provider, "2310A")
        if claim.rare.supervising_provider is not None:
            yield Placed("supervising provider", claim.rare.supervising_provider, "2310D")


def _of_line(line: ServiceLine) -> Iterator[Placed]:
    rare = line.rare
    found = [("rendering provider", "2420A", line.rendering_provider)]
    if rare is not None:
        found += [
            ("purchased service provider", "2420B", rare.purchased_service_provider),
            ("supervising provider", "2420D", rare.supervising_provider),
            ("ordering provider", "2420E", rare.ordering_provider),
            *(("referring provider", "2420F", each) for each in rare.referring_providers),
        ]
    for who, loop, provider in found:
        if provider is not None:
            yield Placed(f"{who} of line {line.position}", provider, loop, line.position)


def _of_revenue_line(line: RevenueLine) -> Iterator[Placed]:
    for who, loop, provider in (
        ("operating provider", "2420A", line.operating_provider),
        ("other operating provider", "2420B", line.other_operating_provider),
        ("rendering provider", "2420C", line.rendering_provider),
        ("referring provider", "2420D", line.referring_provider),
    ):
        if provider is not None:
            yield Placed(f"{who} of line {line.position}", provider, loop, line.position)


def facilities_of(claim: AnyClaim) -> Iterator[tuple[ServiceFacility, str, int | None]]:
    """The service facilities of a claim and its lines, each with its loop and line."""
    if claim.service_facility is not None:
        loop = "2310C" if isinstance(claim, Claim) else "2310E"
        yield claim.service_facility, loop, None
    if isinstance(claim, Claim):
        for line in claim.lines:
            if line.rare is not None and line.rare.service_facility is not None:
                yield line.rare.service_facility, "2420C", line.position


def addresses_of(claim: AnyClaim) -> Iterator[tuple[str, Address, str]]:
    """Every address somebody gave, with whose it is and its loop."""
    billing = claim.billing_provider
    yield "billing provider", billing.address, "2010AA"
    if billing.pay_to is not None:
        yield "pay-to", billing.pay_to, "2010AB"
    if claim.service_facility is not None:
        for facility, loop, _ in facilities_of(claim):
            yield "service facility", facility.address, loop
    if claim.subscriber.address is not None:
        yield "subscriber", claim.subscriber.address, "2010BA"
    if claim.patient is not None:
        yield "patient", claim.patient.address, "2010CA"
    if claim.payer.address is not None:
        yield "payer", claim.payer.address, "2010BB"
