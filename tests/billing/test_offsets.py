"""Provider adjustments across checks: opened, resolved, closed, undone; held by the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing import ledger, tasks
from billing.actions.offsets import (
    link_by_person,
    link_provider_adjustments,
    remittances_to_link,
    unlink,
)
from billing.actions.takebacks import release_remittance, reverse_remittance
from billing.models import OffsetLink, Posting, ProviderAdjustment, Remittance
from billing.open_offsets import open_amounts, with_open
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r

D = Decimal


def check(
    practice: Practice, trace: str, paid: str, *claims: object, plb: tuple = (), **changes: object
) -> Remittance:
    """A posted and linked payment; control numbers follow from the trace."""
    number = Remittance.objects.count() + 1
    told = r.content(paid, *claims, adjustments=plb, number=number, trace_number=trace, **changes)
    remittance = r.posted(practice, told)
    link_provider_adjustments(remittance)
    return remittance


def only(remittance: Remittance) -> ProviderAdjustment:
    return with_open(ProviderAdjustment.objects.filter(remittance=remittance)).get()


def assert_adds_up(remittance: Remittance) -> None:
    """Σ CLP04 − Σ PLB = BPR02, and nothing of it is left unexplained."""
    claims = sum((row.amount_paid for row in remittance.claims.all()), D(0))
    kept = sum((row.amount for row in remittance.provider_adjustments.all()), D(0))
    assert claims - kept == remittance.amount_paid
    balances = ledger.remittance_balances(remittance.practice, remittance.pk)
    assert balances.get("unapplied", D(0)) == 0
    assert balances.get("cash", D(0)) == remittance.amount_paid
    assert sum(balances.values()) == 0


def test_a_recoupment_over_three_checks(north: Practice) -> None:
    """Postponed with the reversal, carried forward by a check of zero, taken by the third."""
    make.payer(north)
    first, second, third = (make.claim(north) for _ in range(3))
    paid = ("100.00", "CO-45 65.00")
    check(north, "CHECK0", "100.00", r.echo(first, paid))

    back = r.echo(first, paid, status="22")
    one = check(north, "CHECK1", "0.00", back, plb=(r.plb("WO", "-100.00", "PT000001"),))
    assert_adds_up(one)
    opened = only(one)
    assert (opened.amount_open, opened.state, opened.claim) == (D("-100.00"), "open", first)

    small = r.echo(second, ("40.00", "CO-45 125.00"))
    plb = (r.plb("WO", "100.00", "PT000001"), r.plb("FB", "-60.00", "CHECK2"))
    two = check(north, "CHECK2", "0.00", small, plb=plb, paid_on=date(2026, 11, 27))
    assert_adds_up(two)
    assert only(one).state == "closed"
    forwarded = with_open(two.provider_adjustments).get(code="FB")
    assert (forwarded.amount_open, forwarded.state) == (D("-60.00"), "open")

    plb = (r.plb("FB", "60.00", "CHECK2"), r.plb("L6", "-1.25", "PT000003"))
    three = check(north, "CHECK3", "41.25", r.echo(third, paid), plb=plb, paid_on=date(2026, 12, 4))
    assert_adds_up(three)
    assert with_open(two.provider_adjustments).get(code="FB").state == "closed"
    taken = with_open(three.provider_adjustments).get(code="FB")
    assert (taken.state, taken.refers_to) == ("closed", two)
    assert with_open(three.provider_adjustments).get(code="L6").state == "final"
    methods = OffsetLink.objects.order_by("pk").values_list("method", "amount")
    assert list(methods) == [("reference", D("100.00")), ("reference", D("60.00"))]


def test_interest_is_income_and_no_payment_of_a_claim(north: Practice) -> None:
    make.payer(north)
    claim = make.claim(north)
    told = r.echo(claim, ("100.00", "CO-45 65.00"))
    check(north, "CHECK1", "101.25", told, plb=(r.plb("L6", "-1.25"),))
    balances = ledger.account_balances(north)
    assert balances["interest"] == D("-1.25")
    assert balances.get("payer_offset", D(0)) == 0
    move = Posting.objects.get(origin__startswith="provider_adjustment:")
    assert (move.source, move.destination, move.claim) == ("interest", "unapplied", None)


def test_the_database_refuses_what_the_rule_would_never_make(north: Practice) -> None:
    make.payer(north)
    one = only(check(north, "CHECK1", "100.00", plb=(r.plb("WO", "-100.00", "A1"),)))
    more = r.clp("X1", "100.00", "100.00")
    two = only(check(north, "CHECK2", "60.00", more, plb=(r.plb("WO", "40.00", "B2"),)))
    same = only(check(north, "CHECK3", "5.00", plb=(r.plb("WO", "-5.00", "C3"),)))
    other = only(
        check(
            north,
            "CHECK4",
            "60.00",
            more,
            plb=(r.plb("WO", "40.00"),),
            payer_identifier="1777777777",
        )
    )
    refused = [
        (one, two, "40.01", "closes more than is open"),
        (one, two, "0.00", "offset_link_amount_positive"),
        (one, same, "5.00", "opposite signs"),
        (one, other, "40.00", "of one payer and practice"),
        (one, one, "1.00", "opposite signs"),
    ]
    for opening, closing, amount, message in refused:
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            OffsetLink.objects.create(
                practice=north, opening=opening, closing=closing, amount=D(amount), method="person"
            )
    assert not OffsetLink.objects.exists()


def test_a_link_is_never_changed_and_never_deleted(north: Practice, ben: User) -> None:
    made = linked_pair(north)
    with pytest.raises(IntegrityError, match="never changed, only undone"), transaction.atomic():
        OffsetLink.objects.filter(pk=made.pk).update(amount=D("1.00"))
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        OffsetLink.objects.filter(pk=made.pk).delete()
    unlink(made, by=ben)
    with pytest.raises(IntegrityError, match="never changed, only undone"), transaction.atomic():
        OffsetLink.objects.filter(pk=made.pk).update(undone="", undone_at=None)


def linked_pair(practice: Practice) -> OffsetLink:
    """100.00 postponed, 40.00 of it taken."""
    make.payer(practice)
    check(practice, "CHECK1", "100.00", plb=(r.plb("WO", "-100.00", "A1"),))
    claim = r.clp("X1", "100.00", "100.00")
    check(practice, "CHECK2", "60.00", claim, plb=(r.plb("WO", "40.00", "A1"),))
    return OffsetLink.objects.get()


def test_a_part_closes_and_the_rest_stays_open(north: Practice) -> None:
    made = linked_pair(north)
    assert open_amounts([made.opening_id, made.closing_id]) == {
        made.opening_id: D("-60.00"),
        made.closing_id: D("0.00"),
    }
    event = Event.objects.get(name="provider_adjustment.linked")
    assert event.data == {"opening": made.opening_id, "amount": "40.00"}


def test_linking_again_makes_nothing_new(north: Practice) -> None:
    made = linked_pair(north)
    assert link_provider_adjustments(made.closing.remittance) == 0
    assert OffsetLink.objects.count() == 1


def test_a_pair_a_person_took_apart_stays_open(north: Practice, ben: User) -> None:
    made = linked_pair(north)
    unlink(made, by=ben)
    assert link_provider_adjustments(made.closing.remittance) == 0
    assert open_amounts([made.opening_id])[made.opening_id] == D("-100.00")
    with pytest.raises(Refusal, match="Somebody was first: the two are apart."):
        unlink(made, by=ben)
    again = link_by_person(made.opening, made.closing, by=ben, amount=D("15.00"))
    assert (again.method, again.linked_by, again.amount) == ("person", ben, D("15.00"))


def test_taking_a_posting_back_opens_what_it_closed(north: Practice, ben: User) -> None:
    made = linked_pair(north)
    reverse_remittance(made.closing.remittance, reason="Wrong practice", by=ben)
    made.refresh_from_db()
    assert (made.undone, made.undone_by) == ("taken_back", ben)
    assert open_amounts([made.opening_id, made.closing_id]) == {
        made.opening_id: D("-100.00"),
        made.closing_id: D("0.00"),
    }
    assert only(made.closing.remittance).state == "not_posted"
    assert ledger.account_balances(north)["payer_offset"] == D("-100.00")


def test_a_posting_that_comes_back_closes_again(north: Practice, ben: User) -> None:
    made = linked_pair(north)
    remittance = made.closing.remittance
    reverse_remittance(remittance, reason="Wrong day", by=ben)
    release_remittance(remittance, by=ben)
    assert remittances_to_link(north.pk) == [remittance.pk]
    assert link_provider_adjustments(remittance) == 1
    assert remittances_to_link(north.pk) == []


@pytest.mark.parametrize(
    ("code", "amount", "payer", "refusal"),
    [
        ("WO", "-5.00", "1999999999", "Two entries close each other when one adds and one takes."),
        ("WO", "5.00", "1777777777", "The two entries are of different payers."),
        ("LE", "5.00", "1999999999", "LE (Levy) stands as it is: nothing is open."),
    ],
)
def test_a_person_cannot_link_what_does_not_belong_together(
    north: Practice, ben: User, code: str, amount: str, payer: str, refusal: str
) -> None:
    make.payer(north)
    one = only(check(north, "CHECK1", "100.00", plb=(r.plb("WO", "-100.00", "A1"),)))
    paid = str(D("10.00") - D(amount))
    told = r.clp("X1", "10.00", "10.00")
    two = only(
        check(north, "CHECK2", paid, told, plb=(r.plb(code, amount, "B2"),), payer_identifier=payer)
    )
    with pytest.raises(Refusal) as refused:
        link_by_person(one, two, by=ben)
    assert refused.value.message == refusal
    assert not OffsetLink.objects.exists()


@pytest.mark.parametrize("amount", ["-1.00", "0.00", "40.01"])
def test_a_person_cannot_close_more_than_is_open(north: Practice, ben: User, amount: str) -> None:
    made = linked_pair(north)
    unlink(made, by=ben)
    with pytest.raises(Refusal, match=r"\$40.00 is open of both"):
        link_by_person(made.opening, made.closing, by=ben, amount=D(amount))


def test_a_held_payment_opens_nothing(north: Practice) -> None:
    make.payer(north)
    told = r.content("99.00", adjustments=(r.plb("WO", "-100.00"),))
    held = r.recorded(north, told)
    assert link_provider_adjustments(held) == 0
    assert only(held).state == "not_posted"


def test_a_reference_names_a_claim_by_our_number_or_the_payers(north: Practice) -> None:
    make.payer(north)
    ours = make.claim(north, payer_claim_control_number="ICN0099")
    make.claim(north, payer_claim_control_number="SAME1")
    make.claim(north, payer_claim_control_number="SAME1")
    plb = tuple(
        r.plb("CS", "-1.00", text)
        for text in ("00T000001", "icn0099", "SAME1", "NOBODY7", "T000001 CHECK0")
    )
    check(north, "CHECK0", "0.00")
    rows = check(north, "CHECK1", "5.00", plb=plb).provider_adjustments.order_by("position")
    assert [row.claim for row in rows] == [ours, ours, None, None, ours]
    assert [str(row.refers_to or "") for row in rows] == ["", "", "", "", "CHECK0"]


def test_the_number_of_statements_does_not_grow_with_the_entries(
    north: Practice, django_assert_num_queries: object
) -> None:
    make.payer(north)
    entries = [r.plb("CS", "-1.00", f"A{at}") for at in range(60)]
    remittance = r.posted(north, r.content("60.00", adjustments=tuple(entries)))
    with django_assert_num_queries(11):  # type: ignore[operator]  # fixture
        link_provider_adjustments(remittance)


def test_the_task_and_the_sweep_find_what_a_message_lost(
    north: Practice, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    make.payer(north)
    remittance = r.posted(north, r.content("1.00", adjustments=(r.plb("CS", "-1.00"),)))
    assert remittances_to_link(north.pk) == [remittance.pk]
    tasks.link_provider_adjustments(north.pk, remittance.pk)
    access.open_walls([north.pk])
    assert remittances_to_link(north.pk) == []
    tasks.link_provider_adjustments(north.pk, 0)


@pytest.fixture
def pair(transactional_db: None) -> tuple[int, int, int]:
    """Practice, and an opening and a closing entry of 100.00 and 70.00, committed."""
    practice = make.practice()
    with access.acting_in(practice.pk):
        make.payer(practice)
        one = r.posted(practice, r.content("100.00", adjustments=(r.plb("WO", "-100.00", "A1"),)))
        told = r.content(
            "30.00",
            r.clp("X1", "100.00", "100.00"),
            adjustments=(r.plb("WO", "70.00", "A1"),),
            number=2,
            trace_number="CHECK2",
        )
        two = r.posted(practice, told)
    return practice.pk, one.pk, two.pk


def test_four_workers_close_an_item_once(pair: tuple[int, int, int]) -> None:
    practice_id, first, second = pair

    def run(pk: int) -> int:
        try:
            with access.acting_in(practice_id):
                return link_provider_adjustments(Remittance.objects.get(pk=pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(run, [first, second, first, second]))
    assert sum(made) == 1
    with access.acting_in(practice_id):
        assert OffsetLink.objects.get().amount == D("70.00")


def test_two_connections_cannot_close_one_entry_twice(pair: tuple[int, int, int]) -> None:
    """The database itself, without the locks of the action: the second insert waits, then fails."""
    practice_id, *_ = pair
    with access.acting_in(practice_id):
        opening, closing = ProviderAdjustment.objects.order_by("pk")
        OffsetLink.objects.create(
            practice_id=practice_id,
            opening=opening,
            closing=closing,
            amount=D("60.00"),
            method="person",
            undone="person",
            undone_at=timezone.now(),
        )
    amounts = [D("50.00"), D("50.00")]

    def insert(amount: Decimal) -> bool:
        try:
            with access.acting_in(practice_id):
                OffsetLink.objects.create(
                    practice_id=practice_id,
                    opening=opening,
                    closing=closing,
                    amount=amount,
                    method="person",
                )
        except IntegrityError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(insert, amounts)) == [False, True]
