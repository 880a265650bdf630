"""What is kept of an 835, value by value."""

from datetime import date
from decimal import Decimal

from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    ProviderSummary,
    Quantity,
    Reference,
    Remark,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from tests.x12.build import corpus, only, read_all


def claims_of(name: str) -> list[RemittedClaim]:
    return only(RemittedClaim, read_all(corpus(name)))


def test_a_paid_claim_keeps_every_value() -> None:
    (claim,) = claims_of("paid_line")
    assert claim == RemittedClaim(
        position=1,
        patient_control_number="C1",
        status_code="1",
        amount_billed=15000,
        amount_paid=10000,
        amount_patient=2000,
        filing_indicator="12",
        payer_claim_control_number="ICN1",
        facility_code="11",
        frequency="1",
        header_number="1",
        parties=(Party("QC", "1", "ALDER", "ADA", "", "", "MI", "W1"),),
        lines=(
            RemittedLine(
                position=1,
                qualifier="HC",
                procedure_code="99213",
                modifiers=("25",),
                amount_billed=15000,
                amount_paid=10000,
                units_paid=Decimal(1),
                adjustments=(Adjustment("CO", "45", 3000), Adjustment("PR", "2", 2000)),
                references=(Reference("6R", "C1L1"),),
                dates=(DateReference("472", date(2026, 10, 1)),),
                amounts=(Amount("B6", 12000),),
            ),
        ),
        segment_number=13,
        byte_offset=375,
    )
    assert claim.lines[0].line_control_number == "C1L1"
    assert claim.lines[0].date_of_service == date(2026, 10, 1)
    assert claim.lines[0].amount_allowed == 12000


def test_the_payment_keeps_payer_payee_and_trace() -> None:
    (start,) = only(RemittanceStart, read_all(corpus("paid_line")))
    assert start == RemittanceStart(
        transaction_code="I",
        amount_paid=10000,
        credit_or_debit="C",
        method="CHK",
        paid_on=date(2026, 11, 20),
        trace_number="T1",
        payer_identifier="1999999999",
        produced_on=date(2026, 11, 19),
        payer_name="MERIDIAN MUTUAL",
        payer_address=("1 PAYER PLAZA", "", "HARTFORD", "CT", "061030001"),
        payer_contacts=(("BL", "EDI DESK", "TE", "8005550100"),),
        payee_name="NORTH CLINIC",
        payee_qualifier="XX",
        payee_identifier="1457394527",
    )


def test_all_triplets_of_a_cas_segment_are_kept_with_quantities() -> None:
    (claim,) = claims_of("several_adjustments_in_one_segment")
    assert claim.adjustments == (Adjustment("OA", "23", 1000),)
    (line,) = claim.lines
    assert line.adjustments == (
        Adjustment("CO", "45", 10000, Decimal(1)),
        Adjustment("CO", "253", 120),
        Adjustment("CO", "97", 880),
        Adjustment("CO", "144", -500),
        Adjustment("PR", "1", 1500, Decimal(0)),
        Adjustment("PR", "2", 2000),
    )
    assert (line.units_paid, line.units_submitted) == (Decimal(2), Decimal(3))
    assert line.modifiers == ()
    assert line.quantities == (Quantity("ZK", Decimal(1)),)


def test_a_reversal_stays_negative_with_its_own_groups() -> None:
    reversal, correction = claims_of("reversal_and_correction")
    assert (reversal.status_code, reversal.amount_paid) == ("22", -10000)
    assert reversal.lines[0].adjustments == (
        Adjustment("CO", "45", -3000),
        Adjustment("PR", "2", -2000),
    )
    assert (correction.status_code, correction.amount_paid) == ("1", 14000)
    assert correction.references == (Reference("F8", "ICN1"),)


def test_remarks_and_moa_are_kept() -> None:
    (claim,) = claims_of("denied_line_with_remark")
    assert claim.outpatient == ("", "", "MA01")
    assert claim.lines[0].remarks == (Remark("HE", "N115"), Remark("HE", "M76"))
    assert claim.amount_patient is None


def test_a_claim_without_lines_keeps_mia_drg_and_corrected_name() -> None:
    items = read_all(corpus("claim_level_only_inpatient"))
    (claim,) = only(RemittedClaim, items)
    assert claim.lines == ()
    assert claim.inpatient == ("0", "", "", "4000")
    assert (claim.drg_code, claim.drg_weight, claim.header_number) == (
        "470",
        Decimal("1.8"),
        "110212",
    )
    assert [(party.entity, party.first_name) for party in claim.parties] == [
        ("QC", "DAN"),
        ("74", "DANIEL"),
    ]
    (end,) = only(RemittanceEnd, items)
    assert end.summaries == (
        ProviderSummary("TS3", ("1457394527", "11", "20261231", "1", "6000"), "110212"),
        ProviderSummary("TS2", ("4000", "5000"), "110212"),
    )


def test_the_submitted_code_is_kept_beside_the_adjudicated_one() -> None:
    (claim,) = claims_of("submitted_code_differs")
    (line,) = claim.lines
    assert (line.procedure_code, line.submitted_code, line.submitted_modifiers) == (
        "99213",
        "99215",
        ("25",),
    )
    assert line.units_submitted == Decimal(1)


def test_provider_adjustments_keep_sign_code_and_reference() -> None:
    (end,) = only(RemittanceEnd, read_all(corpus("provider_adjustments")))
    period = date(2026, 12, 31)
    assert end.provider_adjustments == (
        ProviderAdjustment("1457394527", period, "WO", "ICN0", 2500),
        ProviderAdjustment("1457394527", period, "L6", "LATE", -1250),
        ProviderAdjustment("1457394527", period, "FB", "T0", 0),
    )
    assert end.is_balanced


def test_fields_stay_with_their_claim_when_the_next_one_lacks_them() -> None:
    first, second = claims_of("reversal_and_correction")
    assert first.references == ()
    assert second.lines[0].adjustments == (Adjustment("PR", "2", 1000),)
