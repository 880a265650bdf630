"""What an earlier payer left goes to the next one, once, as a claim of its own."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions.claims import (
    draft_claim,
    redraft_claim,
    redraft_stale_claims,
    scrub_claim,
    void_claim,
)
from billing.actions.secondary_claims import draft_next_claim, draft_next_claims
from billing.actions.takebacks import reverse_remittance
from billing.models import Claim, Posting, Remittance, RemittedLine, ServiceLine
from billing.rules.claim_content import from_json
from billing.tasks import draft_next_claims as task
from billing.tasks import sweep_next_claims
from payers.models import Coverage, Payer
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of
from tests.billing.outgoing import coded_chart
from tests.billing.parting import large_chart, parts_of

D = Decimal
SENT_AT = "2026-11-03T15:00:00Z"


def covered_twice(practice: Practice, number: int = 0, **changes: str) -> Claim:
    """A claim of 165.00 of a patient with a second policy, drafted and with the payer."""
    patient = make.patient(practice, mrn=f"TWICE{number}")
    make.coverage(patient, payer=payer_of(practice, "UNIFD", "Unified"))
    blue = payer_of(practice, "BLUE1", "Blue", trace_identifier="1888888888")
    make.coverage(patient, payer=blue, rank="S", member_id=f"BL{number}", **changes)
    claim = draft_claim(coded_chart(practice, patient=patient, number=f"TW{number}"), by=None)
    Claim.objects.filter(pk=claim.pk).update(status="accepted", submitted_at=SENT_AT)
    return Claim.objects.get(pk=claim.pk)


def payer_of(practice: Practice, payer_id: str, name: str, **changes: str) -> Payer:
    found = Payer.objects.filter(practice=practice, payer_id=payer_id).first()
    return found or make.payer(practice, payer_id=payer_id, name=name, short_name=name, **changes)


def decide(
    claim: Claim, *line: str, trace: str = "CHECK1", status: str = "1", **changes: str
) -> Remittance:
    told = r.echo(claim, line or ("72.00", "CO-45 73.00", "PR-2 20.00"), status=status)
    paid = str(D(told.amount_paid) / 100)
    return r.posted(claim.practice, r.content(paid, told, trace_number=trace, **changes))


def next_claim(claim: Claim) -> Claim:
    return Claim.objects.get(follows=claim)


def test_the_share_left_becomes_a_claim_to_the_second_payer(north: Practice) -> None:
    claim = covered_twice(north)
    remittance = decide(claim)
    assert task(north.pk, remittance.pk) == 1
    second = next_claim(claim)
    assert (second.rank, second.payer.payer_id, second.frequency) == ("S", "BLUE1", "1")
    assert (second.amount_billed, second.encounter_id) == (D("165.00"), claim.encounter_id)
    content = from_json(second.content)
    assert (content.payer.payer_id, content.subscriber.member_id) == ("BLUE1", "BL0")
    [other] = content.other_payers
    assert (other.payer_id, other.amount_paid, other.amount_remaining) == ("UNIFD", 7_200, 2_000)
    [said] = content.lines[0].adjudications
    assert said.adjustments == r.cas("CO-45 73.00", "PR-2 20.00")
    assert ServiceLine.objects.get(claim=second).charge == claim.lines.get().charge


def test_the_share_moves_and_revenue_is_counted_once(north: Practice) -> None:
    claim = covered_twice(north)
    task(north.pk, decide(claim).pk)
    second = next_claim(claim)
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("72.00"),
        "contractual": D("73.00"),
        "between_claims": D("20.00"),
    }
    assert book_of(second) == {"between_claims": D("-20.00"), "secondary_receivable": D("20.00")}
    assert_ledger(north)


def test_the_second_payer_pays_its_claim_and_nobody_owes_anything(north: Practice) -> None:
    claim = covered_twice(north)
    task(north.pk, decide(claim).pk)
    second = next_claim(claim)
    Claim.objects.filter(pk=second.pk).update(status="accepted", submitted_at=SENT_AT)
    blue = {"payer_identifier": "1888888888", "payer_name": "BLUE"}
    paid = decide(second, "20.00", "OA-23 145.00", trace="BLUE7", status="2", **blue)
    assert paid.state == "posted"
    assert book_of(second) == {"between_claims": D("-20.00"), "unapplied": D("20.00")}
    assert_ledger(north)


def test_drafting_twice_drafts_once(north: Practice) -> None:
    claim = covered_twice(north)
    remittance = decide(claim)
    assert [task(north.pk, remittance.pk) for _ in "12"] == [1, 0]
    assert Claim.objects.filter(rank="S").count() == 1
    assert_ledger(north)


def test_what_the_payer_sent_on_itself_is_not_billed_again(north: Practice) -> None:
    claim = covered_twice(north)
    assert task(north.pk, decide(claim, status="19").pk) == 0
    assert not Claim.objects.filter(rank="S").exists()


def test_a_decision_that_does_not_explain_the_charge_is_told_and_not_billed(
    north: Practice, ben: User
) -> None:
    claim = covered_twice(north)
    task(north.pk, decide(claim).pk)
    second = next_claim(claim)
    moves = Posting.objects.count()
    # The line's match is lost: its figures can no longer be told apart.
    RemittedLine.objects.update(service_line=None)
    with pytest.raises(Refusal) as refused:
        redraft_claim(second, by=ben)
    assert refused.value.message == ("Unified decided on 99213, which is matched to no line.")
    assert Posting.objects.count() == moves
    second.refresh_from_db()
    assert second.status in ("ready", "held")


def test_nothing_left_is_refused_in_words(north: Practice, ben: User) -> None:
    claim = covered_twice(north)
    decide(claim, "92.00", "CO-45 73.00")
    with pytest.raises(Refusal) as refused:
        draft_next_claim(claim, by=ben)
    assert refused.value.message == f"Claim {claim} has no share to bill to another payer."


def test_an_unsent_second_claim_drafted_again_takes_the_share_with_it(
    north: Practice, ben: User
) -> None:
    claim = covered_twice(north)
    task(north.pk, decide(claim).pk)
    second = next_claim(claim)
    again = redraft_claim(second, by=ben)
    second.refresh_from_db()
    assert (second.status, again.follows, again.rank) == ("voided", claim, "S")
    assert book_of(second) == {}
    assert book_of(again) == {"between_claims": D("-20.00"), "secondary_receivable": D("20.00")}
    assert_ledger(north)


def test_checking_a_second_claim_again_keeps_what_the_first_payer_said(
    north: Practice, ben: User
) -> None:
    claim = covered_twice(north)
    task(north.pk, decide(claim).pk)
    second = next_claim(claim)
    Coverage.objects.filter(rank="S").update(member_id="BL9")
    scrub_claim(second, by=ben)
    content = from_json(second.content)
    assert content.subscriber.member_id == "BL9"
    assert [other.amount_paid for other in content.other_payers] == [7_200]


def test_the_number_of_statements_does_not_depend_on_the_number_of_claims(
    north: Practice,
) -> None:
    def statements(*numbers: int) -> int:
        claims = [covered_twice(north, number) for number in numbers]
        for number, claim in zip(numbers, claims, strict=True):
            decide(claim, trace=f"C{number}")
        forget_releases()  # asked once in a while by each process
        with CaptureQueriesContext(connection) as run:
            found = draft_next_claims(north.pk, [claim.pk for claim in claims], by=None)
        assert len(found.drafted) == len(claims)
        return len(run)

    assert statements(1) == statements(2, 3, 4)


def test_a_payment_taken_back_leaves_no_second_claim_to_draft(north: Practice, mia: User) -> None:
    claim = covered_twice(north)
    remittance = decide(claim)
    reverse_remittance(remittance, by=mia, reason="Wrong claim")
    assert task(north.pk, remittance.pk) == 0
    assert not Event.objects.filter(name="claim.next_payer_refused").exists()


def test_a_share_whose_notice_was_lost_is_found_by_the_sweep(north: Practice) -> None:
    claim = covered_twice(north)
    decide(claim)
    sweep_next_claims()
    sweep_next_claims()
    assert next_claim(claim).rank == "S"
    assert_ledger(north)


def test_what_was_refused_is_not_told_again_every_day(north: Practice) -> None:
    claim = covered_twice(north)
    remittance = decide(claim)
    RemittedLine.objects.update(service_line=None)
    assert task(north.pk, remittance.pk) == 0
    sweep_next_claims()
    assert Event.objects.filter(name="claim.next_payer_refused", subject_id=claim.pk).count() == 1


def test_a_void_is_never_composed_anew(north: Practice, ben: User) -> None:
    claim = covered_twice(north)
    Claim.objects.filter(pk=claim.pk).update(payer_claim_control_number="UNI7")
    void = void_claim(Claim.objects.get(pk=claim.pk), reason="Wrong patient", by=ben)
    Claim.objects.filter(pk=void.pk).update(created_at="2026-01-01T00:00:00Z")
    assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 0
    with pytest.raises(Refusal) as refused:
        redraft_claim(void, by=ben)
    assert refused.value.message == f"Claim {void} repeats what it takes back."
    void.refresh_from_db()
    assert void.status in ("ready", "held")


def test_a_policy_that_comes_later_is_billed_by_the_sweep(north: Practice) -> None:
    claim = covered_twice(north)
    policy = Coverage.objects.get(rank="S")
    remittance = decide(claim)
    Coverage.objects.filter(pk=policy.pk).update(ends_on="2026-01-31", starts_on="2026-01-01")
    assert task(north.pk, remittance.pk) == 0
    assert not Event.objects.filter(name="claim.next_payer_refused").exists()
    Coverage.objects.filter(pk=policy.pk).update(ends_on=None)
    sweep_next_claims()
    assert next_claim(claim).coverage == policy


def told_of_each_line(claim: Claim, trace: str) -> Remittance:
    """Every line of 10.00 paid 7.00, and 3.00 left to the patient."""
    told = r.echo(claim, *[("7.00", "PR-2 3.00")] * claim.lines.count())
    paid = str(D(told.amount_paid) / 100)
    return r.posted(claim.practice, r.content(paid, told, trace_number=trace))


def test_a_part_decided_later_is_billed_on_too(north: Practice) -> None:
    patient = make.patient(north)
    make.coverage(patient, payer=payer_of(north, "UNIFD", "Unified"))
    blue = payer_of(north, "BLUE1", "Blue", trace_identifier="1888888888")
    make.coverage(patient, payer=blue, rank="S", member_id="BL1")
    chart = large_chart(north, 51, patient=patient)
    draft_claim(chart, by=None)
    Claim.objects.update(status="accepted", submitted_at=SENT_AT)
    first, second = parts_of(chart)
    assert task(north.pk, told_of_each_line(second, "CHECK2").pk) == 1
    assert task(north.pk, told_of_each_line(first, "CHECK1").pk) == 1
    assert [next_claim(claim).part for claim in (first, second)] == [1, 2]
    assert book_of(next_claim(first))["secondary_receivable"] == D("150.00")
    assert book_of(next_claim(second))["secondary_receivable"] == D("3.00")
    assert_ledger(north)
