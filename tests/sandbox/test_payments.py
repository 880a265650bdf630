"""Replacements, voids, duplicates and provider adjustments, as the 835s tell them."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from payers.sandbox.behaviour import Behaviour, Condition, Denial, Payer, ScheduledAdjustment
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.remittance_835 import Adjustment, Reference
from tests.sandbox.bench import Bench, Remittance
from tests.sandbox.cast import (
    OTHER_PROVIDER,
    PAYER,
    SERVED,
    TODAY,
    make_claim,
    make_line,
    make_payer,
)

OpenBench = Callable[..., Bench]


def only(payer: Payer) -> Behaviour:
    return Behaviour({payer.payer_id: payer})


def replace_claim(number: str, original: str, *lines: ServiceLine, frequency: str = "7") -> Claim:
    return make_claim(number, *lines, frequency=frequency, payer_claim_control_number=original)


def summarize(remittance: Remittance) -> list[tuple[str, str, int, int]]:
    return [
        (c.patient_control_number, c.status_code, c.amount_billed, c.amount_paid)
        for c in remittance.claims
    ]


def find_number(bench: Bench, claim: str) -> str:
    return next(
        c.payer_claim_control_number
        for c in bench.claim_statuses
        if c.patient_control_number == claim
    )


def test_a_payment_names_payer_payee_and_a_fresh_trace(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    bench.send(make_claim("C2", make_line(date_of_service=TODAY)))

    first, second = bench.remittances
    start = first.start
    assert (start.payer_name, start.payer_id, start.payer_identifier) == (
        "EXAMPLE HEALTH",
        "60054",
        "1111222333",
    )
    assert (start.payee_identifier, start.payee_references) == (
        "1234567893",
        (Reference("TJ", "123456789"),),
    )
    assert (start.amount_paid, start.method, start.transaction_code) == (9_000, "ACH", "I")
    assert start.trace_number != second.start.trace_number


def test_each_billing_provider_is_paid_in_a_file_of_its_own(bench: Bench) -> None:
    bench.send(
        make_claim("C1"),
        make_claim("C2", make_line(date_of_service=TODAY), billing_provider=OTHER_PROVIDER),
    )

    assert [(r.start.payee_identifier, len(r.claims)) for r in bench.remittances] == [
        ("1234567893", 1),
        ("1245319599", 1),
    ]
    assert len(bench.find_files("277ca")) == 2


def test_a_denied_claim_is_a_payment_of_zero_by_no_method(open_bench: OpenBench) -> None:
    denial = Denial(Condition(), "CO", "50", remarks=("N115",))
    bench = open_bench(only(make_payer(denials=(denial,))))

    bench.send(make_claim())

    (remittance,) = bench.remittances
    assert (remittance.start.amount_paid, remittance.start.method) == (0, "NON")
    assert summarize(remittance) == [("C1", "1", 15_000, 0)]


def test_a_replacement_reverses_the_original_and_adjudicates_the_new_content(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    original = find_number(bench, "C1")
    line = make_line(procedure_code="99214", amount_billed=20_000)

    bench.send(replace_claim("C1-7", original, line))

    remittance = bench.remittances[1]
    assert summarize(remittance) == [
        ("C1", "22", -15_000, -9_000),
        ("C1-7", "1", 20_000, 13_000),
    ]
    reversal, correction = remittance.claims
    assert reversal.payer_claim_control_number == original
    assert reversal.lines[0].adjustments == (Adjustment("CO", "45", -6_000),)
    assert correction.payer_claim_control_number == find_number(bench, "C1-7")
    assert correction.references == (Reference("F8", original),)
    assert remittance.start.amount_paid == 4_000
    assert remittance.end.is_balanced


def test_a_replacement_of_a_denied_claim_reverses_the_denial(open_bench: OpenBench) -> None:
    denial = Denial(Condition(lacks_modifiers=frozenset({"25"})), "CO", "97")
    bench = open_bench(only(make_payer(denials=(denial,))))
    bench.send(make_claim("C1"))

    bench.send(replace_claim("C1-7", find_number(bench, "C1"), make_line(modifiers=("25",))))

    remittance = bench.remittances[1]
    assert summarize(remittance) == [("C1", "22", -15_000, 0), ("C1-7", "1", 15_000, 9_000)]
    assert remittance.claims[0].lines[0].adjustments == (Adjustment("CO", "97", -15_000),)


def test_a_void_reverses_and_forwards_the_negative_total(bench: Bench) -> None:
    bench.send(make_claim("C1"))

    bench.send(replace_claim("C1-8", find_number(bench, "C1"), frequency="8"))

    remittance = bench.remittances[1]
    assert summarize(remittance) == [("C1", "22", -15_000, -9_000)]
    assert (remittance.start.amount_paid, remittance.start.method) == (0, "NON")
    (entry,) = remittance.end.provider_adjustments
    assert (entry.code, entry.amount) == ("FB", -9_000)
    assert entry.reference == remittance.start.trace_number
    assert remittance.end.is_balanced


def test_a_forwarded_balance_is_taken_by_the_next_payment(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    bench.send(replace_claim("C1-8", find_number(bench, "C1"), frequency="8"))
    forwarded = bench.remittances[1].start.trace_number

    line = make_line(procedure_code="99214", amount_billed=20_000, date_of_service=TODAY)
    bench.send(make_claim("C2", line))

    third = bench.remittances[2]
    (entry,) = third.end.provider_adjustments
    assert (entry.code, entry.reference, entry.amount) == ("FB", forwarded, 9_000)
    assert third.start.amount_paid == 4_000


def test_a_balance_larger_than_the_payment_is_forwarded_again(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    bench.send(replace_claim("C1-8", find_number(bench, "C1"), frequency="8"))

    line = make_line(amount_billed=4_000, date_of_service=TODAY)
    bench.send(make_claim("C2", line))

    third = bench.remittances[2]
    assert [(e.code, e.amount) for e in third.end.provider_adjustments] == [
        ("FB", 9_000),
        ("FB", -5_000),
    ]
    assert third.start.amount_paid == 0
    assert third.end.is_balanced


def test_a_replacement_of_an_unknown_claim_is_rejected(bench: Bench) -> None:
    bench.send(replace_claim("C1-7", "NOTOURS"))

    (status,) = bench.claim_statuses
    assert status.is_rejected
    assert (status.information[0].statuses[0].category, status.information[0].statuses[0].code) == (
        "A7",
        "464",
    )
    assert bench.remittances == []


def test_a_payer_may_deny_a_replacement_of_an_unknown_claim_instead(open_bench: OpenBench) -> None:
    bench = open_bench(only(make_payer(unknown_original="deny")))

    bench.send(replace_claim("C1-7", "NOTOURS"))

    (remittance,) = bench.remittances
    line = remittance.claims[0].lines[0]
    assert line.adjustments == (Adjustment("CO", "16", 15_000),)
    assert [remark.code for remark in line.remarks] == ["M47"]
    assert remittance.claims[0].outpatient == ("", "", "MA130")


def test_an_original_replaced_twice_is_reversed_once(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    original = find_number(bench, "C1")

    bench.send(replace_claim("C1-7", original))
    bench.send(replace_claim("C1-77", original))

    assert summarize(bench.remittances[1]) == [
        ("C1", "22", -15_000, -9_000),
        ("C1-7", "1", 15_000, 9_000),
    ]
    assert summarize(bench.remittances[2]) == [("C1-77", "1", 15_000, 0)]
    assert bench.remittances[2].claims[0].lines[0].adjustments == (Adjustment("CO", "18", 15_000),)


def test_an_original_and_its_replacement_in_one_round_are_paid_in_order(bench: Bench) -> None:
    bench.house.settings = replace(bench.house.settings, delay_seconds=600)
    bench.send(make_claim("C1"))
    bench.send(replace_claim("C1-7", find_number(bench, "C1")))
    assert bench.remittances == []

    bench.requests.adjudicate_now({})

    assert [(c.patient_control_number, c.status_code) for c in bench.remittances[0].claims] == [
        ("C1", "1"),
        ("C1", "22"),
        ("C1-7", "1"),
    ]
    assert bench.remittances[0].start.amount_paid == 9_000


def test_the_same_services_sent_again_are_denied_as_duplicates(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    bench.send(make_claim("C1-AGAIN"))

    assert summarize(bench.remittances[1]) == [("C1-AGAIN", "1", 15_000, 0)]
    assert bench.remittances[1].claims[0].lines[0].adjustments == (Adjustment("CO", "18", 15_000),)


def test_other_days_members_or_modifiers_are_no_duplicates(bench: Bench) -> None:
    other = make_claim("C3")
    other = replace(other, subscriber=replace(other.subscriber, member_id="M1000002"))
    bench.send(
        make_claim("C1"),
        make_claim("C2", make_line(date_of_service=TODAY)),
        other,
        make_claim("C4", make_line(modifiers=("76",))),
    )

    assert [c.amount_paid for c in bench.remittances[0].claims] == [9_000] * 4


def test_a_payer_may_reject_a_claim_number_it_knows(open_bench: OpenBench) -> None:
    bench = open_bench(only(make_payer(duplicates="reject")))
    bench.send(make_claim("C1"))
    bench.send(make_claim("C1"))

    assert [c.is_rejected for c in bench.claim_statuses] == [False, True]
    assert bench.claim_statuses[1].information[0].statuses[0].code == "54"
    assert len(bench.remittances) == 1


def test_scheduled_adjustments_come_with_every_nth_payment(open_bench: OpenBench) -> None:
    entries = (
        ScheduledAdjustment("WO", 1_250, every=2, reference="RECOUP"),
        ScheduledAdjustment("L6", -125, every=3, reference="INTEREST"),
    )
    bench = open_bench(only(make_payer(provider_adjustments=entries)))
    for number in range(1, 4):
        line = make_line(date_of_service=SERVED.replace(day=number))
        bench.send(make_claim(f"C{number}", line))

    assert [
        (r.start.amount_paid, [(e.code, e.reference, e.amount) for e in r.end.provider_adjustments])
        for r in bench.remittances
    ] == [
        (9_000, []),
        (7_750, [("WO", "RECOUP", 1_250)]),
        (9_125, [("L6", "INTEREST", -125)]),
    ]
    assert all(r.end.is_balanced for r in bench.remittances)


def test_an_adjustment_larger_than_the_payment_is_left_out(open_bench: OpenBench) -> None:
    entries = (ScheduledAdjustment("WO", 9_001),)
    bench = open_bench(only(make_payer(provider_adjustments=entries)))

    bench.send(make_claim())

    assert bench.remittances[0].start.amount_paid == 9_000
    assert bench.remittances[0].end.provider_adjustments == ()


def test_numbers_claims_and_forwarded_balances_survive_a_restart(open_bench: OpenBench) -> None:
    bench = open_bench(only(PAYER))
    bench.send(make_claim("C1"))
    bench.send(replace_claim("C1-8", find_number(bench, "C1"), frequency="8"))

    again = open_bench(only(PAYER))
    line = make_line(units=Decimal(2), amount_billed=30_000, date_of_service=TODAY)
    again.send(make_claim("C2", line), control_number=3)

    assert again.remittances[2].start.amount_paid == 9_000
    traces = [r.start.trace_number for r in again.remittances]
    assert len(set(traces)) == 3
