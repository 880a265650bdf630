"""What a payer answers to one claim, exact to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from payers.sandbox.adjudication import adjudicate, correct_allowed, find_percent, reverse
from payers.sandbox.behaviour import (
    Condition,
    Denial,
    Diagnoses,
    Payer,
    Recoding,
    Reduction,
    Repricing,
)
from rcm.x12.claim_837p import Claim
from rcm.x12.remittance_835 import Adjustment, Amount, Reference, Remark, RemittedClaim
from tests.sandbox.cast import TODAY, make_claim, make_line, make_payer, make_share


def answer(claim: Claim, payer: Payer) -> RemittedClaim:
    return adjudicate(claim, payer, icn="26327000000001", received_on=TODAY)


def test_a_line_is_paid_its_fee_and_the_rest_is_contractual() -> None:
    result = answer(make_claim(), make_payer())

    assert (result.status_code, result.amount_billed, result.amount_paid) == ("1", 15_000, 9_000)
    assert result.amount_patient is None
    assert result.payer_claim_control_number == "26327000000001"
    line = result.lines[0]
    assert line.adjustments == (Adjustment("CO", "45", 6_000),)
    assert line.amounts == (Amount("B6", 9_000),)
    assert line.references == (Reference("6R", "L1"),)
    assert [(d.qualifier, d.on) for d in line.dates] == [("472", make_line().date_of_service)]


def test_a_code_without_a_fee_is_worth_a_percentage_of_the_charge_half_up() -> None:
    line = make_line(procedure_code="71046", amount_billed=9_801)

    result = answer(make_claim("C1", line), make_payer())

    assert result.lines[0].amount_allowed == 4_901
    assert result.lines[0].adjustments == (Adjustment("CO", "45", 4_900),)


def test_nobody_is_paid_more_than_was_billed() -> None:
    result = answer(make_claim("C1", make_line(amount_billed=5_000)), make_payer())

    assert result.amount_paid == 5_000
    assert result.lines[0].adjustments == ()


def test_units_multiply_the_fee() -> None:
    line = make_line(units=Decimal(3), amount_billed=45_000)

    assert answer(make_claim("C1", line), make_payer()).amount_paid == 27_000


def test_deductible_comes_first_and_coinsurance_is_taken_of_the_rest() -> None:
    share = make_share(deductible=1_000, coinsurance_percent=Decimal(20))

    result = answer(make_claim(), make_payer(share=share))

    assert result.lines[0].adjustments == (
        Adjustment("CO", "45", 6_000),
        Adjustment("PR", "1", 1_000),
        Adjustment("PR", "2", 1_600),
    )
    assert (result.amount_paid, result.amount_patient) == (6_400, 2_600)


def test_copay_is_taken_once_and_its_line_has_no_coinsurance() -> None:
    share = make_share(
        copay=2_000,
        copay_codes=frozenset({"99213", "99214"}),
        deductible=10_000,
        coinsurance_percent=Decimal(10),
    )
    lines = (
        make_line(1, procedure_code="71046", amount_billed=10_000),
        make_line(2),
        make_line(3, procedure_code="99214", amount_billed=20_000),
    )

    result = answer(make_claim("C1", *lines), make_payer(share=share))

    assert [line.adjustments[1:] for line in result.lines] == [
        (Adjustment("PR", "1", 5_000),),
        (Adjustment("PR", "1", 5_000), Adjustment("PR", "3", 2_000)),
        (Adjustment("PR", "2", 1_300),),
    ]
    assert result.amount_paid == 13_700


def test_exempt_codes_have_no_patient_share() -> None:
    share = make_share(deductible=1_000, exempt_codes=frozenset({"99213"}))

    assert answer(make_claim(), make_payer(share=share)).amount_paid == 9_000


def test_a_scripted_percentage_replaces_the_payers_own() -> None:
    repricing = Repricing(Condition(procedure_codes=frozenset({"99213"})), Decimal(80))
    payer = make_payer(allowed_percent=Decimal("112.5"), repricings=(repricing,))
    lines = (make_line(1), make_line(2, procedure_code="99214", amount_billed=20_000))

    result = answer(make_claim("C1", *lines), payer)

    assert [line.amount_allowed for line in result.lines] == [7_200, 14_625]


def test_sequestration_is_taken_from_what_would_be_paid() -> None:
    share = make_share(coinsurance_percent=Decimal(20))

    result = answer(
        make_claim(), make_payer(share=share, reduction=Reduction("CO", "253", Decimal(2)))
    )

    assert result.lines[0].adjustments == (
        Adjustment("CO", "45", 6_000),
        Adjustment("CO", "253", 144),
        Adjustment("PR", "2", 1_800),
    )
    assert result.amount_paid == 7_056


@pytest.mark.parametrize(
    ("condition", "group", "reason"),
    [
        (
            Condition(
                procedure_codes=frozenset({"99213"}), lacks_diagnosis=Diagnoses(beginnings=("I1",))
            ),
            "CO",
            "50",
        ),
        (Condition(has_diagnosis=Diagnoses(frozenset({"J069"}))), "CO", "11"),
        (Condition(lacks_modifiers=frozenset({"25"})), "CO", "16"),
        (Condition(lacks_authorization=True), "CO", "197"),
        (Condition(member_id_suffix="01"), "PR", "27"),
        (Condition(days_since_service_over=19), "CO", "29"),
    ],
)
def test_a_denied_line_is_paid_nothing_and_says_why(
    condition: Condition, group: str, reason: str
) -> None:
    denial = Denial(condition, group, reason, remarks=("N115",))

    line = answer(make_claim(), make_payer(denials=(denial,))).lines[0]

    assert line.amount_paid == 0
    assert line.adjustments == (Adjustment(group, reason, 15_000),)
    assert line.remarks == (Remark("HE", "N115"),)
    assert (line.units_paid, line.units_submitted) == (Decimal(0), Decimal(1))
    assert line.amount_allowed is None


def test_a_rule_that_does_not_apply_denies_nothing() -> None:
    denial = Denial(Condition(days_since_service_over=20), "CO", "29")

    assert answer(make_claim(), make_payer(denials=(denial,))).amount_paid == 9_000


def test_a_line_is_bundled_into_another_one_unless_a_modifier_sets_it_apart() -> None:
    bundling = Denial(
        Condition(
            procedure_codes=frozenset({"36415"}),
            with_procedures=frozenset({"99213"}),
            lacks_modifiers=frozenset({"59"}),
        ),
        "CO",
        "97",
    )
    blood = make_line(2, procedure_code="36415", amount_billed=1_800)
    payer = make_payer(denials=(bundling,))

    bundled = answer(make_claim("C1", make_line(), blood), payer)
    apart = answer(make_claim("C1", make_line(), replace(blood, modifiers=("59",))), payer)

    assert bundled.lines[1].adjustments == (Adjustment("CO", "97", 1_800),)
    assert bundled.amount_paid == 9_000
    assert apart.amount_paid == 9_900


def test_a_denial_of_every_line_sets_status_and_claim_remarks() -> None:
    denial = Denial(
        Condition(member_ids=frozenset({"M1000001"})),
        "PR",
        "31",
        claim_remarks=("MA130",),
        claim_status="4",
    )
    lines = (make_line(1), make_line(2, procedure_code="99214", amount_billed=20_000))

    result = answer(make_claim("C1", *lines), make_payer(denials=(denial,)))

    assert (result.status_code, result.amount_paid, result.amount_patient) == ("4", 0, 35_000)
    assert [line.adjustments[0].amount for line in result.lines] == [15_000, 20_000]
    assert result.outpatient == ("", "", "MA130")


def test_the_deductible_hits_only_members_with_the_scripted_last_digits() -> None:
    share = make_share(deductible=1_000, deductible_digits=("7", "9"))

    assert answer(make_claim(), make_payer(share=share)).amount_paid == 9_000
    claim = make_claim()
    claim = replace(claim, subscriber=replace(claim.subscriber, member_id="M1000007"))
    assert answer(claim, make_payer(share=share)).amount_paid == 8_000


@pytest.mark.parametrize(("rank", "status"), [("P", "1"), ("S", "2"), ("T", "3")])
def test_the_claim_status_follows_the_rank(rank: str, status: str) -> None:
    claim = make_claim()
    claim = replace(claim, subscriber=replace(claim.subscriber, rank=rank))

    assert answer(claim, make_payer()).status_code == status


def test_a_payer_that_crosses_over_names_the_next_payer() -> None:
    payer = make_payer(crossover_id="71412", crossover_name="SECOND MUTUAL")

    result = answer(make_claim(), payer)

    assert result.status_code == "19"
    assert [(p.entity, p.last_name, p.identifier) for p in result.parties][-1] == (
        "TT",
        "SECOND MUTUAL",
        "71412",
    )


def test_a_recoded_line_keeps_the_code_that_was_sent() -> None:
    recoding = Recoding(Condition(procedure_codes=frozenset({"99214"})), "99213")
    line = make_line(procedure_code="99214", amount_billed=20_000, modifiers=("25",))

    result = answer(make_claim("C1", line), make_payer(recodings=(recoding,))).lines[0]

    assert (result.procedure_code, result.submitted_code) == ("99213", "99214")
    assert result.submitted_modifiers == ("25",)
    assert (result.amount_paid, result.adjustments) == (9_000, (Adjustment("CO", "45", 11_000),))


def test_a_line_adjudicated_before_is_denied_as_a_duplicate() -> None:
    lines = (make_line(1), make_line(2, procedure_code="99214", amount_billed=20_000))

    result = adjudicate(
        make_claim("C1", *lines), make_payer(), icn="1", received_on=TODAY, duplicate_lines={2}
    )

    assert result.amount_paid == 9_000
    assert result.lines[1].adjustments == (Adjustment("CO", "18", 20_000),)


def test_a_reversal_negates_every_amount_and_keeps_the_codes() -> None:
    share = make_share(copay=2_000, copay_codes=frozenset({"99213"}))
    paid = answer(make_claim(), make_payer(share=share))

    reversal = reverse(paid)

    assert (reversal.status_code, reversal.patient_control_number) == ("22", "C1")
    assert reversal.payer_claim_control_number == paid.payer_claim_control_number
    assert (reversal.amount_billed, reversal.amount_paid) == (-15_000, -7_000)
    assert reversal.amount_patient == -2_000
    assert reversal.lines[0].adjustments == (
        Adjustment("CO", "45", -6_000),
        Adjustment("PR", "3", -2_000),
    )


def test_a_correction_moves_the_contractual_part_and_leaves_the_patients_share() -> None:
    paid = answer(
        make_claim(), make_payer(share=make_share(copay=2_000, copay_codes=frozenset({"99213"})))
    )

    corrected = correct_allowed(paid, Decimal(110), "26327000000002", 2)

    assert corrected.amount_paid == 7_900
    assert corrected.lines[0].amount_allowed == 9_900
    assert corrected.lines[0].adjustments == (
        Adjustment("CO", "45", 5_100),
        Adjustment("PR", "3", 2_000),
    )
    assert corrected.references == (Reference("F8", "26327000000001"),)


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [(101, "50", 51), (1, "49.9", 0), (9_999, "33.333", 3_333), (0, "20", 0)],
)
def test_percentages_round_half_up(amount: int, percent: str, expected: int) -> None:
    assert find_percent(amount, Decimal(percent)) == expected
