"""The checks on modifiers, visits, places, drugs and special services: failing, passing claims."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rcm.x12 import claim_837p as x12
from tests.billing.coding_cases import (
    Case,
    assert_case,
    claim,
    facts,
    line,
    of,
    past,
    tables,
)

WARNING = "warning"
DRUG = x12.Drug("00003029305", Decimal(1), "ML")
LOADED = facts(tables(hcpcs={"LT": (date(2000, 1, 1), None)}))
MEDICAID = facts(payer="medicaid")
BLUE = facts(payer="blue")
SERVED_2028 = date(2028, 1, 3)
TEST = {"clia_number": "05D0123456"}
MINUTES = {"unit_code": "MJ", "units": Decimal(45)}
CERTIFIED = x12.RareClaimFacts(references=(x12.Identifier("EW", "123456"),))
CARRIED = x12.RareClaimFacts(ambulance=x12.AmbulanceTransport("A", Decimal(3)))

CASES = (
    Case(
        "modifier_contradiction",
        claim(line("71046", "26", "TC")),
        "Line 1: 26 and TC contradict each other (the professional and the technical part are "
        "the whole: drop both).",
        claim(line("71046", "26"), line("71046", "TC"), line("27447", "AS", "80")),
    ),
    Case(
        "modifier_sides",
        claim(line("20610", "RT", "LT")),
        "Line 1: LT and RT on one line; use 50 alone, or a line for each side.",
        claim(line("20610", "RT"), line("20610", "LT"), line("20611", "50")),
    ),
    Case(
        "modifier_distinct",
        claim(line("11102", "59", "XS")),
        "Line 1: XS says more than 59; keep XS alone.",
        claim(line("11102", "XS"), line("17000", "59")),
    ),
    Case(
        "modifier_24_place",
        claim(line("17000", "24")),
        "Line 1: 24 is for visits; 17000 is not.",
        claim(line("99213", "24"), line("G0438", "24"), line("96127", "24")),
    ),
    Case(
        "modifier_25_place",
        claim(line("17000", "25")),
        "Line 1: 25 is for visits; 17000 is not.",
        claim(line("99213", "25"), line("92014", "25")),
    ),
    Case(
        "modifier_57_place",
        claim(line("27447", "57")),
        "Line 1: 57 is for visits; 27447 is not.",
        claim(line("99223", "57")),
    ),
    Case(
        "modifier_59_place",
        claim(line("99213", "59")),
        "Line 1: 59 is for what is no visit; 99213 is not.",
        claim(line("17000", "59"), line("99406", "59")),
    ),
    Case(
        "modifier_76_place",
        claim(line("99213", "76")),
        "Line 1: 76 is for repeated procedures; 99213 is not.",
        claim(line("93000", "76")),
        severity=WARNING,
    ),
    Case(
        "modifier_91_place",
        claim(line("71046", "91")),
        "Line 1: 91 is for repeated laboratory tests; 71046 is not.",
        claim(line("82947", "91")),
    ),
    Case(
        "modifier_surgeon_place",
        claim(line("99213", "79")),
        "Line 1: 79 is for procedures; 99213 is not.",
        claim(line("17000", "79")),
        severity=WARNING,
    ),
    Case(
        "modifier_unknown",
        claim(line("17000", "28")),
        "Line 1: 28 is not a modifier.",
        claim(line("17000", "59"), line("17000", "LT"), line("00100", "P3"), line("A0429", "RH")),
        LOADED,
    ),
    Case(
        "modifier_order",
        claim(line("71046", "RT", "26")),
        "Line 1: 26 changes the price and goes before RT.",
        claim(line("71046", "26", "RT"), line("17000", "RT", "59")),
        severity=WARNING,
    ),
    Case(
        "side_missing",
        claim(line("20610")),
        "20610 on line 1 does not say which side.",
        claim(line("20610", "RT")),
        severity=WARNING,
    ),
    Case(
        "modifier_51",
        claim(line("17000", "51")),
        "Line 1: Medicare applies the rule of modifier 51 by itself.",
        claim(line("17000", "51")),
        severity=WARNING,
        known_passing=BLUE,
    ),
    Case(
        "modifier_facility",
        claim(line("45378", "73")),
        "Line 1: 73 is a modifier of facilities.",
        claim(line("45378", "73"), place_of_service="24"),
        severity=WARNING,
    ),
    Case(
        "new_patient",
        claim(line("99203")),
        "99203 on line 1 is for new patients; this one was seen on 11/02/2025.",
        claim(line("99213")),
        facts(history=(past("99213", 365), past("93000", 10), past("99213", 9, specialty="eye"))),
        WARNING,
    ),
    Case(
        "second_visit",
        claim(line("99395"), line("99213")),
        "99213 on line 2 is a second visit of the day (line 1: 99395).",
        claim(line("99395"), line("99213", "25"), line("99406")),
        severity=WARNING,
    ),
    Case(
        "visit_elsewhere",
        claim(line("99213")),
        "99213 on line 1 is a second visit of the day (claim NO9: 99395).",
        claim(line("99213", "25")),
        facts(history=(past("99395", 0),)),
        WARNING,
    ),
    Case(
        "visit_age",
        claim(line("99396"), subscriber=of(date(1958, 3, 14))),
        "99396 on line 1 is for another age; the patient is 68.",
        claim(line("99397"), subscriber=of(date(1958, 3, 14))),
    ),
    Case(
        "vaccine_alone",
        claim(line("90686")),
        "90686 is a vaccine, and nothing on the claim says that it was given.",
        claim(line("90471"), line("90686")),
        severity=WARNING,
    ),
    Case(
        "visit_units",
        claim(line("99213", units=Decimal(2))),
        "99213 on line 1 is billed once a day, not 2 times.",
        claim(line("99213"), line("J3301", units=Decimal(4))),
    ),
    Case(
        "visit_place",
        claim(line("99223")),
        "99223 on line 1 is for a hospital or facility, the place is 11.",
        claim(line("99223"), place_of_service="21"),
        severity=WARNING,
    ),
    Case(
        "telehealth_place",
        claim(line("99213", "95")),
        "Line 1 says telehealth (95), the place is 11; 02 or 10 is expected.",
        claim(line("99213", "95"), place_of_service="10"),
        severity=WARNING,
    ),
    Case(
        "telehealth_mark",
        claim(line("99213"), place_of_service="10"),
        "Line 1: the place is telehealth (10) and no modifier says whether with image (95) or "
        "sound only (93).",
        claim(line("99213", "95"), place_of_service="10"),
        BLUE,
        WARNING,
        known_passing=facts(),
    ),
    Case(
        "telehealth_ended",
        claim(line("99213", date_of_service=SERVED_2028), place_of_service="10"),
        "Line 1: Medicare's telehealth rules without limits of place ended on 12/31/2027.",
        claim(line("99213"), place_of_service="10"),
        severity=WARNING,
    ),
    Case(
        "telehealth_gt",
        claim(line("99213", "GT"), place_of_service="02"),
        "Line 1: Medicare takes GT no more on professional claims; the place says it.",
        claim(line("99213", "GT"), place_of_service="02"),
        severity=WARNING,
        known_passing=BLUE,
    ),
    Case(
        "complexity_with_25",
        claim(line("99213", "25"), line("G2211")),
        "Line 1 carries 25: Medicare pays G2211 then only beside a vaccine or preventive service.",
        claim(line("99213"), line("G2211")),
        severity=WARNING,
    ),
    Case(
        "ndc",
        claim(line("J3301", drug=replace(DRUG, code="0003-0293-05"))),
        "Line 1: the NDC 0003-0293-05 is not 11 digits; a number of 10 gets a zero where its part "
        "is short.",
        claim(line("J3301", drug=DRUG)),
    ),
    Case(
        "ndc_quantity",
        claim(line("J3301", drug=replace(DRUG, quantity=None))),
        "Line 1: the NDC has no quantity.",
        claim(line("J3301", drug=DRUG)),
    ),
    Case(
        "ndc_missing",
        claim(line("J3301")),
        "J3301 on line 1 is a drug without its NDC.",
        claim(line("J3301", drug=DRUG)),
        MEDICAID,
        WARNING,
    ),
    Case(
        "drug_waste",
        claim(line("J3301")),
        "J3301 on line 1 says neither JZ (nothing discarded) nor JW.",
        claim(line("J3301", "JZ"), line("J3420"), line("J7613")),
        severity=WARNING,
    ),
    Case(
        "anesthesia_minutes",
        claim(line("00100", "AA")),
        "00100 on line 1 is anesthesia and needs minutes (MJ).",
        claim(line("00100", "AA", **MINUTES), line("01996")),
    ),
    Case(
        "anesthesia_time",
        claim(line("00100", "AA", **MINUTES | {"units": Decimal(2)})),
        "Line 1: 2 minutes of anesthesia; whole minutes from 5 to 960 are usual.",
        claim(line("00100", "AA", **MINUTES)),
        severity=WARNING,
    ),
    Case(
        "minutes_elsewhere",
        claim(line("99213", **MINUTES)),
        "99213 on line 1 is no anesthesia and carries minutes (MJ).",
        claim(line("00100", "AA", **MINUTES)),
        severity=WARNING,
    ),
    Case(
        "anesthesia_by",
        claim(line("00100", "QS", **MINUTES)),
        "00100 on line 1 needs one of AA, AD, QK, QX, QY or QZ.",
        claim(line("00100", "QZ", "QS", **MINUTES)),
    ),
    Case(
        "anesthesia_modifier",
        claim(line("99213", "AA")),
        "Line 1: AA is for anesthesia.",
        claim(line("00100", "AA", **MINUTES)),
        severity=WARNING,
    ),
    Case(
        "clia_missing",
        claim(line("82947"), line("85018")),
        "82947 on line 1 and 1 more: the laboratory's CLIA number is missing.",
        claim(line("82947", **TEST), line("86580"), line("85018", "90")),
        severity=WARNING,
    ),
    Case(
        "clia_form",
        claim(line("82947"), clia_number="5D0123456"),
        "CLIA number 5D0123456 is not two digits, D and seven digits.",
        claim(line("82947", **TEST)),
    ),
    Case(
        "waived_test",
        claim(line("87880")),
        "87880 on line 1: a waived test carries QW.",
        claim(line("87880", "QW"), line("81002")),
        severity=WARNING,
    ),
    Case(
        "waived_mark",
        claim(line("81002", "QW")),
        "Line 1: 81002 is waived without QW.",
        claim(line("87880", "QW")),
        severity=WARNING,
    ),
    Case(
        "mammography_number",
        claim(line("77067")),
        "77067 on line 1: the mammography certification number is missing.",
        claim(line("77067"), rare=CERTIFIED),
        severity=WARNING,
    ),
    Case(
        "ambulance_record",
        claim(line("A0429", "RH")),
        "A0429 on line 1 has no ambulance transport record (CR1).",
        claim(line("A0429", "RH"), rare=CARRIED),
        severity=WARNING,
    ),
    Case(
        "ambulance_way",
        claim(line("A0429", "GY")),
        "A0429 on line 1 does not say from where to where.",
        claim(line("A0429", "RH"), line("A0425", "HN", "QM")),
        severity=WARNING,
    ),
    Case(
        "spinal_at",
        claim(line("98941")),
        "98941 on line 1: without AT Medicare takes it for maintenance and does not pay.",
        claim(line("98941", "AT"), line("98940", "GA")),
        severity=WARNING,
    ),
    Case(
        "therapy_discipline",
        claim(line("97110")),
        "97110 on line 1 is therapy and needs GP, GO or GN.",
        claim(line("97110", "GP")),
    ),
    Case(
        "therapy_units",
        claim(line("97110", "GP", units=Decimal(30)), line("97140", "GP", units=Decimal(3))),
        "33 units of 15 minutes of therapy on one day.",
        claim(line("97110", "GP", units=Decimal(2))),
        severity=WARNING,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_check_on_services_fails_and_passes(case: Case) -> None:
    assert_case(case)
