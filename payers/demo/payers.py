"""Six invented payers and who is covered by them.

A seeder makes one row per payer and practice. Member numbers follow each payer's pattern with
one deliberate exception, which the sandbox rejects at the front door (277CA).
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from payers.demo.fees import DemoFeeSchedule
from payers.demo.fees import build as build_fee_schedule
from rcm.demo import people
from rcm.demo.people import DemoAddress, DemoPatient, DemoPeople

COVERAGES_FILE = Path(__file__).with_name("coverages.csv")
SELF = "18"
COVERED_FOR_DAYS = 700


@dataclass(frozen=True)
class DemoPayer:
    """Who adjudicates and pays.

    `filing_indicator` is SBR09, `payer_id` NM109 of the payer, `trace_identifier` TRN03
    and BPR10 of its remittances. The three day counts run from the date of service (filing) or
    from the remittance (correction, appeal).
    """

    key: str
    name: str
    short_name: str
    payer_class: str
    filing_indicator: str
    payer_id: str
    trace_identifier: str
    timely_filing_days: int
    corrected_claim_days: int
    appeal_days: int
    takes_replacement_claims: bool
    member_id_pattern: str
    address: DemoAddress
    phone: str


@dataclass(frozen=True)
class DemoSubscriber:
    """The policy holder when it is not the patient."""

    last_name: str
    first_name: str
    sex: str
    birth_date: date
    address: DemoAddress


@dataclass(frozen=True)
class DemoCoverage:
    """One patient's policy; `rank` is SBR01, `relationship` SBR02 or PAT01.

    18 means the patient holds the policy and `subscriber` is None.
    """

    patient: str
    payer: str
    rank: str
    member_id: str
    group_number: str
    group_name: str
    relationship: str
    starts_on: date
    subscriber: DemoSubscriber | None = None


@dataclass(frozen=True)
class DemoPayers:
    """Everything `build` returns."""

    payers: tuple[DemoPayer, ...]
    coverages: tuple[DemoCoverage, ...]
    fee_schedule: DemoFeeSchedule


def make_payer(row: tuple[str, ...], days: tuple[int, int, int], replacement: bool) -> DemoPayer:
    """Build a payer from its texts in order, ending with street and last four of the phone."""
    key, name, short, payer_class, indicator, identifier, trace, pattern, street, phone = row
    return DemoPayer(
        key,
        name,
        short,
        payer_class,
        indicator,
        identifier,
        trace,
        *days,
        replacement,
        pattern,
        DemoAddress(street, "Capital Grove", "NE", "685010001"),
        f"402555{phone}",
    )


PAYERS = (
    make_payer(
        ("federal", "Federal Senior Health Part B", "Federal Senior",
         "medicare", "MB", "FSH01", "1070000001",
         r"1E\d{2}[A-Z]\d{2}[A-Z]{2}\d{2}", "1 Federal Plz", "0181"),
        (365, 365, 120),
        replacement=False,
    ),
    make_payer(
        ("state", "State Medical Assistance", "State Medical",
         "medicaid", "MC", "SMA02", "1070000002",
         r"\d{11}", "200 Statehouse Way", "0182"),
        (180, 365, 90),
        replacement=True,
    ),
    make_payer(
        ("blue", "Blue Prairie", "Blue Prairie", "blue", "BL", "BPR03", "1070000003",
         r"BPX\d{9}", "33 Prairie Pkwy", "0183"),
        (180, 365, 180),
        replacement=True,
    ),
    make_payer(
        ("unified", "Unified Care", "Unified Care", "commercial", "CI", "UNI04", "1070000004",
         r"U\d{8}", "404 Commerce Blvd", "0184"),
        (90, 180, 180),
        replacement=True,
    ),
    make_payer(
        ("harbor", "Harbor Mutual", "Harbor Mutual", "commercial", "CI", "HAR05", "1070000005",
         r"HM\d{8}", "5 Harbor Sq", "0185"),
        (90, 90, 180),
        replacement=True,
    ),
    make_payer(
        ("summit", "Summit Advantage", "Summit Advantage", "advantage", "16", "SUM06", "1070000006",
         r"SA\d{9}", "66 Summit Rd", "0186"),
        (365, 365, 65),
        replacement=True,
    ),
)  # fmt: skip


def build(today: date, cast: DemoPeople | None = None) -> DemoPayers:
    """Return payers, every patient's coverages and the charge schedule as of `today`."""
    cast = cast or people.build(today)
    return DemoPayers(PAYERS, read_coverages(today, cast), build_fee_schedule(today))


def read_coverages(today: date, cast: DemoPeople) -> tuple[DemoCoverage, ...]:
    """Read coverages.csv; one primary per patient, some with a secondary."""
    patients = {patient.key: patient for patient in cast.patients}
    with COVERAGES_FILE.open(newline="", encoding="utf-8") as rows:
        return tuple(make_coverage(row, patients, today) for row in csv.DictReader(rows))


def make_coverage(
    row: dict[str, str], patients: dict[str, DemoPatient], today: date
) -> DemoCoverage:
    """Turn one row of coverages.csv into a coverage that began about two years ago."""
    return DemoCoverage(
        patient=row["patient"],
        payer=row["payer"],
        rank=row["rank"],
        member_id=row["member_id"],
        group_number=row["group_number"],
        group_name=row["group_name"],
        relationship=row["relationship"],
        starts_on=today - timedelta(days=COVERED_FOR_DAYS),
        subscriber=make_subscriber(row, patients[row["patient"]], today),
    )


def make_subscriber(
    row: dict[str, str], patient: DemoPatient, today: date
) -> DemoSubscriber | None:
    """The policy holder of a dependent, living at the patient's address; None for the patient."""
    if row["relationship"] == SELF:
        return None
    days = round(int(row["subscriber_age"]) * people.DAYS_PER_YEAR) + 100
    return DemoSubscriber(
        last_name=row["subscriber_last_name"],
        first_name=row["subscriber_first_name"],
        sex=row["subscriber_sex"],
        birth_date=today - timedelta(days=days),
        address=patient.address,
    )
