"""A whole posting can be taken back once, by new moves, with a reason."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing import ledger
from billing.actions.postings import post_remittance
from billing.actions.remittances import match_claim
from billing.actions.takebacks import (
    release_claim,
    release_remittance,
    reverse_claim,
    reverse_remittance,
    undo_match,
)
from billing.books import disagreements
from billing.models import Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import RemittedClaim, RemittedLine
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of


def test_taking_back_swaps_every_move(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    row = reverse_remittance(row, reason="Wrong bank account", by=ben)
    assert (row.state, row.hold_code) == ("held", "taken_back")
    assert row.hold_message == "The posting was taken back: Wrong bank account"
    assert book_of(claim) == {}
    assert_ledger(north)
    assert Posting.objects.filter(reverses__isnull=False).count() == 3
    with pytest.raises(Refusal, match="This remittance is held"):
        post_remittance(row)
    with pytest.raises(Refusal, match="Nothing of this remittance is posted"):
        reverse_remittance(row, reason="again", by=ben)
    assert Posting.objects.count() == 6


def test_taking_back_needs_a_reason(north: Practice, ben: User) -> None:
    row = r.posted(north, r.content("0.00"))
    with pytest.raises(Refusal) as refused:
        reverse_remittance(row, reason=" ", by=ben)
    assert refused.value.fields == {"reason": "Say why the posting is taken back."}


def test_what_the_payer_reversed_is_not_taken_back_twice(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    paid = ("72.00", "CO-45 93.00")
    row = r.posted(north, r.content("72.00", r.echo(claim, paid)))
    back = r.echo(claim, paid, status="22")
    r.posted(
        north,
        r.content("0.00", back, adjustments=(r.plb("FB", "-72.00"),), trace_number="CHECK2"),
    )
    with pytest.raises(Refusal, match="The payer itself took back"):
        reverse_remittance(row, reason="x", by=ben)
    assert_ledger(north)


PAID = ("72.00", "CO-45 73.00", "PR-2 20.00")
BACK = (r.plb("FB", "-72.00"),)


def check_books(practice: Practice) -> None:
    """Ledger and recorded payments say the same."""
    assert_ledger(practice)
    assert list(disagreements(practice)) == []


def test_a_payment_taken_back_posts_again_when_released(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, PAID)))
    before = book_of(claim)
    for turn in (1, 2):
        row = reverse_remittance(row, reason="Wrong day", by=ben)
        assert book_of(claim) == {}
        check_books(north)
        row = release_remittance(row, by=ben)
        assert (row.state, row.hold_code, row.posting_round) == ("posted", "", turn)
        assert book_of(claim) == before
        check_books(north)
    assert Posting.objects.count() == 4 + 2 * (4 + 4)


def test_one_claim_is_taken_back_and_its_money_waits_unapplied(north: Practice, ben: User) -> None:
    one, two = make.claim(north), make.claim(north)
    row = r.posted(north, r.content("144.00", r.echo(one, PAID), r.echo(two, PAID, position=2)))
    remitted = row.claims.get(claim=one)
    with pytest.raises(Refusal, match="Say why the posting is taken back"):
        reverse_claim(remitted, reason="", by=ben)
    taken = reverse_claim(remitted, reason="Wrong patient", by=ben)
    assert (taken.state, taken.exception) == (
        "matched",
        "The posting was taken back: Wrong patient",
    )
    row.refresh_from_db()
    assert row.state == "partly_posted"
    assert book_of(one) == {}
    assert ledger.unapplied(north) == Decimal("72.00")
    assert list(disagreements(north)) == []
    with pytest.raises(Refusal, match="Nothing of this claim is posted"):
        reverse_claim(taken, reason="again", by=ben)
    post_remittance(row)
    assert book_of(one) == {}, "posting again does not undo what a person decided"
    assert release_claim(taken, reason="It was right", by=ben).state == "posted"
    assert book_of(one) == book_of(two)
    check_books(north)


def test_a_reversal_taken_back_restores_the_payment_and_posts_again(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    first = r.posted(north, r.content("72.00", r.echo(claim, PAID)))
    paid = book_of(claim)
    told = r.echo(claim, PAID, status="22")
    second = r.posted(north, r.content("0.00", told, adjustments=BACK, trace_number="CHECK2"))
    reversal = second.claims.get()
    assert reversal.reverses == first.claims.get()
    assert book_of(claim) == {}
    check_books(north)
    reversal = reverse_claim(reversal, reason="The payer withdrew it", by=ben)
    assert (book_of(claim), reversal.reverses) == (paid, None)
    assert list(disagreements(north)) == []
    reversal = release_claim(reversal, reason="It was right", by=ben)
    assert (reversal.state, reversal.reverses) == ("posted", first.claims.get())
    assert book_of(claim) == {}
    check_books(north)
    reverse_remittance(second, reason="x", by=ben)
    reverse_remittance(first, reason="x", by=ben)
    assert book_of(claim) == {}
    check_books(north)


def test_a_reversal_that_came_first_posts_when_its_payment_comes(north: Practice) -> None:
    claim = make.claim(north)
    told = r.echo(claim, PAID, status="22")
    early = r.posted(north, r.content("0.00", told, adjustments=BACK, trace_number="CHECK2"))
    assert early.state == "partly_posted"
    assert early.claims.get().exception_code == "nothing_to_reverse"
    assert book_of(claim) == {}
    late = r.posted(north, r.content("72.00", r.echo(claim, PAID)))
    assert late.state == "posted"
    early = post_remittance(early)  # what the task does that posting the payment asked for
    assert early.state == "posted"
    assert book_of(claim) == {}
    check_books(north)


def test_a_reversal_of_a_reversal_pays_again(north: Practice) -> None:
    claim = make.claim(north)
    r.posted(north, r.content("72.00", r.echo(claim, PAID)))
    paid = book_of(claim)
    told = r.echo(claim, PAID, status="22")
    r.posted(north, r.content("0.00", told, adjustments=BACK, trace_number="CHECK2"))
    again = replace(r.echo(claim, PAID), status_code="22")
    third = r.posted(north, r.content("72.00", again, trace_number="CHECK3"))
    assert third.claims.get().reverses == Remittance.objects.get(trace_number="CHECK2").claims.get()
    assert book_of(claim) == paid
    check_books(north)


def test_payment_reversal_and_correction_in_one_file_in_any_order(north: Practice) -> None:
    claim = make.claim(north)
    first = r.echo(claim, PAID)
    back = r.echo(claim, PAID, status="22", position=2)
    right = r.echo(claim, ("80.00", "CO-45 85.00"), position=3)
    for number, order in enumerate(((first, back, right), (right, back, first)), 1):
        told = [replace(one, position=place) for place, one in enumerate(order, 1)]
        row = r.posted(
            north, r.content("80.00", *told, trace_number=f"CHECK{number}", number=number)
        )
        assert row.state == "posted"
        check_books(north)
        assert book_of(claim)["contractual"] == 85 * number


def test_a_claim_taken_back_stays_out_when_its_payment_posts_again(
    north: Practice, ben: User
) -> None:
    """A match by a person or a task that comes twice runs posting again."""
    first, second = make.claim(north), make.claim(north)
    told = [r.echo(first, ("72.00", "CO-45 93.00")), r.echo(second, ("80.00", "CO-45 85.00"))]
    told[1] = replace(told[1], position=2)
    row = r.posted(north, r.content("152.00", *told))
    taken = row.claims.get(position=1)
    reverse_claim(taken, reason="Wrong patient", by=ben)
    post_remittance(row)
    assert book_of(first) == {}
    assert_ledger(north, unapplied="72.00")
    release_claim(taken, reason="It was right", by=ben)
    assert_ledger(north)


def test_posting_again_after_one_was_taken_back_posts_no_repeated_statement(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    told = r.echo(claim, PAID)
    row = r.posted(north, r.content("144.00", told, replace(told, position=2)))
    first, second = row.claims.order_by("position")
    assert (first.state, second.exception_code) == ("posted", "repeated")
    post_remittance(row)
    second.refresh_from_db()
    assert (second.state, second.exception_code) == ("matched", "repeated")
    reverse_claim(first, reason="Wrong patient", by=ben)
    post_remittance(row)
    assert book_of(claim) == {}
    assert_ledger(north, "144.00")


def test_what_was_taken_back_alone_waits_when_the_whole_payment_is_released(
    north: Practice, ben: User
) -> None:
    one, two = make.claim(north), make.claim(north)
    row = r.posted(north, r.content("144.00", r.echo(one, PAID), r.echo(two, PAID, position=2)))
    reverse_claim(row.claims.get(claim=one), reason="Wrong patient", by=ben)
    row = reverse_remittance(row, reason="Wrong day", by=ben)
    row = release_remittance(row, by=ben)
    assert (row.state, book_of(one)) == ("partly_posted", {})
    assert row.claims.get(claim=one).exception == "The posting was taken back: Wrong patient"
    assert row.claims.get(claim=two).state == "posted"
    assert_ledger(north, "72.00")


def test_a_payment_that_does_not_add_up_is_not_released_whatever_holds_it(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    r.posted(north, r.content("72.00", r.echo(claim, PAID)))
    other = r.echo(claim, ("60.00", "CO-45 73.00", "PR-2 20.00"))
    held = r.recorded(north, r.content("60.00", other, number=2))
    assert (held.state, held.hold_code, len(held.differences)) == ("held", "overlaps", 2)
    moves = Posting.objects.count()
    with pytest.raises(Refusal, match="What does not add up needs a new version of the file"):
        release_remittance(held, by=ben)
    held.refresh_from_db()
    assert (held.state, Posting.objects.count()) == ("held", moves)


def lost(line: RemittedLine, paid: str) -> RemittedClaim:
    """A claim of 165.00 of nobody we know."""
    return r.clp("LOST", "165.00", paid, line, parties=())


def test_a_claim_matched_by_mistake_forgets_what_the_payer_said_of_another(
    north: Practice, ben: User
) -> None:
    wrong = make.claim(north, status="accepted")
    told = lost(r.line("99213", "165.00", "72.00", "CO-45 93.00"), "72.00")
    row = r.posted(north, r.content("72.00", told))
    match_claim(row.claims.get(), wrong, by=ben)
    wrong.refresh_from_db()
    assert (wrong.status, wrong.payer_claim_control_number) == ("adjudicated", "PLOST")
    undo_match(row.claims.get(), by=ben)
    wrong.refresh_from_db()
    assert (wrong.status, wrong.payer_claim_control_number) == ("accepted", "")
    assert wrong.adjudicated_at is None
    assert Event.objects.filter(name="claim.decision_withdrawn", subject_id=wrong.pk).count() == 1
    assert book_of(wrong) == {}
    assert_ledger(north, "72.00")


def test_a_claim_matched_by_mistake_keeps_its_own_decision(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    r.posted(north, r.content("72.00", r.echo(claim, PAID, payer_claim_control_number="OWN1")))
    told = lost(r.line("99213", "165.00", "0.00", "CO-50 165.00"), "0.00")
    row = r.posted(north, r.content("0.00", told, trace_number="CHECK2"))
    match_claim(row.claims.get(), claim, by=ben)
    undo_match(row.claims.get(), by=ben)
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("adjudicated", "OWN1")
