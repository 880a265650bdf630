import re
from collections import Counter
from datetime import date
from decimal import Decimal

from payers.demo import payers
from rcm.demo import people
from rcm.demo.identifiers import make_npi
from tests.demo_content.sandbox_rules import BEHAVIOUR

TODAY = date(2026, 11, 23)
CAST = people.build(TODAY)
PAYERS = payers.build(TODAY, CAST)
CODING_ROLES = {"coder", "biller", "coder_biller", "manager", "provider"}


def passes_luhn(digits: str) -> bool:
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character)
        if position % 2:
            value = sum(divmod(value * 2, 10))
        total += value
    return total % 10 == 0


def test_the_cast_has_the_agreed_size():
    assert CAST.organization.name == "Meridian Billing Partners"
    assert [practice.key for practice in CAST.practices] == ["NM", "LS"]
    assert len(CAST.providers) == 8
    assert Counter(patient.practice for patient in CAST.patients) == {"NM": 30, "LS": 30}
    assert Counter(location.practice for location in CAST.locations) == {"NM": 3, "LS": 3}
    assert len(PAYERS.payers) == 6


def test_a_known_npi_gets_its_published_check_digit():
    assert make_npi("123456789") == "1234567893"


def test_every_npi_is_unique_and_passes_the_check():
    holders = (*CAST.practices, *CAST.providers, *CAST.locations)
    numbers = [holder.npi for holder in holders]
    assert len(set(numbers)) == len(numbers) == 16
    assert [npi for npi in numbers if not passes_luhn("80840" + npi)] == []


def test_addresses_and_numbers_have_the_form_a_claim_needs():
    for address in [row.address for row in (*CAST.practices, *CAST.locations, *CAST.patients)]:
        assert re.fullmatch(r"\d{9}", address.zip_code), address
    for phone in [row.phone for row in (*CAST.practices, *CAST.patients, *PAYERS.payers)]:
        assert re.fullmatch(r"\d{3}55501\d\d", phone), phone
    assert all(re.fullmatch(r"\d{9}", row.tax_id) for row in CAST.practices)
    assert all(re.fullmatch(r"[0-9A-Z]{9}X", row.taxonomy_code) for row in CAST.providers)


def test_keys_record_numbers_and_names_are_unique():
    assert len({patient.key for patient in CAST.patients}) == 60
    assert len({patient.mrn for patient in CAST.patients}) == 60
    assert len({(patient.last_name, patient.first_name) for patient in CAST.patients}) == 60


def test_a_patient_has_the_same_age_on_every_day_of_the_last_forty():
    for patient in CAST.patients:
        for day in (TODAY, date(2026, 10, 14)):
            birthday_passed = (day.month, day.day) >= (
                patient.birth_date.month,
                patient.birth_date.day,
            )
            assert day.year - patient.birth_date.year - (not birthday_passed) == patient.age


def test_otto_belongs_to_lakeside_only():
    otto = next(user for user in CAST.users if user.username == "otto")
    assert otto.memberships == (("LS", "biller"),)
    for user in CAST.users:
        assert user.email == f"{user.username}@example.test"
        assert {role for _, role in user.memberships} <= CODING_ROLES
        assert user.password == "sandbox-Rev-2026"


def test_every_patient_has_one_primary_coverage_and_twelve_have_a_secondary():
    ranks = Counter(coverage.rank for coverage in PAYERS.coverages)
    assert ranks == {"P": 60, "S": 12}
    primary = {row.patient for row in PAYERS.coverages if row.rank == "P"}
    assert primary == {patient.key for patient in CAST.patients}


def test_dependents_name_their_subscriber_and_only_they():
    dependents = [row for row in PAYERS.coverages if row.relationship != "18"]
    assert Counter(row.relationship for row in dependents) == {"19": 3, "01": 5}
    for row in PAYERS.coverages:
        assert (row.subscriber is None) == (row.relationship == "18")


def test_only_one_member_number_breaks_its_payers_pattern():
    patterns = {payer.key: payer.member_id_pattern for payer in PAYERS.payers}
    odd = [
        row.patient
        for row in PAYERS.coverages
        if not re.fullmatch(patterns[row.payer], row.member_id)
    ]
    assert odd == ["L30"]


def test_member_numbers_of_one_payer_differ():
    numbers = [(row.payer, row.member_id) for row in PAYERS.coverages]
    assert len(set(numbers)) == len(numbers)


def test_payers_and_their_behaviour_name_each_other_the_same_way():
    told = [(row.key, row.payer_id, row.name, row.trace_identifier) for row in PAYERS.payers]
    real = [
        (row["key"], row["payer_id"], row["name"], row["trace_identifier"])
        for row in BEHAVIOUR["payers"]
    ]
    assert told == real
    assert {row.filing_indicator for row in PAYERS.payers} == {"MB", "MC", "BL", "CI", "16"}
    assert all(re.fullmatch(r"1\d{9}", row.trace_identifier) for row in PAYERS.payers)
    assert all(len(row.payer_id) == 5 for row in PAYERS.payers)


def test_every_fee_is_above_what_any_payer_allows():
    highest = max(Decimal(row["allowed_percent"]) for row in BEHAVIOUR["payers"]) / 100
    for fee in PAYERS.fee_schedule.fees:
        allowed = Decimal(BEHAVIOUR["base_allowed"][fee.procedure_code]) * highest
        assert fee.amount > allowed > 0, fee
        assert fee.amount == fee.amount.quantize(Decimal("0.01"))


def test_two_builds_of_one_day_are_equal():
    assert people.build(TODAY) == CAST
    assert payers.build(TODAY) == PAYERS
