"""Rules in the way of a remittance: held, released, transferred, written off, taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import policies
from billing.actions import policies as actions
from billing.actions.postings import post_remittance, preview
from billing.actions.takebacks import release_claim
from billing.models import Claim, Posting, PostingRule, Remittance
from billing.policy_backtest import BackTest, back_test
from payers.models import Treatment
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge
from tests.billing.ruling import make_rule

D = Decimal


def charged(practice: Practice, *lines: tuple[str, str], **changes: Any) -> Claim:
    claim = make.claim(practice, *lines, **changes)
    charge(claim)
    return claim


def held_remittance(north: Practice, ben: User) -> tuple[Remittance, Claim, PostingRule]:
    """72.00 paid of 165.00, CO-97 for the rest, and a rule about CO-97."""
    rule = make_rule(north, ben, name="CO-97 of Unified", payer=make.payer(north))
    claim = charged(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-97 93.00"))))
    return row, claim, rule


def test_a_held_claim_waits_with_its_rule_and_its_money_stays_unapplied(
    north: Practice, ben: User
) -> None:
    row, claim, rule = held_remittance(north, ben)
    waiting = row.claims.get()
    assert (waiting.state, row.state) == ("matched", "partly_posted")
    assert waiting.exception == "Held by rule “CO-97 of Unified”: CO-97 of $93.00."
    assert (waiting.exception_code, waiting.held_by_rule) == ("policy", rule)
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    assert_ledger(north, unapplied="72.00")
    claim.refresh_from_db()
    assert claim.status == "accepted"


def test_the_other_claims_of_the_payment_post(north: Practice, ben: User) -> None:
    make_rule(north, ben)
    held, clean = charged(north), charged(north)
    row = r.posted(
        north,
        r.content(
            "144.00",
            r.echo(held, ("72.00", "CO-97 93.00")),
            r.echo(clean, ("72.00", "CO-45 93.00")),
        ),
    )
    assert list(row.claims.values_list("state", flat=True)) == ["matched", "posted"]
    assert_ledger(north, unapplied="72.00")


def test_the_preview_leaves_held_claims_out(north: Practice, ben: User) -> None:
    make_rule(north, ben)
    claim = charged(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-97 93.00"))))
    assert [move.move.destination for move in preview(row)] == ["cash"]


def test_a_released_claim_posts_and_says_who_and_why(north: Practice, ben: User) -> None:
    row, claim, rule = held_remittance(north, ben)
    posted = release_claim(row.claims.get(), by=ben, reason="Called the payer")
    assert (posted.state, posted.is_released) == ("posted", True)
    assert (posted.exception, posted.exception_code, posted.held_by_rule) == ("", "", None)
    assert book_of(claim)["primary_receivable"] == D("93.00")
    assert_ledger(north)
    row.refresh_from_db()
    assert row.state == "posted"
    event = Event.objects.get(name="remitted_claim.released")
    assert event.data == {"rules": [rule.pk], "reason": "Called the payer"}
    assert event.patient_id == claim.patient_id


def test_releasing_needs_a_reason_and_a_hold(north: Practice, ben: User) -> None:
    row, _, _ = held_remittance(north, ben)
    moves = Posting.objects.count()
    with pytest.raises(Refusal) as refused:
        release_claim(row.claims.get(), by=ben, reason=" ")
    assert refused.value.fields == {"reason": "Say why it may post."}
    assert Posting.objects.count() == moves
    assert not row.claims.get().is_released
    release_claim(row.claims.get(), by=ben, reason="ok")
    with pytest.raises(Refusal, match="This payment is posted already"):
        release_claim(row.claims.get(), by=ben, reason="ok")


def test_all_that_one_rule_holds_is_released_at_once(north: Practice, ben: User) -> None:
    rule = make_rule(north, ben)
    other = make_rule(north, ben, name="Other", reason="50")
    claims = [charged(north) for _ in range(3)]
    told = [r.echo(claim, ("0.00", "CO-97 165.00")) for claim in claims[:2]]
    row = r.posted(
        north, r.content("0.00", *told, r.echo(claims[2], ("0.00", "CO-50 165.00")), method="NON")
    )
    assert actions.release_held(row, rule, by=ben, reason="Agreed with the payer") == 2
    assert list(row.claims.values_list("state", flat=True)) == ["posted", "posted", "matched"]
    assert row.claims.last().held_by_rule == other
    event = Event.objects.get(name="remittance.holds_released")
    assert len(event.data["remitted_claims"]) == 2


def test_a_retired_rule_holds_nothing_at_the_next_posting(north: Practice, ben: User) -> None:
    row, claim, rule = held_remittance(north, ben)
    actions.retire_rule(rule, by=ben)
    post_remittance(row, by=ben)
    assert row.claims.get().state == "posted"
    assert row.claims.get().exception == ""
    assert_ledger(north)


def test_an_approved_rule_writes_a_small_denial_off_and_the_event_proves_it(
    north: Practice, ben: User, mia: User
) -> None:
    rule = make_rule(north, ben, action="write_off", amount_to="5.00", approved_by=mia)
    claim = charged(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 88.50", "CO-97 4.50"))))
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("72.00"),
        "contractual": D("88.50"),
        "write_off": D("4.50"),
    }
    adjustment = row.adjustments.get(reason="97")
    event = Event.objects.get(name="remittance.rules_applied")
    assert event.data == {"adjustments": {str(rule.pk): [adjustment.pk]}}
    assert_ledger(north)


def test_a_proposed_write_off_changes_nothing(north: Practice, ben: User) -> None:
    make_rule(north, ben, action="write_off", is_active=False)
    claim = charged(north)
    r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-97 93.00"))))
    assert book_of(claim)["primary_receivable"] == D("93.00")
    assert "write_off" not in book_of(claim)


def test_a_transfer_goes_to_the_next_party(north: Practice, ben: User) -> None:
    make_rule(north, ben, name="Not covered", group="PR", reason="96", action="transfer")
    alone, covered = charged(north), charged(north)
    other = make.payer(north, payer_id="MEDIG", name="Medigap", short_name="Medigap")
    make.coverage(covered.patient, payer=other, rank="S")
    told = [r.echo(claim, ("72.00", "PR-96 93.00")) for claim in (alone, covered)]
    r.posted(north, r.content("144.00", *told))
    assert book_of(alone)["patient_receivable"] == D("93.00")
    assert book_of(covered)["secondary_receivable"] == D("93.00")


def test_a_rule_wins_over_a_treatment(north: Practice, ben: User, mia: User) -> None:
    claim = charged(north)
    Treatment.objects.create(practice=north, group="CO", reason="97", kind="contractual")
    make_rule(north, ben, action="write_off", approved_by=mia)
    r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-97 93.00"))))
    assert book_of(claim)["write_off"] == D("93.00")


@pytest.mark.parametrize("is_made_later", [True, False])
def test_a_reversal_goes_the_way_of_its_payment_whatever_the_rules_are_by_now(
    north: Practice, ben: User, mia: User, is_made_later: bool
) -> None:
    claim = charged(north)
    paid = ("72.00", "CO-97 93.00")
    if not is_made_later:
        rule = make_rule(north, ben, action="write_off", approved_by=mia)
    r.posted(north, r.content("72.00", r.echo(claim, paid)))
    if is_made_later:
        make_rule(north, ben, action="write_off", approved_by=mia)
    else:
        actions.retire_rule(rule, by=ben)
    back = r.echo(claim, paid, status="22")
    r.posted(
        north, r.content("0.00", back, adjustments=(r.plb("FB", "-72.00"),), trace_number="CHECK2")
    )
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    assert_ledger(north)


def test_a_reversal_waits_while_the_payment_it_takes_back_is_held(
    north: Practice, ben: User
) -> None:
    make_rule(north, ben)
    claim = charged(north)
    paid = ("72.00", "CO-97 93.00")
    told = [r.echo(claim, paid), r.echo(claim, paid, status="22")]
    row = r.posted(north, r.content("0.00", *told, method="NON"))
    assert [c.exception for c in row.claims.all()] == [
        "Held by rule “CO-97 to look at”: CO-97 of $93.00.",
        "It takes back a payment that was never posted here.",
    ]
    assert_ledger(north)


def test_the_holds_of_a_thousand_claims_cost_no_more_statements(north: Practice, ben: User) -> None:
    make_rule(north, ben, payer=make.payer(north), amount_from="500.00")

    def cost(count: int, trace: str) -> int:
        told = [r.echo(make.claim(north), ("72.00", "CO-97 93.00")) for _ in range(count)]
        row = r.recorded(north, r.content(f"{72 * count}.00", *told, trace_number=trace))
        with CaptureQueriesContext(connection) as seen, connection.cursor() as db:
            assert policies.find_decisions(db, row).held == {}
        return len(seen)

    assert cost(1, "A") == cost(12, "B") == 3


def test_a_change_makes_a_new_version_and_retires_the_old_one(north: Practice, ben: User) -> None:
    old = make_rule(north, ben)
    terms = {"name": "CO-97 above $10", "group": "CO", "reason": "97", "action": "hold"}
    new = actions.add_rule(north, by=ben, replaces=old, amount_from=D("10.00"), **terms)
    old.refresh_from_db()
    assert (old.state, new.state, new.replaces) == ("retired", "active", old)
    with pytest.raises(Refusal, match="Somebody was first: “CO-97 to look at” is changed already"):
        actions.add_rule(north, by=ben, replaces=old, **terms)
    assert PostingRule.objects.count() == 2


def test_a_write_off_waits_for_somebody_elses_approval(
    north: Practice, ben: User, mia: User
) -> None:
    old = make_rule(north, ben)
    terms = {"name": "Small", "group": "CO", "reason": "97", "action": "write_off"}
    rule = actions.add_rule(north, by=mia, replaces=old, amount_to=D("5.00"), **terms)
    old.refresh_from_db()
    assert (rule.state, old.state) == ("proposed", "active")
    with pytest.raises(Refusal, match="You made this rule: somebody else has to approve it"):
        actions.approve_rule(rule, by=mia)
    rule.refresh_from_db()
    assert rule.state == "proposed"
    approved = actions.approve_rule(rule, by=ben)
    old.refresh_from_db()
    assert (approved.state, approved.approved_by, old.state) == ("active", ben, "retired")
    with pytest.raises(Refusal, match="“Small” does not wait for approval"):
        actions.approve_rule(rule, by=ben)


def test_a_retired_rule_is_retired_once(north: Practice, ben: User) -> None:
    rule = make_rule(north, ben)
    actions.retire_rule(rule, by=ben)
    with pytest.raises(Refusal, match="“CO-97 to look at” is retired already"):
        actions.retire_rule(rule, by=ben)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("posting_rule_words_known", {"action": "forget"}),
        ("posting_rule_range", {"amount_from": "10.00", "amount_to": "9.99"}),
        ("posting_rule_range", {"amount_from": "-1.00"}),
        ("posting_rule_transfers_pr", {"action": "transfer"}),
        ("posting_rule_transfers_pr", {"action": "transfer", "group": "PR", "reason": ""}),
        (
            "posting_rule_writes_off_named",
            {"action": "write_off", "is_active": False, "reason": ""},
        ),
        (
            "posting_rule_writes_off_named",
            {"action": "write_off", "is_active": False, "group": "PR"},
        ),
        ("posting_rule_write_off_approved", {"action": "write_off"}),
        ("posting_rule_scope_fits", {"scope": "zero_paid", "action": "route", "team": "x"}),
        ("posting_rule_team", {"team": "Appeals"}),
        ("posting_rule_team", {"action": "route"}),
        ("posting_rule_retired_rests", {"retired_at": "2026-11-20T12:00:00Z"}),
        ("posting_rule_approval_whole", {"approved_at": "2026-11-20T12:00:00Z"}),
    ],
)
def test_the_database_refuses_a_rule_that_makes_no_sense(
    north: Practice, ben: User, constraint: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_rule(north, ben, **changes)


def test_the_maker_of_a_write_off_cannot_be_its_approver(north: Practice, ben: User) -> None:
    with pytest.raises(IntegrityError, match="write_off_approved"), transaction.atomic():
        make_rule(north, ben, action="write_off", approved_by=ben)


def test_the_database_refuses_to_edit_or_delete_a_rule(north: Practice, ben: User) -> None:
    rule = make_rule(north, ben)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        PostingRule.objects.filter(pk=rule.pk).update(reason="50")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        PostingRule.objects.filter(pk=rule.pk).delete()


def test_the_database_lets_only_pr_become_the_patients(north: Practice) -> None:
    with pytest.raises(IntegrityError, match="treatment_patient_is_pr"), transaction.atomic():
        Treatment.objects.create(practice=north, group="CO", reason="96", kind="patient")


def test_a_back_test_counts_what_the_rule_would_have_decided(north: Practice, ben: User) -> None:
    claims = [charged(north) for _ in range(4)]
    told = [
        r.echo(claims[0], ("72.00", "CO-97 93.00")),
        r.echo(claims[1], ("0.00", "CO-97 100.00", "CO-50 65.00")),
        r.echo(claims[2], ("72.00", "CO-45 93.00")),
        r.echo(claims[3], ("160.00", "CO-97 5.00")),
    ]
    r.posted(north, r.content("304.00", *told))
    draft = policies.rule_of(
        PostingRule(name="x", group="CO", reason="97", action="hold", amount_from=D("50.00"))
    )
    today = date(2026, 11, 23)
    assert back_test(north, draft, today=today) == BackTest(2, 4, D("193.00"), 90)
    stronger = make_rule(north, ben, payer=claims[0].payer, action="post")
    assert back_test(north, draft, today=today).claims == 0
    replaced = back_test(north, draft, today=today, replaced=stronger.pk)
    assert replaced.claims == 2
    assert back_test(north, draft, today=date(2027, 3, 1)) == BackTest(0, 0, D("0.00"), 90)
