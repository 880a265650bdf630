"""The claim edits, on plain data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.claim_content import from_json, to_json
from billing.rules.findings import ClaimFacts
from billing.rules.scrub_parties import is_npi
from billing.rules.scrubbing import LABELS, SCRUBS, is_blocked, scrub
from rcm.x12 import claim_837p as x12

TODAY = date(2026, 11, 23)
SERVED_ON = date(2026, 11, 2)
STREET = x12.Address("100 Main Street", "Springfield", "IL", "627011234")
HOME = x12.Address("12 Elm Street", "Springfield", "IL", "62702")
LINE = x12.ServiceLine(
    position=1,
    procedure_code="99213",
    amount_billed=16_500,
    units=Decimal(1),
    pointers=(1,),
    date_of_service=SERVED_ON,
    line_control_number="NO10001L1",
    modifiers=("25",),
)
CLAIM = x12.Claim(
    patient_control_number="NO10001",
    amount_billed=16_500,
    place_of_service="11",
    frequency="1",
    diagnoses=("I10", "E1142"),
    lines=(LINE,),
    billing_provider=x12.BillingProvider(
        "North Medical Group", "1234567893", "123456789", "207Q00000X", STREET
    ),
    subscriber=x12.Subscriber(
        x12.Person("Okafor", "Denise"),
        member_id="UC10000001",
        rank="P",
        filing_indicator="CI",
        birth_date=date(1958, 3, 14),
        sex="F",
        address=HOME,
    ),
    payer=x12.ClaimPayer("Unified Care", "UNIFD"),
    rendering_provider=x12.Provider(x12.Person("Lindqvist", "Annika"), "1098765435", "207Q00000X"),
)
FACTS = ClaimFacts(
    today=TODAY,
    coverage_starts_on=date(2026, 1, 1),
    payer_name="Unified",
    member_id_pattern=r"UC\d{8}",
    timely_filing_days=365,
    corrected_claim_days=365,
    takes_replacement_claims=True,
)
CHILD = x12.Patient(x12.Person("Okafor", "Tomi"), "19", date(2018, 5, 1), "M", HOME)


def billing(**changes: object) -> x12.Claim:
    return replace(CLAIM, billing_provider=replace(CLAIM.billing_provider, **changes))


def holder(**changes: object) -> x12.Claim:
    return replace(CLAIM, subscriber=replace(CLAIM.subscriber, **changes))


def lines(*changes: dict[str, object]) -> x12.Claim:
    made = tuple(
        replace(LINE, position=n, line_control_number=f"NO10001L{n}", **change)
        for n, change in enumerate(changes, 1)
    )
    return replace(CLAIM, lines=made, amount_billed=sum(line.amount_billed for line in made))


def test_a_complete_claim_has_no_findings() -> None:
    assert scrub(CLAIM, FACTS).findings == ()


def test_a_complete_claim_for_a_dependent_has_no_findings() -> None:
    claim = replace(
        CLAIM,
        patient=CHILD,
        subscriber=replace(
            CLAIM.subscriber, relationship="19", birth_date=None, sex="", address=None
        ),
    )
    assert scrub(claim, FACTS).findings == ()


@pytest.mark.parametrize(
    ("claim", "facts", "code", "message", "element"),
    [
        (
            billing(npi="1234567890"),
            FACTS,
            "npi",
            "The NPI of the billing provider is not valid: its check digit does not fit.",
            "2010AA NM109",
        ),
        (
            billing(tax_id="12345678"),
            FACTS,
            "tax_id",
            "The billing provider's tax id is not nine digits.",
            "2010AA REF02",
        ),
        (
            billing(taxonomy_code="207Q0000"),
            FACTS,
            "taxonomy",
            "The billing provider's taxonomy code is not nine characters and an X.",
            "2000A PRV03",
        ),
        (
            billing(address=replace(STREET, zip_code="62701")),
            FACTS,
            "billing_address",
            "The billing address needs its nine-digit ZIP code.",
            "2010AA N403",
        ),
        (
            billing(address=replace(STREET, line_1="P.O. Box 12")),
            FACTS,
            "billing_address",
            "The billing address is a PO box; payers want the street.",
            "2010AA N301",
        ),
        (
            replace(CLAIM, place_of_service="22"),
            FACTS,
            "facility",
            "Place of service 22 needs the facility's name and NPI.",
            "2310C NM1",
        ),
        (holder(member_id=""), FACTS, "member_id", "The member id is missing.", "2010BA NM109"),
        (
            holder(member_id="X1"),
            FACTS,
            "member_id",
            "The member id does not look like one of Unified.",
            "2010BA NM109",
        ),
        (
            replace(CLAIM, payer=x12.ClaimPayer("Unified Care", "")),
            FACTS,
            "payer_id",
            "The payer has no electronic payer id.",
            "2010BB NM109",
        ),
        (
            holder(birth_date=None),
            FACTS,
            "patient",
            "The patient's birth date is missing.",
            "2010BA",
        ),
        (
            replace(CLAIM, patient=replace(CHILD, sex="")),
            FACTS,
            "patient",
            "The patient's sex is not F, M or U.",
            "2010CA",
        ),
        (
            holder(address=replace(HOME, zip_code="627")),
            FACTS,
            "patient",
            "The patient's address is not complete: street, city, state and ZIP code.",
            "2010BA",
        ),
        (
            CLAIM,
            replace(FACTS, coverage_starts_on=date(2026, 11, 3)),
            "coverage_dates",
            "The coverage was not in force on 11/02/2026.",
            "2300 DTP*472",
        ),
        (
            lines({"date_of_service": date(2026, 11, 24)}),
            FACTS,
            "future_date",
            "Line 1 has a date of service in the future.",
            "2400 DTP*472",
        ),
        (
            CLAIM,
            replace(FACTS, timely_filing_days=20),
            "filing_passed",
            "The payer's filing limit passed 1 days ago.",
            "2400 DTP*472",
        ),
        (replace(CLAIM, diagnoses=()), FACTS, "diagnoses", "There is no diagnosis.", "2300 HI"),
        (
            replace(CLAIM, diagnoses=("I10", "I10")),
            FACTS,
            "diagnoses",
            "Diagnosis I10 is there 2 times.",
            "2300 HI",
        ),
        (
            replace(CLAIM, diagnoses=("I10", "E11.42")),
            FACTS,
            "diagnoses",
            "Diagnosis E11.42 does not have the form of an ICD-10-CM code.",
            "2300 HI",
        ),
        (
            lines({"pointers": (3,)}),
            FACTS,
            "pointers",
            "Line 1 points to a diagnosis that is not on the claim.",
            "2400 SV107",
        ),
        (
            lines({"pointers": ()}),
            FACTS,
            "pointers",
            "Line 1 points to no diagnosis.",
            "2400 SV107",
        ),
        (
            replace(CLAIM, lines=(), amount_billed=0),
            FACTS,
            "line_count",
            "The claim has 0 lines; 1 to 50 are allowed.",
            "2400 LX",
        ),
        (
            lines({"procedure_code": "9921"}),
            FACTS,
            "procedure",
            "Line 1: the procedure code does not have its form.",
            "2400 SV101",
        ),
        (lines({"units": Decimal(0)}), FACTS, "procedure", "Line 1 has no units.", "2400 SV104"),
        (
            lines({"modifiers": ("25", "25")}),
            FACTS,
            "modifiers",
            "Line 1 has one modifier twice.",
            "2400 SV101",
        ),
        (lines({"amount_billed": 0}), FACTS, "amount", "Line 1 has no price.", "2400 SV102"),
        (
            replace(CLAIM, amount_billed=16_400),
            FACTS,
            "total",
            "The claim says 164.00, its lines add up to 165.00.",
            "2300 CLM02",
        ),
        (
            CLAIM,
            replace(FACTS, duplicates={"99213": "NO10000"}),
            "duplicate",
            "Line 1 (99213) is already on claim NO10000.",
            "2400 SV101",
        ),
        (
            replace(CLAIM, frequency="7"),
            FACTS,
            "frequency",
            "The payer's number of the claim to be replaced is missing.",
            "2300 REF*F8",
        ),
        (
            replace(CLAIM, payer_claim_control_number="P1"),
            FACTS,
            "frequency",
            "An original claim must not carry a payer's claim number.",
            "2300 REF*F8",
        ),
        (
            replace(CLAIM, frequency="7", payer_claim_control_number="P1"),
            replace(FACTS, takes_replacement_claims=False),
            "replacement",
            "Unified takes no replacement claims.",
            "2300 CLM05-3",
        ),
        (
            replace(CLAIM, patient_control_number="N" * 21),
            FACTS,
            "control_number",
            "The claim number is not 1 to 20 letters and digits.",
            "2300 CLM01",
        ),
    ],
)
def test_a_defect_blocks_the_claim_and_says_where(
    claim: x12.Claim, facts: ClaimFacts, code: str, message: str, element: str
) -> None:
    findings = scrub(claim, facts).findings
    assert [(f.code, f.message, f.element) for f in findings] == [(code, message, element)]
    assert is_blocked(findings)
    assert findings[0].fix
    assert findings[0].source


def test_a_near_filing_limit_only_warns() -> None:
    findings = scrub(CLAIM, replace(FACTS, timely_filing_days=30)).findings
    assert [f.message for f in findings] == ["The payer's filing limit is in 9 days."]
    assert not is_blocked(findings)


def test_a_repeated_line_warns_unless_a_modifier_says_it_was_done_twice() -> None:
    findings = scrub(lines({}, {}), FACTS).findings
    assert [(f.severity, f.message) for f in findings] == [("warning", "Line 2 repeats line 1.")]
    tests = {"procedure_code": "93000", "modifiers": ()}
    assert scrub(lines(tests, tests | {"modifiers": ("76",)}), FACTS).findings == ()


def test_a_distinct_procedure_is_no_duplicate() -> None:
    facts = replace(FACTS, duplicates={"93000": "NO10000"})
    repeated = {"procedure_code": "93000", "modifiers": ("77",)}
    assert scrub(lines(repeated), facts).findings == ()


def test_every_check_has_its_own_code_and_a_label() -> None:
    codes = [check.code for check in SCRUBS]
    assert len(set(codes)) == len(codes)
    assert all(LABELS[code] for code in codes)


def test_npi_check_digits() -> None:
    assert is_npi("1234567893")
    assert is_npi("1245319599")
    assert not is_npi("1234567892")
    assert not is_npi("123456789")
    assert not is_npi("12345678९3")


def test_a_claim_comes_back_from_json_unchanged() -> None:
    claim = replace(
        lines({"drug": x12.Drug("00069315083", Decimal("1.50"), "ML")}, {}),
        patient=CHILD,
        service_facility=x12.ServiceFacility("Main Street", "1245319599", STREET),
    )
    content = to_json(claim)
    assert content["lines"][0]["drug"]["quantity"] == "1.50"
    assert content["subscriber"]["birth_date"] == "1958-03-14"
    assert from_json(content) == claim


def test_an_older_snapshot_takes_the_defaults_of_new_fields() -> None:
    content = to_json(CLAIM)
    del content["notes"]
    content["dropped_long_ago"] = "x"
    assert from_json(content) == CLAIM
