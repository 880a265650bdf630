"""Defects other products had, by the number of their thread: here each one comes out right.

OpenEMR, LibreHealth EHR and Ottehr. Where the feature does not exist here, the nearest guard is
tested, and the docstring says so.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from billing import ledger
from billing.actions.claims import draft_ready_claims
from billing.actions.submissions import submit_ready
from billing.models import Claim, Posting, Remittance, RemittedClaim
from coding.models import Charge
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice, User
from rcm.x12.gate import inspect
from rcm.x12.remittance_835 import Reference
from tests import make
from tests.acceptance.kit import (
    BOOK_72,
    OWED_165,
    PAID_72,
    D,
    arrive,
    billed,
    book_of,
    cash,
    moves,
    states,
)
from tests.billing import remitting as r
from tests.billing.books import assert_ledger
from tests.billing.outgoing import coded_chart, ready_claim
from tests.x12 import build as x12


def segments(content: bytes, name: str) -> list[list[str]]:
    """Elements of every segment of one name, split by hand."""
    rows = [text.split("*") for text in content.decode().split("~")]
    return [row for row in rows if row[0] == name]


def test_openemr_10681_one_payment_in_two_files_posts_once(north: Practice) -> None:
    """And the check number alone decides nothing: numbers repeat over payers and years."""
    claim, other = billed(north), billed(north)
    payment = (r.start("72.00"), (r.echo(claim, PAID_72),), ())
    arrive(north, r.content_of(payment))
    before = moves()
    arrive(north, r.content_of(payment, number=77), "again.835")
    assert moves() == before
    make.payer(north, payer_id="SECND", name="Second", trace_identifier="1888888888")
    same_number = r.start("72.00", payer_identifier="1888888888", payer_name="SECOND")
    arrive(north, r.content_of((same_number, (r.echo(other, PAID_72),), ()), number=78), "c.835")
    assert (book_of(claim), book_of(other)) == (BOOK_72, BOOK_72)
    assert cash(north) == D("144.00")
    assert_ledger(north)


def test_openemr_7186_a_denial_is_never_written_off_by_an_import(north: Practice) -> None:
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "CO-29 165.00")), method="NON"))
    assert book_of(claim) == OWED_165
    assert Denial.objects.get().code == "CO-29"
    assert_ledger(north)


def test_openemr_7293_a_modifier_the_payer_left_out_does_not_stop_the_line(
    north: Practice,
) -> None:
    claim = billed(north)
    claim.lines.update(modifiers=["25"])
    svc = r.line("99213", "165.00", *PAID_72)
    arrive(north, r.content("72.00", r.clp("T000001", "165.00", "72.00", svc)))
    assert states() == ["posted"]
    assert claim.lines.get().modifiers == ["25"]
    assert claim.lines.count() == 1
    assert book_of(claim) == BOOK_72
    assert_ledger(north)


def test_openemr_13843_the_payers_id_in_ref_2u_is_read(north: Practice) -> None:
    claim = billed(north)
    make.payer(north, payer_id="OTHER", name="Other", trace_identifier="1999999999")
    # Two payers share the tax id, so that only REF*2U tells which one pays.
    content = r.content(
        "72.00", r.echo(claim, PAID_72), payer_references=(Reference("2U", "UNIFD"),)
    )
    arrive(north, content)
    assert Remittance.objects.get().payer == claim.payer
    assert_ledger(north)


def test_openemr_3681_the_next_payer_owes_only_what_the_first_left_to_it(north: Practice) -> None:
    unpaid, paid = billed(north), billed(north)
    second = make.payer(north, payer_id="MEDIG", name="Medigap", short_name="Medigap")
    for claim in (unpaid, paid):
        make.coverage(claim.patient, payer=second, rank="S")
    arrive(
        north,
        r.content("72.00", r.echo(unpaid, ("0.00", "CO-16 165.00")), r.echo(paid, PAID_72)),
    )
    assert book_of(unpaid) == OWED_165
    assert book_of(paid)["secondary_receivable"] == D("20.00")
    assert "patient_receivable" not in book_of(paid)
    assert set(Claim.objects.values_list("status", flat=True)) == {"adjudicated"}
    assert_ledger(north)


def test_openemr_3863_what_remains_of_a_check_falls_by_exactly_what_is_matched(
    north: Practice, ben_client: Client
) -> None:
    known, unknown = billed(north), billed(north)
    told = replace(
        r.echo(unknown, ("82.00", "CO-45 83.00")),
        patient_control_number="NOBODY",
        payer_claim_control_number="P0",
        parties=(),
    )
    arrive(north, r.content("154.00", r.echo(known, PAID_72), told))
    assert_ledger(north, unapplied="82.00")
    row = Remittance.objects.get()
    waiting = row.claims.get(patient_control_number="NOBODY")
    url = f"/remittances/{row.pk}/claims/{waiting.pk}/match/"
    ben_client.post(url, {"claim": unknown.patient_control_number})
    assert states() == ["posted"]
    assert book_of(unknown)["unapplied"] == D("82.00")
    assert_ledger(north)


def test_openemr_3665_sums_in_the_thousands_are_exact(north: Practice, ben_client: Client) -> None:
    claims = [billed(north, ("27447", "1234.56")) for _ in range(9)]
    told = [r.echo(claim, ("1001.01", "CO-45 233.55")) for claim in claims]
    arrive(north, r.content("9009.09", *told))
    row = Remittance.objects.get()
    assert (row.amount_claims, cash(north)) == (D("9009.09"), D("9009.09"))
    assert ledger.account_balances(north)["contractual"] == D("2101.95")
    assert b"9,009.09" in ben_client.get(f"/remittances/{row.pk}/").content
    assert_ledger(north)


def test_openemr_1880_a_payment_of_nothing_adds_nothing_of_its_own(north: Practice) -> None:
    claim = billed(north)
    before = len(moves())
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "PR-1 165.00")), method="NON"))
    (move,) = moves()[before:]
    assert move[1:] == ("primary_receivable", "patient_receivable", "165.00")
    assert_ledger(north)


def test_openemr_7363_a_negative_payment_is_held_for_a_person(north: Practice) -> None:
    """A refund to a payer has no entry of its own yet; nothing negative slips in as a payment."""
    claim = billed(north)
    reversal = r.echo(claim, PAID_72, status="22")
    arrive(north, r.content("-72.00", reversal))
    row = Remittance.objects.get()
    assert (row.state, row.hold_code) == ("held", "negative_payment")
    assert row.hold_message == "The payment is negative (BPR02 -72.00)."
    assert book_of(claim) == OWED_165
    assert_ledger(north)


def test_openemr_8156_a_second_match_on_one_payment_shows_its_page(
    north: Practice, ben_client: Client
) -> None:
    """Prepayments do not exist yet; matching twice on one payment is the nearest thing."""
    claims = [billed(north), billed(north)]
    told = [
        r.clp(f"NOBODY{n}", "165.00", "72.00", r.line("99213", "165.00", *PAID_72), parties=())
        for n in range(2)
    ]
    arrive(north, r.content("144.00", *told))
    row = Remittance.objects.get()
    for claim, waiting in zip(claims, row.claims.order_by("position"), strict=True):
        url = f"/remittances/{row.pk}/claims/{waiting.pk}/match/"
        answer = ben_client.post(url, {"claim": claim.patient_control_number}, follow=True)
        assert answer.status_code == 200
        assert f"Matched with claim {claim}.".encode() in answer.content
    assert [book_of(claim) for claim in claims] == [BOOK_72, BOOK_72]
    assert_ledger(north)


def test_openemr_6548_two_equal_payments_of_a_day_are_two(
    north: Practice, ben_client: Client
) -> None:
    one, two = billed(north), billed(north)
    arrive(north, r.content("72.00", r.echo(one, PAID_72)))
    arrive(north, r.content("72.00", r.echo(two, PAID_72), trace_number="CHECK2"), "b.835")
    # Even the same trace number, day and amount: other content is another payment.
    three = billed(north)
    arrive(north, r.content("72.00", r.echo(three, PAID_72), number=3), "c.835")
    assert states() == ["posted"] * 3
    assert cash(north) == D("216.00")
    assert ben_client.get("/api/remittances/").json()["count"] == 3
    assert [book_of(claim) for claim in (one, two, three)] == [BOOK_72] * 3
    assert_ledger(north)


def test_openemr_8180_a_payers_payment_is_never_the_patients(north: Practice) -> None:
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, PAID_72)))
    paid = Posting.objects.filter(claim=claim, destination="unapplied")
    assert [(row.source, str(row.amount)) for row in paid] == [("primary_receivable", "72.00")]
    assert not Posting.objects.filter(source="patient_receivable").exists()
    assert_ledger(north)


def test_openemr_6268_reasons_of_one_group_share_one_cas(north: Practice) -> None:
    """We write no secondary 837 yet; the 835 writer follows the same rule, and order is kept."""
    claim = billed(north)
    told = r.echo(claim, ("70.56", "CO-45 73.00", "CO-253 1.44", "PR-2 15.00", "PR-3 5.00"))
    content = r.content("70.56", told)
    assert segments(content, "CAS") == [
        ["CAS", "CO", "45", "73", "", "253", "1.44"],
        ["CAS", "PR", "2", "15", "", "3", "5"],
    ]
    arrive(north, content)
    kept = RemittedClaim.objects.get().lines.get().adjustments.order_by("position")
    assert [f"{row.group}-{row.reason}" for row in kept] == ["CO-45", "CO-253", "PR-2", "PR-3"]
    assert book_of(claim)["contractual"] == D("74.44")
    assert_ledger(north)


def test_openemr_6471_hl_counts_on_and_names_its_parent() -> None:
    content = x12.claims_file(x12.CLAIM, x12.CHILD_CLAIM, x12.CLAIM)
    levels = segments(content, "HL")
    assert [int(row[1]) for row in levels] == list(range(1, len(levels) + 1))
    assert [row[3] for row in levels] == ["20", "22", "22", "23", "22"]
    by_number = {row[1]: row[3] for row in levels}
    parents = [by_number.get(row[2], "") for row in levels]
    assert parents == ["", "20", "20", "22", "20"]


def test_openemr_1068_se_counts_every_segment_from_st_to_se() -> None:
    content = x12.claims_file(x12.CLAIM, x12.CHILD_CLAIM)
    names = [text.partition("*")[0] for text in content.decode().split("~")]
    counted = names.index("SE") - names.index("ST") + 1
    assert segments(content, "SE") == [["SE", str(counted), "0001"]]


def test_openemr_6172_the_837p_of_a_real_chart_is_what_the_standard_asks() -> None:
    """pyx12 knows the standard and nothing of our code; a round trip is in tests/x12."""
    content = x12.claims_file(x12.CLAIM, x12.CHILD_CLAIM)
    assert x12.codes(content) == []
    assert inspect(content).problems == ()


def test_openemr_6488_the_facilitys_zip_code_goes_out() -> None:
    content = x12.claims_file(x12.CLAIM).decode().split("~")
    place = next(at for at, text in enumerate(content) if text.startswith("NM1*77*"))
    assert content[place + 1 : place + 3] == [
        "N3*100 MAIN ST*SUITE 2",
        "N4*SPRINGFIELD*IL*627011234",
    ]


def test_openemr_11869_a_claim_always_says_which_kind_of_plan_it_is_for(north: Practice) -> None:
    """The Medigap case itself (SBR05 of a secondary claim) waits for secondary claims; what
    identifies the plan today, SBR09, is never empty: a payer without it cannot be stored whole.
    """
    make.payer(north, filing_indicator="MB")
    claim = ready_claim(north)
    assert claim.content["subscriber"]["filing_indicator"] == "MB"
    medicare = replace(x12.CLAIM, subscriber=replace(x12.CLAIM.subscriber, filing_indicator="MB"))
    (row,) = segments(x12.claims_file(medicare), "SBR")
    assert (row[1], row[9]) == ("P", "MB")


def test_lh_ehr_1023_an_incomplete_claim_never_reaches_a_batch(north: Practice, ben: User) -> None:
    good = ready_claim(north)
    patient = make.patient(north)
    make.coverage(patient, member_id="")
    chart = coded_chart(north, patient=patient)
    draft_ready_claims(north.pk, today=make.TODAY)
    bad = Claim.objects.get(encounter=chart)
    assert bad.status == "held"
    make.channel(north)
    [batch] = submit_ready(north, by=ben, claim_ids=[good.pk, bad.pk])
    assert [row.claim for row in batch.submissions.all()] == [good]
    bad.refresh_from_db()
    assert bad.status == "held"
    assert Charge.objects.filter(encounter=chart).count() == 1


def test_ottehr_8828_one_payment_sent_three_times_is_one(
    north: Practice, ben_client: Client
) -> None:
    """Card charges do not exist here; the same file three times, and one key three times."""
    claim = billed(north)
    content = r.content("72.00", r.echo(claim, PAID_72))
    for name in ("one.835", "two.835", "three.835"):
        arrive(north, content, name)
    other = billed(north)
    later = r.start("72.00", trace_number="CHECK2", paid_on=r.PAID_ON + timedelta(days=1))
    row = r.recorded(north, r.content_of((later, (r.echo(other, PAID_72),), ()), number=2))
    for _ in range(3):
        url = f"/api/remittances/{row.pk}/posting/"
        answer = ben_client.post(url, headers={"Idempotency-Key": "charge-8828"})
        assert (answer.status_code, answer.json()["state"]) == (200, "posted")
    assert Posting.objects.filter(destination="cash").count() == 2
    assert cash(north) == D("144.00")
    assert (book_of(claim), book_of(other)) == (BOOK_72, BOOK_72)
    assert_ledger(north)


@pytest.mark.parametrize("status", ["1", "2", "3"])
def test_ottehr_balance_a_denied_line_is_owed_whatever_status_stands_beside_it(
    north: Practice, status: str
) -> None:
    claim = billed(north)
    told = r.echo(claim, ("0.00", "CO-197 165.00"), status=status)
    arrive(north, r.content("0.00", told, method="NON"))
    assert book_of(claim) == OWED_165
    assert_ledger(north)
