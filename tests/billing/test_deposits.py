"""Bank lines and payments find each other to the cent, or are listed with what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from billing.actions.bank_statements import enter_bank_line, import_statement
from billing.actions.deposits import explain_rest, match_by_person, match_deposits, undo_match
from billing.models import BankLine, DepositMatch, Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.billing import banking as b

MONDAY = date(2026, 11, 23)


def matches() -> list[tuple[str, str, str]]:
    """Trace of the line, trace of the payment, amount: of all that stand."""
    rows = DepositMatch.objects.filter(undone_at=None).order_by("pk")
    return [
        (str(row.bank_line or ""), str(row.remittance or ""), str(row.amount))
        for row in rows.select_related("bank_line", "remittance")
    ]


def line(trace: str) -> BankLine:
    return BankLine.objects.get(trace_number=trace)


def names_of_events() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def test_an_eft_matches_its_payment_by_trace_number_and_amount(north: Practice) -> None:
    paid = b.payment(north, "1234.56", "EFT0001")
    assert b.state(paid) == ("waiting", "-1234.56")
    statement = b.imported(north, b.statement((123456, "EFT0001")))
    assert matches() == [("EFT0001", "EFT0001", "1234.56")]
    assert DepositMatch.objects.get().method == "trace"
    assert b.state(paid) == ("matched", "0.00")
    assert (statement.lines_new, statement.note) == (1, "Lines: 1 new.")
    assert (statement.amount, statement.starts_on) == (Decimal("1234.56"), b.DAY)
    assert names_of_events() == ["bank_statement.imported", "practice.deposits_matched"]
    assert not Posting.objects.exists()


def test_a_payment_told_later_matches_the_money_that_was_there(north: Practice) -> None:
    b.imported(north, b.statement((5000, "EFT0001"), (7000, "EFT0002")))
    paid = b.payment(north, "50.00", "0eft 0001")
    assert match_deposits(north, remittance=paid) == 1
    assert match_deposits(north, remittance=paid) == 0
    assert match_deposits(north) == 0
    assert b.state(paid) == ("matched", "0.00")


def test_the_same_trace_number_with_another_amount_is_a_difference(north: Practice) -> None:
    paid = b.payment(north, "1000.00", "EFT0001")
    b.imported(north, b.statement((99900, "EFT0001")))
    assert matches() == []
    assert b.state(paid) == ("differs", "-1.00")


def test_the_same_trace_number_of_another_payer_is_another_payment(north: Practice) -> None:
    paid = b.payment(north, "10.00", "EFT0001", payer_identifier="1888888888")
    b.imported(north, b.statement((1000, "EFT0001")))
    assert matches() == []
    assert b.state(paid) == ("waiting", "-10.00")


def test_a_trace_number_that_comes_back_after_years_is_another_payment(north: Practice) -> None:
    old = b.payment(north, "10.00", "EFT0001", paid_on=date(2024, 11, 20))
    b.imported(north, b.statement((1000, "EFT0001")))
    assert b.state(old) == ("overdue", "-10.00")


def test_one_eft_pays_several_remittances_of_its_trace_number(north: Practice) -> None:
    b.payment(north, "600.00", "EFT0001")
    first = Remittance.objects.get()
    b.imported(north, b.statement((100000, "EFT0001")))
    assert b.state(first) == ("differs", "400.00")
    second = b.payment(north, "400.00", "EFT0001")
    assert match_deposits(north, remittance=second) == 2
    assert [b.state(first), b.state(second)] == [("matched", "0.00")] * 2


def test_one_eft_pays_the_remittances_its_trace_number_begins(north: Practice) -> None:
    parts = [b.payment(north, amount, f"EFT0001-{amount}") for amount in ("600.00", "400.00")]
    b.payment(north, "77.00", "EFT0002-1")
    b.imported(north, b.statement((100000, "EFT0001")))
    assert [b.state(part)[0] for part in parts] == ["matched", "matched"]
    assert len(matches()) == 2


def test_several_bank_lines_pay_one_remittance(north: Practice) -> None:
    paid = b.payment(north, "1000.00", "EFT0001")
    b.imported(north, b.statement((60000, "EFT0001")))
    assert b.state(paid) == ("differs", "-400.00")
    b.imported(north, b.statement((40000, "EFT0001"), day=MONDAY))
    assert b.state(paid) == ("matched", "0.00")
    assert [amount for *_, amount in matches()] == ["600.00", "400.00"]


def test_money_that_came_twice_is_a_difference(north: Practice) -> None:
    paid = b.payment(north, "10.00", "EFT0001")
    b.imported(north, b.statement((1000, "EFT0001"), (1000, "EFT0001")))
    assert len(matches()) == 1
    assert b.state(paid) == ("differs", "10.00")


def test_an_eft_that_was_taken_back_is_a_difference_until_a_person_lays_it_on(
    north: Practice, ben: User
) -> None:
    paid = b.payment(north, "10.00", "EFT0001")
    b.imported(north, b.statement((1000, "EFT0001")))
    b.imported(north, b.bai2(b.movement(1000, b.addenda("EFT0001"), code=455), day=MONDAY))
    assert b.state(paid) == ("differs", "-10.00")
    back = BankLine.objects.filter(amount=-10)
    match_by_person(north, back, Remittance.objects.all(), by=ben)
    assert [amount for *_, amount in matches()] == ["10.00", "-10.00"]
    assert b.state(paid) == ("waiting", "-10.00")
    first = DepositMatch.objects.earliest("pk")
    with pytest.raises(Refusal, match=r"^Undo the return of this payment first\.$"):
        undo_match(first, by=ben)


@pytest.mark.parametrize(
    ("paid_on", "told_on", "day", "wanted"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 24), "waiting"),
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 25), "overdue"),
        # Thanksgiving does not count.
        (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 27), "waiting"),
        (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 30), "overdue"),
        # Told late: nobody could miss it before.
        (date(2026, 10, 1), date(2026, 11, 20), date(2026, 11, 24), "waiting"),
        # Dated ahead.
        (date(2026, 11, 25), date(2026, 11, 20), date(2026, 11, 30), "waiting"),
        (date(2026, 11, 25), date(2026, 11, 20), date(2026, 12, 1), "overdue"),
    ],
)
def test_a_payment_without_money_is_overdue_after_three_business_days(
    north: Practice, paid_on: date, told_on: date, day: date, wanted: str
) -> None:
    paid = b.payment(north, "10.00", "EFT0001", paid_on=paid_on, recorded_at=b.noon(told_on))
    assert b.state(paid, day) == (wanted, "-10.00")


def test_what_brings_no_money_needs_no_deposit(north: Practice) -> None:
    rows = [
        b.payment(north, "0.00", "NON1", method="NON"),
        b.payment(
            north, "5.00", "OTHER1", state="held", hold_code="other_practice", hold_message="-"
        ),
        b.payment(north, "5.00", "GONE1"),
        b.payment(north, "5.00", "PART1", amount_elsewhere=Decimal("5.00")),
    ]
    other = b.payment(north, "6.00", "NEW1")
    Remittance.objects.filter(trace_number="GONE1").update(state="replaced", replaced_by=other)
    b.imported(north, b.statement((500, "OTHER1"), (500, "GONE1"), (500, "PART1")))
    assert [b.state(row)[0] for row in rows] == ["not_needed"] * 4
    assert matches() == []


def test_the_money_of_a_payment_keyed_by_hand_is_looked_for_once(north: Practice) -> None:
    keyed = b.payment(north, "5.00", "CHECK7", source="manual", file=None)
    held = {"state": "held", "hold_code": "keyed_by_hand", "hold_message": "-"}
    told = b.payment(north, "5.00", "CHECK7", **held)
    b.imported(north, b.statement((500, "CHECK7")))
    assert [b.state(keyed)[0], b.state(told)[0]] == ["matched", "not_needed"]


def test_of_a_payment_told_in_parts_only_the_new_money_is_expected(north: Practice) -> None:
    part = b.payment(north, "10.00", "EFT0001", amount_elsewhere=Decimal("4.00"))
    b.imported(north, b.statement((600, "EFT0001")))
    assert matches() == [("EFT0001", "EFT0001", "6.00")]
    assert b.state(part) == ("matched", "0.00")


def test_a_payment_that_does_not_add_up_still_waits_for_its_money(north: Practice) -> None:
    held = b.payment(north, "5.00", "E1", state="held", hold_code="unbalanced", hold_message="-")
    b.imported(north, b.statement((500, "E1")))
    assert b.state(held) == ("matched", "0.00")


def test_the_money_of_a_replaced_payment_goes_to_the_one_in_its_place(north: Practice) -> None:
    old = b.payment(north, "5.00", "EFT0001")
    b.imported(north, b.statement((500, "EFT0001")))
    new = b.payment(north, "5.00", "EFT0001", paid_on=MONDAY)
    Remittance.objects.filter(pk=old.pk).update(state="replaced", replaced_by=new)
    match_deposits(north, remittance=new)
    assert b.state(new) == ("matched", "0.00")
    assert DepositMatch.objects.count() == 2


def test_the_same_bytes_are_one_statement(north: Practice, ben: User) -> None:
    content = b.statement((500, "EFT0001"))
    first = import_statement(north, "a.bai", content, by=ben)
    again = import_statement(north, "b.bai", content, by=ben)
    assert (again.pk, again.name) == (first.pk, "a.bai")
    assert BankLine.objects.count() == 1
    assert names_of_events() == ["bank_statement.imported", "bank_statement.imported_again"]


def test_lines_of_overlapping_statements_are_there_once(north: Practice) -> None:
    first = [b.movement(500, "DEPOSIT", code=301), b.movement(500, "DEPOSIT", code=301)]
    b.imported(north, b.bai2(*first, b.movement(100, b.addenda("EFT0001"))))
    second = b.imported(north, b.bai2(*first, *first[:1], b.movement(200, b.addenda("EFT0002"))))
    assert (second.lines_new, second.lines_known) == (2, 2)
    assert second.note == "Lines: 2 new, 2 known from an earlier statement."
    assert BankLine.objects.count() == 5


def test_a_line_of_another_format_or_typed_by_hand_is_the_same_line(
    north: Practice, ben: User
) -> None:
    b.entered(north, "5.00", ben, trace_number="EFT0001")
    text = b"date,amount,description\n11/20/2026,5.00,UNIFIED TRN*1*EFT0001*1999999999~\n"
    assert b.imported(north, text, "a.csv").lines_known == 1
    assert b.imported(north, b.statement((500, "EFT0001"))).lines_known == 1
    assert BankLine.objects.count() == 1


def test_a_statement_with_a_fault_is_kept_and_brings_no_line(north: Practice) -> None:
    statement = import_statement(north, "a.bai", b.bai2(b.movement(500), account_total=1))
    assert statement.state == "failed"
    assert statement.note == (
        "Line 5, 49 control total: The account control total is 1501 cents, the file holds 1500."
        " Nothing was taken."
    )
    assert statement.faults[0]["code"] == "control_total_wrong"
    assert not BankLine.objects.exists()
    assert names_of_events() == ["bank_statement.refused"]


def test_a_thousand_lines_take_as_many_statements_as_ten(
    north: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for count, day in ((10, b.DAY), (1000, MONDAY)):
        deposits = [(100 + at, f"EFT{day.day}{at:06d}") for at in range(count)]
        file = b.payment(north, "1.00", f"FIRST{count}").file
        Remittance.objects.bulk_create(
            Remittance(
                practice=north, file=file, transaction_number="1", payer_identifier=b.TIN,
                trace_number=trace, paid_on=day, amount_paid=Decimal(cents) / 100,
            )
            for cents, trace in deposits
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            b.imported(north, b.statement(*deposits, day=day))
        counts.append(len(queries))
    assert DepositMatch.objects.count() == 1010
    assert counts[0] == counts[1] < 25


# A person --------------------------------------------------------------------------------------


def test_a_person_matches_what_has_no_trace_number(north: Practice, ben: User) -> None:
    paid = b.payment(north, "50.00", "CHECK77", method="CHK")
    deposit = b.entered(north, "50.00", ben, method="check", description="Counter deposit")
    (made,) = match_by_person(
        north, BankLine.objects.filter(pk=deposit.pk), Remittance.objects.all(), by=ben
    )
    assert (made.amount, made.method, made.matched_by) == (Decimal("50.00"), "person", ben)
    assert b.state(paid) == ("matched", "0.00")
    assert names_of_events() == ["bank_line.entered", "deposit_match.made"]
    with pytest.raises(Refusal) as refused:
        match_by_person(north, BankLine.objects.all(), Remittance.objects.all(), by=ben)
    assert (refused.value.code, refused.value.status) == ("already_matched", 409)
    assert DepositMatch.objects.count() == 1


def test_a_deposit_of_several_checks_is_laid_on_them_oldest_first(
    north: Practice, ben: User
) -> None:
    b.payment(north, "30.00", "C2", paid_on=date(2026, 11, 18))
    b.payment(north, "40.00", "C1", paid_on=date(2026, 11, 17))
    deposit = b.entered(north, "50.00", ben, description="Two checks")
    lines = BankLine.objects.filter(pk=deposit.pk)
    match_by_person(north, lines, Remittance.objects.all(), by=ben)
    assert [row[1:] for row in matches()] == [("C1", "40.00"), ("C2", "10.00")]


def test_without_a_side_nothing_is_matched(north: Practice, ben: User) -> None:
    b.payment(north, "30.00", "C2")
    with pytest.raises(Refusal) as refused:
        match_by_person(north, BankLine.objects.all(), Remittance.objects.all(), by=ben)
    assert refused.value.message == "Choose a bank line and the payment it belongs to."
    assert not DepositMatch.objects.exists()


def test_a_match_is_undone_once_kept_and_not_made_again_by_itself(
    north: Practice, ben: User
) -> None:
    paid = b.payment(north, "10.00", "EFT0001")
    b.imported(north, b.statement((1000, "EFT0001")))
    undone = undo_match(DepositMatch.objects.get(), by=ben)
    assert undone.undone_by == ben
    assert b.state(paid) == ("differs", "0.00")
    assert match_deposits(north) == 0
    assert DepositMatch.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        undo_match(undone, by=ben)
    assert (refused.value.code, refused.value.status) == ("already_undone", 409)
    match_by_person(north, BankLine.objects.all(), Remittance.objects.all(), by=ben)
    assert b.state(paid) == ("matched", "0.00")


def test_a_person_says_what_a_line_is_and_what_will_not_come(north: Practice, ben: User) -> None:
    paid = b.payment(north, "10.00", "EFT0001")
    deposit = b.entered(north, "9.50", ben, trace_number="EFT0001")
    match_by_person(north, BankLine.objects.all(), Remittance.objects.all(), by=ben)
    assert b.state(paid) == ("differs", "-0.50")
    explain_rest(paid, reason="Card fee", by=ben)
    assert b.state(paid) == ("matched", "0.00")
    other = b.entered(north, "70.00", ben, description="Patient checks")
    assert explain_rest(other, reason="Patients", by=ben).amount == Decimal("70.00")
    with pytest.raises(Refusal, match=r"^Nothing of it is open any more\.$"):
        explain_rest(deposit, reason="x", by=ben)
    with pytest.raises(Refusal, match=r"^Say why\.$"):
        explain_rest(other, reason="  ", by=ben)
    assert DepositMatch.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Decimal("0.00")}, "amount_not_positive"),
        ({"amount": Decimal("-5.00")}, "amount_not_positive"),
        ({"deposited_on": date(2999, 1, 1)}, "dated_ahead"),
        ({}, "bank_line_known"),
    ],
)
def test_a_line_by_hand_is_refused(
    north: Practice, ben: User, changes: dict[str, object], code: str
) -> None:
    fields = {"deposited_on": b.DAY, "amount": Decimal("5.00"), "method": "check"}
    enter_bank_line(north, **fields, by=ben)  # type: ignore[arg-type]  # by name
    with pytest.raises(Refusal) as refused:
        enter_bank_line(north, **fields | changes, by=ben)  # type: ignore[arg-type]  # by name
    assert refused.value.code == code
    assert BankLine.objects.count() == 1
