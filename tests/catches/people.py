"""Invented parties: patients, policies, providers, addresses. Numbers have right check digits."""

from datetime import date, timedelta
from random import Random

from billing.rules.scrub_parties import is_npi
from rcm.x12.claim_837 import (
    Address,
    BillingProvider,
    ClaimPayer,
    Patient,
    Person,
    Provider,
    ServiceFacility,
    Subscriber,
)

LAST = ("Okafor", "Lindqvist", "Moreau", "O'Neil", "Garcia-Lopez", "Tanaka", "Brandt", "Silva")
FIRST = ("Denise", "Annika", "Tomi", "Paul", "Mara", "Igor", "June", "Cole")
STREETS = (
    "Elm Street",
    "Main Street",
    "Prospect Avenue",
    "Box Elder Road",
    "Lake Road",
    "1st Avenue",
)
# City and three-digit ZIP area, all in Illinois.
CITIES = (("Springfield", "627"), ("Chicago", "606"), ("Peoria", "616"), ("Evanston", "602"))
LETTERS = "ACDEFGHJKMNPQRTUVWXY"
PAYERS = {
    "CI": ("Unified Care", "UNIFD"),
    "BL": ("Prairie Blue", "PBLUE"),
    "MC": ("State Health", "ILMCD"),
    "MB": ("Medicare Part B", "MCRB1"),
    "MA": ("Medicare Part A", "MCRA1"),
}


def make_npi(random: Random) -> str:
    """Ten digits, the last of them the check digit."""
    start = f"1{random.randrange(10**8):08}"
    return next(number for end in range(10) if is_npi(number := f"{start}{end}"))


def make_person(random: Random) -> Person:
    middle = random.choice(("", "", "A", "Marie"))
    return Person(random.choice(LAST), random.choice(FIRST), middle)


def make_address(random: Random, digits: int) -> Address:
    """With a ZIP code of five or nine digits that lies in the city's area."""
    city, area = random.choice(CITIES)
    zip_code = f"{area}{random.randrange(1, 99):02}{random.randrange(1, 9_998):04}"
    street = f"{random.randint(1, 9_999)} {random.choice(STREETS)}"
    return Address(street, city, "IL", zip_code[:digits])


def make_member_id(random: Random, kind: str) -> str:
    if kind in ("MA", "MB"):
        letters, digits = random.choices(LETTERS, k=5), random.choices("0123456789", k=5)
        a, b, c, d, e = letters
        v, w, x, y, z = digits
        return f"{random.randint(1, 9)}{a}{b}{v}{c}{d}{w}{e}{random.choice(LETTERS)}{x}{y}"[:11]
    return (
        f"{random.randrange(10**8, 10**9)}" if kind == "MC" else f"UC{random.randrange(10**8):08}"
    )


def make_billing(random: Random) -> BillingProvider:
    return BillingProvider(
        f"{random.choice(LAST)} Medical Group",
        make_npi(random),
        f"{random.randint(10, 98)}{random.randrange(10**7):07}",
        "207Q00000X",
        make_address(random, 9),
        contact_name="Billing Office",
        contact_phone=f"217555{random.randrange(10_000):04}",
    )


def make_provider(random: Random) -> Provider:
    return Provider(make_person(random), make_npi(random), "207Q00000X")


def make_facility(random: Random) -> ServiceFacility:
    return ServiceFacility("Lake Hospital", make_npi(random), make_address(random, 9))


def make_holder(random: Random, kind: str, served_on: date, sex: str = "") -> Subscriber:
    """An adult who holds the policy, and is the patient."""
    years = random.randint(66, 90) if kind in ("MA", "MB") else random.randint(22, 62)
    return Subscriber(
        make_person(random),
        make_member_id(random, kind),
        "P",
        kind,
        served_on - timedelta(years * 365 + random.randrange(200)),
        sex or random.choice("FM"),
        make_address(random, random.choice((5, 9))),
        group_number="" if kind in ("MA", "MB", "MC") else f"G{random.randrange(10_000)}",
    )


def make_child(random: Random, served_on: date) -> Patient:
    born = served_on - timedelta(random.randint(3, 16) * 365 + random.randrange(200))
    return Patient(make_person(random), "19", born, random.choice("FM"), make_address(random, 5))


def make_payer(kind: str) -> ClaimPayer:
    return ClaimPayer(*PAYERS[kind])
