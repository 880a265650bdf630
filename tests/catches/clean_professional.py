"""Clean professional claims of a year in a practice, one function for each kind of service."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from rcm.x12.claim_837 import Drug, Identifier, LineAdjudication, OtherPayer, Person
from rcm.x12.claim_837p import (
    AmbulanceTransport,
    Claim,
    ClaimDate,
    RareClaimFacts,
    ServiceLine,
)
from rcm.x12.remittance_835 import Adjustment
from tests.catches.known import Sample, facts_of
from tests.catches.people import (
    make_billing,
    make_child,
    make_facility,
    make_holder,
    make_member_id,
    make_payer,
    make_provider,
)

Row = tuple[Any, ...]
ANY_PAYER = ("CI", "CI", "BL", "MC", "MB")


def make_line(random: Random, row: Row, position: int, served_on: date, number: str) -> ServiceLine:
    """`row` is the code, its modifiers, then units, pointers and changes where they differ."""
    code, modifiers, units, pointers, changes = (*row, *(1, (1,), {})[len(row) - 2 :])
    return ServiceLine(
        position=position,
        procedure_code=code,
        amount_billed=random.randint(20, 900) * 100 + random.choice((0, 0, 50, 99)),
        units=Decimal(units),
        pointers=pointers,
        date_of_service=served_on,
        line_control_number=f"{number}L{position}",
        modifiers=tuple(modifiers.split()),
        **changes,
    )


def make_claim(
    random: Random,
    day: date,
    diagnoses: str,
    *rows: Row,
    payers: tuple[str, ...] = ANY_PAYER,
    sex: str = "",
    **changes: Any,
) -> Claim:
    kind = random.choice(payers)
    number = f"NO{random.randrange(10**7):07}"
    lines = tuple(make_line(random, row, at, day, number) for at, row in enumerate(rows, 1))
    made = Claim(
        patient_control_number=number,
        amount_billed=sum(line.amount_billed for line in lines),
        place_of_service="11",
        frequency="1",
        diagnoses=tuple(diagnoses.split()),
        lines=lines,
        billing_provider=make_billing(random),
        subscriber=make_holder(random, kind, day, sex),
        payer=make_payer(kind),
        rendering_provider=make_provider(random),
    )
    return replace(made, **changes)


def make_visit(random: Random, day: date) -> Claim:
    code = random.choice(("99213", "99214", "99203"))
    return make_claim(random, day, random.choice(("I10 E1142", "M545", "I10")), (code, ""))


def make_child_visit(random: Random, day: date) -> Claim:
    made = make_claim(random, day, "R51", ("99213", ""), payers=("CI", "BL"))
    holder = replace(made.subscriber, relationship="19", birth_date=None, sex="", address=None)
    return replace(made, subscriber=holder, patient=make_child(random, day))


def make_tests(random: Random, day: date) -> Claim:
    rows = (("99214", "", 1, (1, 2)), ("80053", ""), ("83036", "QW", 1, (2,)), ("93000", ""))
    return make_claim(random, day, "I10 E1142", *rows, clia_number="14D1234567")


def make_injection(random: Random, day: date) -> Claim:
    drug = {"drug": Drug("00003029305", Decimal(1), "ML")}
    side = random.choice(("RT", "LT"))
    rows = (("99213", "25"), ("20610", side), ("J3301", "JZ", 4, (1,), drug))
    return make_claim(random, day, "M1711" if side == "RT" else "M1712", *rows)


def make_surgery(random: Random, day: date) -> Claim:
    side = random.choice(("RT", "LT"))
    dates = (ClaimDate("435", day - timedelta(1)),)
    return make_claim(
        random,
        day,
        "M1711" if side == "RT" else "M1712",
        ("27447", side),
        place_of_service="21",
        service_facility=make_facility(random),
        authorization_number=f"A{random.randrange(10**6):06}",
        rare=RareClaimFacts(dates=dates),
    )


def make_anesthesia(random: Random, day: date) -> Claim:
    minutes = random.randint(30, 180)
    row = ("00400", random.choice(("AA", "QZ")), minutes, (1,), {"unit_code": "MJ"})
    facility = make_facility(random)
    return make_claim(random, day, "K8020", row, place_of_service="22", service_facility=facility)


def make_therapy(random: Random, day: date) -> Claim:
    rows = (("97110", "GP", random.randint(1, 3)), ("97140", "GP", random.randint(1, 2)))
    return make_claim(random, day, "M25561", *rows)


def make_telehealth(random: Random, day: date) -> Claim:
    return make_claim(random, day, "I10", ("99213", "95"), place_of_service="10")


def make_skin(random: Random, day: date) -> Claim:
    return make_claim(random, day, "L570", ("17000", ""), ("17003", "", random.randint(1, 9)))


def make_vaccines(random: Random, day: date) -> Claim:
    rows = (("99396", "25"), ("90471", ""), ("90472", ""), ("90686", ""), ("90715", ""))
    rows = (rows[0], *((code, "", 1, (2,)) for code, _ in rows[1:]))
    made = make_claim(random, day, "Z0000 Z23", *rows, payers=("CI", "BL"))
    born = day - timedelta(random.randint(42, 60) * 365 + 100)
    return replace(made, subscriber=replace(made.subscriber, birth_date=born))


def make_spinal(random: Random, day: date) -> Claim:
    return make_claim(random, day, "M9903 M545", ("98941", "AT", 1, (1, 2)), payers=("MB",))


def make_ambulance(random: Random, day: date) -> Claim:
    transport = AmbulanceTransport("A", Decimal(7), Decimal(160))
    rows = (("A0429", "SH"), ("A0425", "SH", 7))
    return make_claim(
        random,
        day,
        "R079",
        *rows,
        place_of_service="41",
        rare=RareClaimFacts(ambulance=transport),
        rendering_provider=None,
    )


def make_accident(random: Random, day: date) -> Claim:
    rare = RareClaimFacts(
        related_causes=("AA",),
        accident_state="IL",
        dates=(ClaimDate("439", day - timedelta(random.randrange(3))),),
    )
    return make_claim(random, day, "S52501A V4352XA", ("99203", ""), payers=("CI", "BL"), rare=rare)


def make_mammogram(random: Random, day: date) -> Claim:
    rare = RareClaimFacts(references=(Identifier("EW", "M123456"),))
    return make_claim(random, day, "Z1231", ("77067", ""), sex="F", rare=rare)


def make_secondary(random: Random, day: date) -> Claim:
    """The primary paid, took off by contract and left a share; the rest goes to the second."""
    made = make_claim(random, day, "I10 E119", ("99214", ""), ("93000", ""), payers=("CI", "BL"))
    lines = tuple(answer_line(random, line, day) for line in made.lines)
    answers = [line.adjudications[0] for line in lines]
    first = OtherPayer(
        rank="P",
        relationship="18",
        filing_indicator="CI",
        person=Person(made.subscriber.person.last_name, made.subscriber.person.first_name),
        member_id=make_member_id(random, "CI"),
        name="First Mutual",
        payer_id="FIRST",
        amount_paid=sum(answer.amount_paid for answer in answers),
        amount_remaining=sum(answer.adjustments[1].amount for answer in answers),
    )
    holder = replace(made.subscriber, rank="S")
    return replace(made, subscriber=holder, other_payers=(first,), lines=lines)


def answer_line(random: Random, line: ServiceLine, day: date) -> ServiceLine:
    billed = line.amount_billed
    paid, contractual = billed // 2, billed // 4
    adjustments = (
        Adjustment("CO", "45", contractual),
        Adjustment("PR", "2", billed - paid - contractual),
    )
    paid_on = day + timedelta(random.randint(1, 4))
    answer = LineAdjudication(
        "FIRST", paid, line.procedure_code, line.units, paid_on, adjustments, line.modifiers
    )
    return replace(line, adjudications=(answer,))


def make_replacement(random: Random, day: date) -> Claim:
    made = make_claim(random, day, "I10", ("99213", ""), payers=("CI", "BL", "MC"))
    return replace(made, frequency="7", payer_claim_control_number=f"ICN{random.randrange(10**9)}")


MAKERS: dict[str, Callable[[Random, date], Claim]] = {
    "visit": make_visit,
    "child": make_child_visit,
    "tests": make_tests,
    "injection": make_injection,
    "surgery": make_surgery,
    "anesthesia": make_anesthesia,
    "therapy": make_therapy,
    "telehealth": make_telehealth,
    "skin": make_skin,
    "vaccines": make_vaccines,
    "spinal": make_spinal,
    "ambulance": make_ambulance,
    "accident": make_accident,
    "mammogram": make_mammogram,
    "secondary": make_secondary,
    "replacement": make_replacement,
}


def make_sample(random: Random, shape: str) -> Sample:
    """A clean claim of a day of the year, judged some days later."""
    day = date(2026, 1, 5) + timedelta(random.randrange(330))
    claim = MAKERS[shape](random, day)
    return Sample(claim, facts_of(claim, day + timedelta(random.randint(5, 20))))
