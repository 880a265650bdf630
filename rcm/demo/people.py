"""The invented billing company, its two practices and everyone in them.

All rows are plain frozen dataclasses keyed by short strings; a seeder turns them into
database rows. Ages are kept instead of birth dates so that a demonstration looks the same
on whatever day it is started.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from rcm.demo.identifiers import make_npi

DEMO_PASSWORD = "sandbox-Rev-2026"  # noqa: S105 -- documented password of the demonstration logins
PATIENTS_FILE = Path(__file__).with_name("patients.csv")
DAYS_PER_YEAR = 365.2425


@dataclass(frozen=True)
class DemoAddress:
    """A street address; `zip_code` has nine digits as a billing address in an 837 needs."""

    street: str
    city: str
    state: str
    zip_code: str


@dataclass(frozen=True)
class DemoOrganization:
    """The company with a contract for both practices; `fee_percent` of the net cash."""

    name: str
    kind: str
    services: str
    fee_percent: Decimal
    submitter_identifier: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True)
class DemoPractice:
    """One tenant; `key` is its initials."""

    key: str
    name: str
    npi: str
    tax_id: str
    taxonomy_code: str
    address: DemoAddress
    phone: str
    contact_name: str
    clia_number: str
    color: str


@dataclass(frozen=True)
class DemoUser:
    """A login; `memberships` pairs practice key and role."""

    username: str
    email: str
    first_name: str
    last_name: str
    memberships: tuple[tuple[str, str], ...]
    provider: str = ""
    password: str = DEMO_PASSWORD


@dataclass(frozen=True)
class DemoProvider:
    """A rendering provider of one practice."""

    key: str
    practice: str
    first_name: str
    last_name: str
    credential: str
    specialty: str
    taxonomy_code: str
    npi: str

    @property
    def signature(self) -> str:
        """Name and credential as a note is signed."""
        return f"{self.first_name} {self.last_name}, {self.credential}"


@dataclass(frozen=True)
class DemoLocation:
    """A place where a practice's patients are seen."""

    key: str
    practice: str
    name: str
    place_of_service: str
    npi: str
    address: DemoAddress


@dataclass(frozen=True)
class DemoPatient:
    """A synthetic patient; `sex` is F or M, `phone` ten digits with the fictional 555-01xx."""

    key: str
    practice: str
    mrn: str
    last_name: str
    first_name: str
    middle_name: str
    sex: str
    birth_date: date
    age: int
    address: DemoAddress
    phone: str


@dataclass(frozen=True)
class DemoPeople:
    """Everything `build` returns."""

    organization: DemoOrganization
    practices: tuple[DemoPractice, ...]
    users: tuple[DemoUser, ...]
    providers: tuple[DemoProvider, ...]
    locations: tuple[DemoLocation, ...]
    patients: tuple[DemoPatient, ...]


ORGANIZATION = DemoOrganization(
    name="Meridian Billing Partners",
    kind="billing_company",
    services="both",
    fee_percent=Decimal("5.50"),
    submitter_identifier="MERIDIAN01",
    contact_name="Mia Torvald",
    contact_phone="4025550170",
)

PRACTICES = (
    DemoPractice(
        key="NM",
        name="Northside Medical Group",
        npi=make_npi("150000101"),
        tax_id="070010101",
        taxonomy_code="207Q00000X",
        address=DemoAddress("1200 Harvest Ave Suite 100", "Maple Hollow", "NE", "680011200"),
        phone="4025550110",
        contact_name="Front Office",
        clia_number="28D0000101",
        color="blue",
    ),
    DemoPractice(
        key="LS",
        name="Lakeside Specialty Clinic",
        npi=make_npi("150000202"),
        tax_id="070020202",
        taxonomy_code="207RC0000X",
        address=DemoAddress("48 Ferry Rd", "Lakeview", "NE", "681100048"),
        phone="4025550120",
        contact_name="Billing Desk",
        clia_number="28D0000202",
        color="teal",
    ),
)

BOTH = ("NM", "LS")

USERS = (
    DemoUser("ana", "ana@example.test", "Ana", "Brandt", tuple((p, "coder") for p in BOTH)),
    DemoUser("ben", "ben@example.test", "Ben", "Achterberg", tuple((p, "biller") for p in BOTH)),
    DemoUser("cora", "cora@example.test", "Cora", "Villanueva", (("LS", "coder_biller"),)),
    DemoUser("mia", "mia@example.test", "Mia", "Torvald", tuple((p, "manager") for p in BOTH)),
    DemoUser("otto", "otto@example.test", "Otto", "Kessler", (("LS", "biller"),)),
    DemoUser("paula", "paula@example.test", "Paula", "Okafor", (("NM", "provider"),), "okafor"),
    DemoUser("victor", "victor@example.test", "Victor", "Aldous", (("LS", "provider"),), "aldous"),
)

PROVIDERS = tuple(
    DemoProvider(*row[:7], npi=make_npi(row[7]))
    for row in (
        ("okafor", "NM", "Paula", "Okafor", "MD", "family_medicine", "207Q00000X", "160000101"),
        (
            "lindqvist",
            "NM",
            "Samuel",
            "Lindqvist",
            "DO",
            "internal_medicine",
            "207R00000X",
            "160000102",
        ),
        ("whitfield", "NM", "Rosa", "Whitfield", "MD", "orthopaedics", "207X00000X", "160000103"),
        (
            "nakamura",
            "NM",
            "Grace",
            "Nakamura",
            "FNP-C",
            "family_medicine",
            "363LF0000X",
            "160000104",
        ),
        ("castellan", "LS", "Imani", "Castellan", "MD", "dermatology", "207N00000X", "160000201"),
        ("aldous", "LS", "Victor", "Aldous", "MD", "cardiology", "207RC0000X", "160000202"),
        ("marchetti", "LS", "Helen", "Marchetti", "MD", "radiology", "2085R0202X", "160000203"),
        ("ferris", "LS", "Noah", "Ferris", "PA-C", "dermatology", "363AM0700X", "160000204"),
    )
)

LOCATIONS = (
    DemoLocation(
        "nm-main", "NM", "Northside Main Office", "11", make_npi("170000101"), PRACTICES[0].address
    ),
    DemoLocation(
        "nm-elk",
        "NM",
        "Northside Elk Crossing Office",
        "11",
        make_npi("170000102"),
        DemoAddress("77 Depot St", "Elk Crossing", "NE", "680070077"),
    ),
    DemoLocation(
        "nm-hospital",
        "NM",
        "Maple Hollow Hospital Outpatient Clinic",
        "22",
        make_npi("170000103"),
        DemoAddress("1 Hospital Dr", "Maple Hollow", "NE", "680010001"),
    ),
    DemoLocation(
        "ls-main", "LS", "Lakeside Clinic", "11", make_npi("170000201"), PRACTICES[1].address
    ),
    DemoLocation(
        "ls-imaging",
        "LS",
        "Lakeside Imaging Center",
        "11",
        make_npi("170000202"),
        DemoAddress("52 Ferry Rd", "Lakeview", "NE", "681100052"),
    ),
    DemoLocation(
        "ls-hospital",
        "LS",
        "Stillwater Hospital Heart Clinic",
        "22",
        make_npi("170000203"),
        DemoAddress("900 Shore Dr", "Stillwater Bay", "NE", "681120900"),
    ),
)


def build(today: date) -> DemoPeople:
    """Return the whole cast with birth dates counted back from `today`."""
    return DemoPeople(
        organization=ORGANIZATION,
        practices=PRACTICES,
        users=USERS,
        providers=PROVIDERS,
        locations=LOCATIONS,
        patients=read_patients(today),
    )


def read_patients(today: date) -> tuple[DemoPatient, ...]:
    """Read the 60 patients; every one has the stated age on any day of the last six weeks."""
    with PATIENTS_FILE.open(newline="", encoding="utf-8") as rows:
        return tuple(make_patient(row, today) for row in csv.DictReader(rows))


def make_patient(row: dict[str, str], today: date) -> DemoPatient:
    """Turn one row of patients.csv into a patient."""
    days = round(int(row["age"]) * DAYS_PER_YEAR) + int(row["birthday_offset"])
    return DemoPatient(
        key=row["key"],
        practice=row["practice"],
        mrn=row["mrn"],
        last_name=row["last_name"],
        first_name=row["first_name"],
        middle_name=row["middle_name"],
        sex=row["sex"],
        birth_date=today - timedelta(days=days),
        age=int(row["age"]),
        address=DemoAddress(row["street"], row["city"], row["state"], row["zip_code"]),
        phone=row["phone"],
    )
