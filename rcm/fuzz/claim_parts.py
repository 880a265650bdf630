"""Invented parts of claims of either 837 guide: parties, numbers, other payers. Seeded.

Every part is one the guide has room for and the writer sends, in the guide's order, so that what is
read back has to be equal.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from rcm.x12.claim_837 import (
    Address,
    Attachment,
    BillingProvider,
    ClaimPayer,
    Contract,
    Drug,
    Identifier,
    LineAdjudication,
    OtherPayer,
    Patient,
    PayToPlan,
    Person,
    Provider,
    Repricing,
    ServiceFacility,
    Subscriber,
)
from rcm.x12.remittance_835 import Adjustment

Value = TypeVar("Value")

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
MARKS = ("", "", "", "'", "-", ".", ",", " &", "/", "(", ")", "+", "=")
RELATIONSHIPS = ("01", "19", "20", "21", "39", "40", "53", "G8")
RANKS = ("P", "S", "T", "A", "B", "C", "U")
INSURANCE_TYPES = ("12", "13", "14", "15", "16", "41", "42", "43", "47")
INDICATORS = ("11", "12", "15", "AM", "BL", "CH", "CI", "HM", "MA", "MB", "MC", "VA", "WC", "ZZ")
REPORTS = ("03", "04", "AS", "B3", "CT", "DA", "EB", "OZ", "RR", "V5", "XP")
TRANSMISSIONS = ("BM", "EL", "EM", "FT", "FX")
CONTRACTS = ("01", "02", "03", "04", "05", "06", "09")
ADJUSTMENT_SEGMENTS = 5
TRIPLETS = 6


class Inventor:
    """Parts of claims from one random source."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def maybe(self, make: Callable[[], Value], share: float = 0.3) -> Value | None:
        """A value with probability `share`."""
        return make() if self.chance(share) else None

    def few(self, make: Callable[[], Value], most: int, share: float = 0.3) -> tuple[Value, ...]:
        """Mostly none, at times as many as the guide allows."""
        if not self.chance(share):
            return ()
        return tuple(make() for _ in range(min(most, self.random.choice((1, 1, 2, most)))))

    def pick(self, values: Sequence[Value]) -> Value:
        return self.random.choice(values)

    def some(self, values: Sequence[Value], most: int) -> tuple[Value, ...]:
        """Different ones, in their order."""
        count = self.random.randint(1, min(most, len(values)))
        picked = set(self.random.sample(range(len(values)), count))
        return tuple(value for index, value in enumerate(values) if index in picked)

    def token(self, longest: int = 12, shortest: int = 1) -> str:
        length = self.random.randint(shortest, longest)
        return "".join(self.random.choices(LETTERS + DIGITS, k=length))

    def digits(self, count: int) -> str:
        return "".join(self.random.choices(DIGITS, k=count))

    def word(self) -> str:
        first = "".join(self.random.choices(LETTERS, k=self.random.randint(1, 7)))
        return first + self.pick(MARKS)

    def words(self, longest: int = 60) -> str:
        """Text of the X12 basic set without blanks at its ends or two in a row."""
        text = " ".join(self.word() for _ in range(self.random.randint(1, 6)))
        return text[:longest].strip()

    def text(self, longest: int, share: float = 0.4) -> str:
        """Words or nothing."""
        return self.words(longest) if self.chance(share) else ""

    def optional(self, longest: int = 20, share: float = 0.4) -> str:
        """A token or nothing."""
        return self.token(longest) if self.chance(share) else ""

    def cents(self, largest: int = 9_999_999) -> int:
        return self.random.choice((0, 5, 1_000, self.random.randint(1, largest)))

    def number(self, largest: int = 999) -> Decimal:
        return self.pick(
            (Decimal(self.random.randint(1, largest)), Decimal(self.random.randint(1, 9_999)) / 100)
        )

    def day(self) -> date:
        return date(2024, 1, 1) + timedelta(self.random.randrange(1_000))

    def npi(self) -> str:
        return f"1{self.digits(9)}"

    def address(self) -> Address:
        street = f"{self.random.randint(1, 9_999)} {self.words(40)}"
        line_2 = self.text(55, 0.3)
        if self.chance(0.1):
            return Address(street, self.place(), "ON", "K1A0B1", line_2, "CA")
        city, state = self.place(), self.pick(("IL", "NY", "CA", "TX", "PR"))
        return Address(street, city, state, self.digits(9), line_2)

    def place(self) -> str:
        return f"PORT {self.words(25)}"

    def person(self) -> Person:
        middle, suffix = self.text(25, 0.3), self.pick(("", "", "JR", "III"))
        return Person(self.words(60), self.words(35), middle, suffix)

    def identifiers(self, qualifiers: Sequence[str], most: int) -> tuple[Identifier, ...]:
        if self.chance(0.7):
            return ()
        return tuple(Identifier(each, self.token(50)) for each in self.some(qualifiers, most))

    def provider(
        self,
        qualifiers: Sequence[str],
        *,
        can_be_organization: bool = False,
        taxonomy: bool = False,
    ) -> Provider:
        is_organization = can_be_organization and self.chance(0.3)
        return Provider(
            Person(self.words(60), "") if is_organization else self.person(),
            self.npi() if self.chance(0.9) else "",
            f"{self.digits(3)}Q00000X" if taxonomy and self.chance(0.6) else "",
            is_organization,
            self.identifiers(qualifiers, 3),
        )

    def facility(self, qualifiers: Sequence[str]) -> ServiceFacility:
        npi = self.npi() if self.chance(0.8) else ""
        numbers = self.identifiers(qualifiers, len(qualifiers))
        return ServiceFacility(self.words(60), npi, self.address(), numbers)

    def billing_provider(self, *, can_be_person: bool) -> BillingProvider:
        is_person = can_be_person and self.chance(0.3)
        person = self.person()
        return BillingProvider(
            person.last_name,
            self.npi() if self.chance(0.9) else "",
            self.digits(9),
            f"{self.digits(3)}R00000X" if self.chance(0.8) else "",
            self.address(),
            *((self.words(60), self.digits(10)) if self.chance(0.7) else ("", "")),
            tax_id_qualifier=self.pick(("EI", "SY")) if can_be_person else "EI",
            pay_to=self.maybe(self.address),
            first_name=person.first_name if is_person else "",
            middle_name=person.middle_name if is_person else "",
            suffix=person.suffix if is_person else "",
            identifiers=self.identifiers(("0B", "1G"), 2) if can_be_person else (),
            pay_to_plan=self.maybe(self.pay_to_plan, 0.2),
        )

    def pay_to_plan(self) -> PayToPlan:
        return PayToPlan(
            self.words(60),
            self.pick(("PI", "XV")),
            self.token(20, 2),
            self.address(),
            self.digits(9),
            self.identifiers(("2U", "FY", "NF"), 1),
        )

    def subscriber(self, patient: Patient | None, *, professional: bool) -> Subscriber:
        """The patient too when there is no other; an organisation only when there is."""
        is_organization = patient is not None and self.chance(0.1)
        is_patient = patient is None
        condition = is_patient and professional and self.chance(0.3)
        is_born = is_patient and self.chance(0.95)
        return Subscriber(
            Person(self.words(60), "") if is_organization else self.person(),
            self.token(30, 2),
            self.pick(RANKS),
            self.pick(INDICATORS) if self.chance(0.95) else "",
            self.day() if is_born else None,
            self.pick("FMU") if is_born else "",
            self.address() if is_patient and self.chance(0.95) else None,
            self.optional(50),
            self.text(60, 0.3),
            patient.relationship if patient else "18",
            self.pick(INSURANCE_TYPES) if professional and self.chance(0.2) else "",
            is_organization,
            self.maybe(self.day, 0.5) if condition else None,
            self.maybe(self.number, 0.5) if condition else None,
            condition and self.chance(0.5),
            self.optional(50, 0.1),
            self.digits(9) if self.chance(0.1) else "",
        )

    def patient(self, *, professional: bool) -> Patient:
        condition = professional and self.chance(0.3)
        return Patient(
            self.person(),
            self.pick(RELATIONSHIPS),
            self.day(),
            self.pick("FMU"),
            self.address(),
            self.maybe(self.day, 0.5) if condition else None,
            self.maybe(self.number, 0.5) if condition else None,
            condition and self.chance(0.5),
            self.optional(50, 0.2),
            self.optional(50, 0.2),
        )

    def payer(self) -> ClaimPayer:
        return ClaimPayer(
            self.words(60),
            self.token(20, 2),
            self.pick(("PI", "XV")),
            self.maybe(self.address),
            self.identifiers(("2U", "EI", "FY", "NF"), 3),
            self.identifiers(("G2", "LU"), 1),
        )

    def adjustments(self) -> tuple[Adjustment, ...]:
        """Of each group together: at most six to a segment and five segments."""
        found: list[Adjustment] = []
        groups = self.some(("CO", "PR", "OA", "PI", "CR"), ADJUSTMENT_SEGMENTS)
        room = ADJUSTMENT_SEGMENTS - len(groups)
        for group in self.random.sample(groups, len(groups)):
            count = self.random.choice((1, 1, 2, TRIPLETS, TRIPLETS * (1 + room)))
            room -= (count - 1) // TRIPLETS
            found += [self.adjustment(group) for _ in range(count)]
        return tuple(found)

    def adjustment(self, group: str) -> Adjustment:
        amount = self.cents() * self.pick((1, 1, 1, -1))
        quantity = self.maybe(self.number, 0.2)
        return Adjustment(group, self.token(4), amount, quantity)

    def other_payer(self, payer_id: str, *, is_dated: bool, professional: bool) -> OtherPayer:
        """`is_dated` when no line carries the day of its payment."""
        is_organization = self.chance(0.1)
        is_outpatient = self.chance(0.4)
        insured = (Identifier("SY", self.digits(9)),) if self.chance(0.1) else ()
        return OtherPayer(
            self.pick(RANKS),
            self.pick(("18", *RELATIONSHIPS)),
            self.pick(INDICATORS),
            Person(self.words(60), "") if is_organization else self.person(),
            self.token(30, 2),
            self.words(60),
            payer_id,
            self.optional(50),
            self.text(60, 0.3),
            self.pick(INSURANCE_TYPES) if professional and self.chance(0.3) else "",
            self.adjustments() if self.chance(0.5) else (),
            self.maybe(self.cents, 0.7),
            self.maybe(self.cents),
            self.maybe(self.cents),
            self.pick("NWY"),
            "P" if professional and self.chance(0.3) else "",
            self.pick("IY"),
            self.remarks() if is_outpatient else (),
            self.outpatient() if is_outpatient else (),
            is_organization=is_organization,
            subscriber_address=self.maybe(self.address),
            payer_id_qualifier=self.pick(("PI", "XV")),
            payer_address=self.maybe(self.address),
            paid_on=self.day() if is_dated and self.chance(0.7) else None,
            payer_claim_control_number=self.optional(50),
            authorization_number=self.optional(50, 0.2),
            referral_number=self.optional(50, 0.2),
            identifiers=(*insured, *self.identifiers(("2U", "EI", "FY", "NF"), 2), *self.signal()),
        )

    def signal(self) -> tuple[Identifier, ...]:
        """REF*T4, the claim adjustment indicator."""
        return (Identifier("T4", "Y"),) if self.chance(0.1) else ()

    def remarks(self) -> tuple[str, ...]:
        return self.some(("MA01", "MA07", "MA18", "N130", "N45"), 5) if self.chance(0.8) else ()

    def outpatient(self) -> tuple[str, ...]:
        return self.pick(((), ("0.25",), ("", "12.5"), ("1", "3")))

    def line_adjudication(
        self, payer_id: str, qualifiers: Sequence[str], revenue_code: str = ""
    ) -> LineAdjudication:
        return LineAdjudication(
            payer_id,
            self.cents(),
            self.token(5, 5),
            self.number(),
            self.day(),
            self.adjustments() if self.chance(0.8) else (),
            self.modifiers(),
            self.pick(qualifiers),
            revenue_code,
            self.random.randint(1, 50) if self.chance(0.2) else None,
            self.maybe(self.cents),
        )

    def modifiers(self) -> tuple[str, ...]:
        return tuple(self.token(2, 2) for _ in range(self.random.choice((0, 0, 1, 2, 4))))

    def drug(self) -> Drug:
        unit = self.pick(("F2", "GR", "ME", "ML", "UN"))
        number = self.maybe(lambda: Identifier(self.pick(("XZ", "VY")), self.token(50)), 0.5)
        return Drug(self.digits(11), self.number(), unit, number)

    def attachment(self) -> Attachment:
        if self.chance(0.2):
            return Attachment(self.pick(REPORTS), "AA")
        return Attachment(self.pick(REPORTS), self.pick(TRANSMISSIONS), self.token(50, 2))

    def contract(self) -> Contract:
        return Contract(
            self.pick(CONTRACTS),
            self.maybe(self.cents, 0.5),
            self.maybe(lambda: self.number(99), 0.5),
            self.optional(50),
            self.maybe(lambda: self.number(99), 0.5),
            self.optional(30),
        )

    def repricing(self, *, is_line: bool) -> Repricing:
        """HCP05 on: rate, group, its amount, four of them of lines only, reasons."""
        method = self.pick(("00", "01", "02", "03", "04", "05", "07", "10", "14"))
        elements = [""] * 11
        if self.chance(0.5):
            elements[0:3] = ["12.5", self.token(50), str(self.random.randint(1, 9_999))]
        if is_line and self.chance(0.5):
            elements[4:8] = ["HC", self.token(5, 5), "UN", "2"]
        if self.chance(0.5):
            elements[8:11] = [self.pick(("T1", "T6")), self.pick("12345"), self.pick("123456")]
        while elements and not elements[-1]:
            elements.pop()
        saving, organization = self.maybe(self.cents), self.optional(50)
        return Repricing(method, self.cents(), saving, organization, tuple(elements))
