"""The practices of the simulated year: people, patients with their policies, prices, a mailbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from denials.simulation.payer_file import PayerFile
from denials.simulation.visits import Coder
from payers.actions.routes import set_route
from payers.demo.fees import read_fees
from payers.models import Channel, Coverage, Fee, FeeSchedule, Payer, PayerRoute, Transaction
from rcm import access
from rcm.demo.identifiers import make_npi
from rcm.models import Membership, Patient, Practice, Provider, Role, ServiceLocation, User

PATIENTS = 420
PROVIDERS = 3
# Where the practice has no price of its own; it is never what a payer allows.
PRICE = Decimal("120.00")
HIGH_PRICES = {"72148": Decimal("780.00"), "73721": Decimal("760.00"), "76700": Decimal("310.00")}
FIRST_NAMES = ("Ada", "Bela", "Cleo", "Dora", "Edda", "Finn", "Gaia", "Hugo", "Iris", "Jon")
LAST_NAMES = (
    "Abbot",
    "Birch",
    "Crane",
    "Dove",
    "Elder",
    "Frost",
    "Grove",
    "Heath",
    "Ivy",
    "Juniper",
)
# A member whose policy ended and who did not say so.
ENDED = "77"


@dataclass(frozen=True)
class Clinic:
    """One practice and everybody in it."""

    practice: Practice
    coders: tuple[tuple[User, Coder], ...]
    biller: User
    manager: User
    providers: Sequence[Provider]
    location: ServiceLocation
    coverages: Sequence[Coverage]
    drawn: Random


def open_clinics(file: PayerFile, count: int, seed: int, begins_on: date) -> list[Clinic]:
    """So many practices with the same payers, each with people and patients of its own."""
    return [open_clinic(file, number, seed, begins_on) for number in range(1, count + 1)]


@transaction.atomic
def open_clinic(file: PayerFile, number: int, seed: int, begins_on: date) -> Clinic:
    drawn = Random(f"{seed}:{number}")  # noqa: S311 -- varies an invented year only
    practice = Practice.objects.create(
        name=f"Simulated Practice {number}",
        initials=f"S{number}",
        color="green",
        npi=make_npi(f"15{number:07d}"),
        tax_id=f"07{number:07d}",
        taxonomy_code="207Q00000X",
        contact_name="Sim Office",
        phone="4025550100",
        **address(f"{number} Simulation Way"),
    )
    access.open_walls([practice.pk])
    people = make_people(practice, number)
    channel = make_channel(practice, number)
    payers = make_payers(practice, file, channel, people["manager"], begins_on)
    location = ServiceLocation.objects.create(
        practice=practice,
        name="Main office",
        place_of_service="11",
        npi=make_npi(f"16{number:07d}"),
        **address(f"{number} Simulation Way"),
    )
    make_prices(practice, file, begins_on)
    coders = tuple((people[key], Coder(f"{seed}:{number}:{key}")) for key in ("first", "second"))
    return Clinic(
        practice,
        coders,
        people["biller"],
        people["manager"],
        make_providers(practice, number),
        location,
        make_patients(practice, file, payers, drawn, begins_on),
        drawn,
    )


def address(street: str) -> dict[str, str]:
    return {
        "address_line_1": street,
        "city": "Maple Hollow",
        "state": "NE",
        "zip_code": "680011200",
    }


def make_people(practice: Practice, number: int) -> dict[str, User]:
    roles = {
        "first": Role.CODER,
        "second": Role.CODER,
        "biller": Role.BILLER,
        "manager": Role.MANAGER,
    }
    people = {}
    for key, role in roles.items():
        user = User.objects.create_user(
            f"{key}.{number}@example.test", None, first_name=key.capitalize(), last_name="Sim"
        )
        Membership.objects.create(user=user, practice=practice, role=role)
        people[key] = user
    return people


def make_channel(practice: Practice, number: int) -> Channel:
    return Channel.objects.create(
        practice=practice,
        name="Sandbox clearinghouse",
        host="sandbox",
        username="sandbox",
        secret_name="RCM_CHANNEL_SECRET_SANDBOX",  # noqa: S106  (a variable's name)
        folder_out=f"inbound/S{number}",
        folder_in=f"outbound/S{number}",
        submitter_id=f"SIMULATION{number}",
        receiver_id="SANDBOX",
        receiver_name="SANDBOX CLEARINGHOUSE",
    )


def make_payers(
    practice: Practice, file: PayerFile, channel: Channel, by: User, begins_on: date
) -> dict[str, Payer]:
    """The payers by their id, with their routes. Nothing is said of what they want."""
    payers = {}
    for row in file.payers:
        payer = payers[row.payer_id] = Payer.objects.create(
            practice=practice,
            name=row.name[:60],
            short_name=row.name[:24],
            payer_id=row.payer_id,
            trace_identifier=row.script["trace_identifier"],
            payer_class=row.payer_class,
            filing_indicator=row.filing_indicator,
        )
        for code in Transaction.values:
            set_route(
                payer,
                channel,
                code,
                payer_identifier=row.payer_id,
                enrolment=PayerRoute.Enrolment.NOT_NEEDED,
                by=by,
                on=begins_on,
            )
    return payers


def make_prices(practice: Practice, file: PayerFile, begins_on: date) -> None:
    """A price for every procedure of the file, wrongly coded ones included."""
    known = {fee.procedure_code: fee.amount for fee in read_fees()} | HIGH_PRICES
    wrong = (mistake.also for kind in file.visits for mistake in kind.mistakes)
    codes = {line.code for kind in file.visits for line in kind.right.lines}
    codes |= {line.code for line in wrong if line is not None}
    schedule = FeeSchedule.objects.create(practice=practice, name="Charges")
    Fee.objects.bulk_create(
        Fee(
            practice=practice,
            schedule=schedule,
            procedure_code=code,
            amount=known.get(code, PRICE),
            starts_on=begins_on - timedelta(days=365),
        )
        for code in sorted(codes)
    )


def make_providers(practice: Practice, number: int) -> list[Provider]:
    return Provider.objects.bulk_create(
        Provider(
            practice=practice,
            first_name=FIRST_NAMES[at],
            last_name="Physician",
            credential="MD",
            npi=make_npi(f"17{number:04d}{at:03d}"),
            taxonomy_code="207Q00000X",
        )
        for at in range(PROVIDERS)
    )


def make_patients(
    practice: Practice, file: PayerFile, payers: dict[str, Payer], drawn: Random, begins_on: date
) -> list[Coverage]:
    """Patients between 45 and 80, each with one policy; one in fifty is not covered any more."""
    patients = Patient.objects.bulk_create(
        Patient(
            practice=practice,
            mrn=f"{practice.initials}-{at:05d}",
            first_name=drawn.choice(FIRST_NAMES),
            last_name=f"{drawn.choice(LAST_NAMES)}",
            birth_date=date(begins_on.year - drawn.randint(45, 80), drawn.randint(1, 12), 15),
            sex="F",
            **address(f"{at} Patient Street"),
        )
        for at in range(PATIENTS)
    )
    chosen = drawn.choices(file.payers, [payer.share for payer in file.payers], k=PATIENTS)
    return Coverage.objects.bulk_create(
        Coverage(
            practice=practice,
            patient=patient,
            payer=payers[payer.payer_id],
            rank="P",
            member_id=f"{at:07d}{ENDED if drawn.randrange(50) == 0 else f'{at % 70:02d}'}",
            relationship="18",
            starts_on=begins_on - timedelta(days=700),
        )
        for at, (patient, payer) in enumerate(zip(patients, chosen, strict=True))
    )


def walk(clinics: Sequence[Clinic]) -> Iterator[Clinic]:
    """Each practice in a transaction that sees no other one."""
    for clinic in clinics:
        with access.acting_in(clinic.practice.pk):
            yield clinic
