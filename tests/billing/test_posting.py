"""Posting: from a matched remittance to the ledger, to the cent and once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import bench_posting as bench
from billing import ledger
from billing.actions.files import read_file, receive_file
from billing.actions.postings import post_remittance, preview
from billing.actions.remittances import match_claim, match_remittance
from billing.actions.takebacks import release_claim
from billing.models import Posting
from payers.models import Treatment
from rcm.bench.generate import make_cases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge

D = Decimal


def test_a_check_posts_to_the_cent(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    told = r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    row = r.recorded(north, r.content("67.00", told, adjustments=(r.plb("WO", "5.00"),)))
    row = post_remittance(row, by=ben)
    assert row.state == "posted"
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("72.00"),
        "contractual": D("73.00"),
        "patient_receivable": D("20.00"),
    }
    assert ledger.remittance_balances(north, row.pk)["payer_offset"] == D("5.00")
    assert_ledger(north)
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("adjudicated", "PT000001")
    assert claim.adjudicated_at is not None
    assert row.claims.get().state == "posted"
    assert Posting.objects.filter(remittance=row).exclude(created_by=ben).count() == 0
    told_event = Event.objects.get(name="claim.adjudicated")
    assert (told_event.subject_id, told_event.patient_id) == (claim.pk, claim.patient_id)


def test_posting_again_writes_nothing(north: Practice) -> None:
    claim = make.claim(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    moves = Posting.objects.count()
    row = post_remittance(row)
    assert row.state == "posted"
    assert Posting.objects.count() == moves == 3
    assert Event.objects.filter(name="remittance.posted").count() == 1


def test_the_preview_is_what_posting_writes(north: Practice) -> None:
    claim = make.claim(north)
    row = r.recorded(
        north,
        r.content(
            "67.00",
            r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00")),
            adjustments=(r.plb("WO", "5.00"),),
        ),
    )
    shown = {
        (m.move.origin, m.move.source, m.move.destination, m.move.amount) for m in preview(row)
    }
    assert not Posting.objects.exists()
    post_remittance(row)
    written = {
        (p.origin, p.source, p.destination, int(p.amount * 100)) for p in Posting.objects.all()
    }
    assert shown == written
    assert preview(row) == []


def test_a_denied_line_stays_owed(north: Practice) -> None:
    claim = make.claim(north, ("99213", "165.00"), ("20610", "148.00"))
    charge(claim)
    told = r.echo(claim, ("72.00", "CO-45 93.00"), ("0.00", "CO-97 148.00"))
    r.posted(north, r.content("72.00", told))
    assert book_of(claim)["primary_receivable"] == D("148.00")
    assert_ledger(north)


def test_a_payers_own_treatment_is_followed(north: Practice) -> None:
    claim = make.claim(north)
    Treatment.objects.create(
        practice=north, payer=claim.payer, group="CO", reason="97", kind="contractual"
    )
    charge(claim)
    r.posted(north, r.content("0.00", r.echo(claim, ("0.00", "CO-97 165.00")), method="NON"))
    assert book_of(claim) == {"revenue": D("-165.00"), "contractual": D("165.00")}


def test_the_share_waits_for_the_secondary_payer(north: Practice) -> None:
    claim = make.claim(north)
    other = make.payer(north, payer_id="MEDIG", name="Medigap", short_name="Medigap")
    make.coverage(claim.patient, payer=other, rank="S")
    charge(claim)
    r.posted(north, r.content("145.00", r.echo(claim, ("145.00", "PR-2 20.00"))))
    assert book_of(claim)["secondary_receivable"] == D("20.00")


def test_a_coverage_that_has_ended_gets_no_share(north: Practice) -> None:
    claim = make.claim(north)
    other = make.payer(north, payer_id="MEDIG", name="Medigap", short_name="Medigap")
    make.coverage(claim.patient, payer=other, rank="S", ends_on="2026-10-31")
    r.posted(north, r.content("145.00", r.echo(claim, ("145.00", "PR-2 20.00"))))
    assert book_of(claim)["patient_receivable"] == D("20.00")


def test_an_unknown_claim_waits_and_its_money_stays_in_view(north: Practice) -> None:
    known = make.claim(north)
    content = r.content(
        "82.00",
        r.echo(known, ("72.00", "CO-45 93.00")),
        r.clp("NOBODY", "10.00", "10.00", r.line("99213", "10.00", "10.00")),
    )
    row = r.posted(north, content)
    assert row.state == "partly_posted"
    waiting = row.claims.get(state="unmatched")
    assert waiting.exception == "No claim of this practice has this number."
    assert_ledger(north, unapplied="10.00")


def test_a_person_matches_what_waits_and_it_posts_at_once(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    lost = r.line("99213", "165.00", "72.00", "CO-45 93.00", dates=())
    row = r.posted(north, r.content("72.00", r.clp("X9", "165.00", "72.00", lost)))
    assert row.state == "partly_posted"
    matched = match_claim(row.claims.get(), claim, by=ben)
    assert (matched.state, matched.match_method, matched.claim) == ("posted", "person", claim)
    row.refresh_from_db()
    assert row.state == "posted"
    assert "primary_receivable" not in book_of(claim)
    assert_ledger(north)
    with pytest.raises(Refusal, match="This payment is posted already"):
        match_claim(matched, claim, by=ben)


def test_a_person_cannot_match_a_claim_that_was_never_sent(north: Practice, ben: User) -> None:
    draft = make.claim(north, status="draft", submitted_at=None, accepted_at=None)
    row = r.posted(north, r.content("10.00", r.clp("NOBODY", "10.00", "10.00")))
    with pytest.raises(Refusal) as refused:
        match_claim(row.claims.get(), draft, by=ben)
    assert refused.value.fields == {"claim": "Claim T000001 was never sent to a payer."}
    assert row.claims.get().state == "unmatched"


def test_a_line_that_fits_nothing_stops_its_claim(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    told = r.clp(
        claim.patient_control_number,
        "165.00",
        "72.00",
        r.line("99999", "165.00", "72.00", "CO-45 93.00"),
    )
    row = r.posted(north, r.content("72.00", told))
    waiting = row.claims.get()
    assert (waiting.state, row.state) == ("matched", "partly_posted")
    assert waiting.exception == "Line 1 of the payer fits no line of this claim."
    assert_ledger(north, unapplied="72.00")
    match_claim(waiting, claim, by=ben)
    assert_ledger(north)


def test_the_payers_number_finds_the_claim_when_ours_is_lost(north: Practice) -> None:
    claim = make.claim(north, payer_claim_control_number="ICN77")
    told = r.clp(
        "0",
        "165.00",
        "72.00",
        r.line("99213", "165.00", "72.00", "CO-45 93.00"),
        payer_claim_control_number="ICN77",
    )
    found = r.recorded(north, r.content("72.00", told)).claims.get()
    assert (found.claim, found.match_method) == (claim, "payer_number")


def test_a_payer_number_two_claims_share_decides_nothing(north: Practice) -> None:
    make.claim(north, payer_claim_control_number="ICN77")
    make.claim(north, payer_claim_control_number="ICN77")
    told = r.clp("0", "72.00", "72.00", payer_claim_control_number="ICN77")
    assert r.recorded(north, r.content("72.00", told)).claims.get().state == "unmatched"


def test_a_reversal_and_its_correction(north: Practice) -> None:
    claim = make.claim(north)
    charge(claim)
    paid = ("72.00", "CO-45 73.00", "PR-2 20.00")
    r.posted(north, r.content("72.00", r.echo(claim, paid)))
    content = r.content(
        "8.00",
        r.echo(claim, paid, status="22"),
        r.echo(claim, ("80.00", "CO-45 65.00", "PR-2 20.00")),
        trace_number="CHECK2",
    )
    assert r.posted(north, content).state == "posted"
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("80.00"),
        "contractual": D("65.00"),
        "patient_receivable": D("20.00"),
    }
    assert_ledger(north)


def test_a_correction_may_stand_before_its_reversal(north: Practice) -> None:
    claim = make.claim(north)
    paid = ("72.00", "CO-45 93.00")
    r.posted(north, r.content("72.00", r.echo(claim, paid)))
    content = r.content(
        "8.00",
        r.echo(claim, ("80.00", "CO-45 85.00")),
        r.echo(claim, paid, status="22"),
        trace_number="CHECK2",
    )
    assert r.posted(north, content).state == "posted"
    assert_ledger(north)


def test_a_reversal_of_what_was_never_posted_waits(north: Practice) -> None:
    claim = make.claim(north)
    content = r.content(
        "0.00",
        r.echo(claim, ("72.00", "CO-45 93.00"), status="22"),
        adjustments=(r.plb("WO", "-72.00"),),
    )
    row = r.posted(north, content)
    assert row.state == "partly_posted"
    waiting = row.claims.get()
    assert waiting.exception == "It takes back a payment that was never posted here."
    assert not Posting.objects.filter(claim=claim).exists()
    assert_ledger(north, unapplied="-72.00")
    # The payment turns up late; then the reversal posts.
    r.posted(
        north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")), trace_number="LATE")
    )
    assert post_remittance(row).state == "posted"
    assert row.claims.get().exception == ""
    assert book_of(claim) == {}
    assert_ledger(north)


def test_a_predetermination_is_not_posted(north: Practice) -> None:
    claim = make.claim(north)
    told = r.clp(
        claim.patient_control_number,
        "165.00",
        "0.00",
        r.line("99213", "165.00", "0.00", "OA-101 165.00"),
        status="25",
    )
    row = r.posted(north, r.content("0.00", told, method="NON"))
    assert row.state == "posted"
    assert not Posting.objects.exists()
    claim.refresh_from_db()
    assert claim.status == "accepted"


def test_matching_again_changes_nothing(north: Practice) -> None:
    claim = make.claim(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    assert match_remittance(row).state == "ready"
    assert row.lines.get().service_line == claim.lines.get()


def statements_for(practice_name: str, claims: int) -> int:
    """Statements from bytes to ledger for a generated file of this size."""
    practice, ids = bench.make_bench_practice()
    bench.seed_claims(
        ids, make_cases(claims, claim_number=lambda number: f"{practice_name}{number}")
    )
    content = bench.make_content(practice_name, claims)
    with CaptureQueriesContext(connection) as captured:
        file = read_file(receive_file(practice, practice_name, content))
        row = post_remittance(file.remittances.get())
    assert (row.state, row.claims_count) == ("posted", claims)
    assert_ledger(practice)
    return len(captured)


def test_every_further_thousand_claims_cost_the_same_few_statements(db: Any) -> None:
    one, two, three = (statements_for(name, n * 1000) for n, name in enumerate("ABC", 1))
    assert three - two == two - one <= 30


def test_a_statement_that_stands_twice_in_a_payment_posts_once_and_waits_once(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    charge(claim)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    row = r.posted(north, r.content("144.00", told, replace(told, position=2)))
    assert row.state == "partly_posted"
    waiting = row.claims.get(state="matched")
    assert waiting.exception == "This payment says the same of this claim once before."
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("72.00"),
        "contractual": D("93.00"),
    }
    assert ledger.unapplied(north) == D("72.00")
    release_claim(waiting, reason="Looked at it", by=ben)
    assert book_of(claim)["primary_receivable"] == D("-165.00"), "a credit in view"
    assert ledger.ledger_sum(north) == 0
