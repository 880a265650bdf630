"""Turns the invented content of rcm.demo, payers.demo and coding.demo into rows."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from coding.demo import encounters as demo_encounters
from coding.models import Document, Encounter
from denials.demo_setup import seed_setup
from denials.demo_stays import seed_stays
from payers.demo import payers as demo_payers
from payers.models import Channel, Coverage, Fee, FeeSchedule, Payer
from rcm import access
from rcm.demo import people as demo_people
from rcm.models import (
    Contract,
    Membership,
    Organization,
    Patient,
    Practice,
    Provider,
    ServiceLocation,
    User,
)

PRACTICE_INITIALS = ("NM", "LS")
NAMES_OF_PERSONS = ("first_name", "last_name", "middle_name")


def is_seeded() -> bool:
    return Practice.objects.filter(initials__in=PRACTICE_INITIALS).count() == len(PRACTICE_INITIALS)


@transaction.atomic
def seed(today: date) -> dict[str, int]:
    """Create the whole cast for `today`; returns how many of each. One transaction."""
    cast = demo_people.build(today)
    money = demo_payers.build(today, cast)
    charts = demo_encounters.build(today, cast)
    practices = seed_practices(cast, today)
    access.open_walls([practice.pk for practice in practices.values()])
    logins = seed_users(cast, practices)
    rows = seed_people(cast, practices, logins)
    payers = seed_payers(money, practices)
    coverages = seed_coverages(money, rows["patients"], payers)
    seed_fees(money, practices)
    seed_channels(cast, practices)
    made = seed_encounters(charts, practices, rows, coverages)
    stays = seed_stays(practices, rows, coverages, today)
    arranged = seed_setup(practices, payers, coverages, today)
    return {
        "practices": len(practices),
        "patients": len(rows["patients"]),
        "payers": len(money.payers),
        "encounters": made,
        "stays": stays,
        **arranged,
    }


def address_fields(address: demo_people.DemoAddress) -> dict[str, str]:
    return {
        "address_line_1": address.street,
        "city": address.city,
        "state": address.state,
        "zip_code": address.zip_code,
    }


def seed_practices(cast: demo_people.DemoPeople, today: date) -> dict[str, Practice]:
    company = cast.organization
    organization = Organization.objects.create(name=company.name, kind=company.kind)
    practices = {}
    for row in cast.practices:
        practice = Practice.objects.create(
            name=row.name,
            initials=row.key,
            color=row.color,
            npi=row.npi,
            tax_id=row.tax_id,
            taxonomy_code=row.taxonomy_code,
            contact_name=row.contact_name,
            phone=row.phone,
            **address_fields(row.address),
        )
        Contract.objects.create(
            organization=organization,
            practice=practice,
            services=company.services,
            fee_percent=company.fee_percent,
            starts_on=today.replace(month=1, day=1),
        )
        practices[row.key] = practice
    return practices


def seed_users(cast: demo_people.DemoPeople, practices: Mapping[str, Practice]) -> dict[str, User]:
    """The logins; returns those of providers by the provider's key."""
    logins = {}
    for row in cast.users:
        user = User.objects.create_user(
            row.email, row.password, first_name=row.first_name, last_name=row.last_name
        )
        for key, role in row.memberships:
            Membership.objects.create(user=user, practice=practices[key], role=role)
        if row.provider:
            logins[row.provider] = user
    return logins


def seed_people(
    cast: demo_people.DemoPeople, practices: Mapping[str, Practice], logins: Mapping[str, User]
) -> dict[str, dict[str, Any]]:
    """Providers, locations and patients by their demo keys."""
    providers = {
        row.key: Provider(
            practice=practices[row.practice],
            first_name=row.first_name,
            last_name=row.last_name,
            credential=row.credential,
            npi=row.npi,
            taxonomy_code=row.taxonomy_code,
            user=logins.get(row.key),
        )
        for row in cast.providers
    }
    locations = {
        row.key: ServiceLocation(
            practice=practices[row.practice],
            name=row.name,
            place_of_service=row.place_of_service,
            npi=row.npi,
            **address_fields(row.address),
        )
        for row in cast.locations
    }
    patients = {
        row.key: Patient(
            practice=practices[row.practice],
            mrn=row.mrn,
            birth_date=row.birth_date,
            sex=row.sex,
            phone=row.phone,
            **{name: getattr(row, name) for name in NAMES_OF_PERSONS},
            **address_fields(row.address),
        )
        for row in cast.patients
    }
    Provider.objects.bulk_create(providers.values())
    ServiceLocation.objects.bulk_create(locations.values())
    Patient.objects.bulk_create(patients.values())
    return {"providers": providers, "locations": locations, "patients": patients}


def seed_payers(
    money: demo_payers.DemoPayers, practices: Mapping[str, Practice]
) -> dict[tuple[str, str], Payer]:
    """One row per practice and payer."""
    fields = (
        *("name", "short_name", "payer_id", "trace_identifier", "payer_class"),
        *("filing_indicator", "member_id_pattern", "timely_filing_days"),
        *("corrected_claim_days", "appeal_days", "takes_replacement_claims"),
    )
    rows = {
        (key, row.key): Payer(practice=practice, **{name: getattr(row, name) for name in fields})
        for key, practice in practices.items()
        for row in money.payers
    }
    Payer.objects.bulk_create(rows.values())
    return rows


def seed_coverages(
    money: demo_payers.DemoPayers,
    patients: Mapping[str, Patient],
    payers: Mapping[tuple[str, str], Payer],
) -> dict[str, Coverage]:
    """Coverages; returns each patient's primary one."""
    rows = []
    for row in money.coverages:
        patient = patients[row.patient]
        holder = row.subscriber
        coverage = Coverage(
            practice=patient.practice,
            patient=patient,
            payer=payers[patient.practice.initials, row.payer],
            rank=row.rank,
            member_id=row.member_id,
            group_number=row.group_number,
            relationship=row.relationship,
            starts_on=row.starts_on,
            subscriber_first_name=holder.first_name if holder else "",
            subscriber_last_name=holder.last_name if holder else "",
            subscriber_birth_date=holder.birth_date if holder else None,
            subscriber_sex=holder.sex if holder else "",
        )
        rows.append((row.patient, coverage))
    Coverage.objects.bulk_create(coverage for _, coverage in rows)
    return {patient: coverage for patient, coverage in rows if coverage.rank == "P"}


def seed_fees(money: demo_payers.DemoPayers, practices: Mapping[str, Practice]) -> None:
    source = money.fee_schedule
    for practice in practices.values():
        schedule = FeeSchedule.objects.create(practice=practice, name=source.name)
        Fee.objects.bulk_create(
            Fee(
                practice=practice,
                schedule=schedule,
                procedure_code=fee.procedure_code,
                amount=fee.amount,
                starts_on=source.starts_on,
            )
            for fee in source.fees
        )


def seed_channels(cast: demo_people.DemoPeople, practices: Mapping[str, Practice]) -> None:
    """Each practice has a mailbox of its own at the sandbox clearinghouse."""
    for key, practice in practices.items():
        Channel.objects.create(
            practice=practice,
            name="Sandbox clearinghouse",
            host="sandbox",
            username=os.environ.get("RCM_SANDBOX_USER", "sandbox"),
            secret_name="RCM_CHANNEL_SECRET_SANDBOX",  # noqa: S106  (a variable's name)
            folder_out=f"inbound/{key}",
            folder_in=f"outbound/{key}",
            submitter_id=f"{cast.organization.submitter_identifier}{key}",
            receiver_id="SANDBOX",
            receiver_name="SANDBOX CLEARINGHOUSE",
        )


def seed_encounters(
    charts: tuple[demo_encounters.DemoEncounter, ...],
    practices: Mapping[str, Practice],
    rows: Mapping[str, Mapping[str, Any]],
    coverages: Mapping[str, Coverage],
) -> int:
    """Charts to code with their documents, signed on the day they were written."""
    encounters = [
        Encounter(
            practice=practices[chart.practice],
            number=chart.number,
            patient=rows["patients"][chart.patient],
            coverage=coverages.get(chart.patient),
            provider=rows["providers"][chart.provider],
            location=rows["locations"][chart.location],
            date_of_service=chart.date_of_service,
            visit_type=chart.visit_type,
            specialty=chart.specialty.replace("_", " ").capitalize(),
            authorization_number=chart.authorization_number,
        )
        for chart in charts
    ]
    Encounter.objects.bulk_create(encounters)
    Document.objects.bulk_create(
        Document(
            practice=encounter.practice,
            encounter=encounter,
            kind=page.kind,
            title=page.title,
            text=page.text,
            signed_by=page.signed_by,
            signed_at=datetime.combine(page.signed_on, time(22, 0), UTC),
        )
        for chart, encounter in zip(charts, encounters, strict=True)
        for page in chart.documents
    )
    return len(encounters)


def logins() -> list[tuple[str, str, str]]:
    """Email, password and what the person may do, for the demo's start page."""
    cast = demo_people.build(date(2026, 1, 1))
    names = {row.key: row.name for row in cast.practices}
    return [
        (
            row.email,
            row.password,
            ", ".join(f"{role.replace('_', ' ')} of {names[key]}" for key, role in row.memberships),
        )
        for row in cast.users
    ]
