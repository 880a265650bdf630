"""From a coded chart to a claim: drafting, checking, voiding, replacing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions.claims import (
    draft_claim,
    draft_ready_claims,
    redraft_claim,
    replace_claim,
    scrub_claim,
)
from billing.actions.review_decisions import accept
from billing.models import Claim, ClaimFinding, Posting, ServiceLine
from billing.rules.claim_content import from_json
from billing.tasks_out import draft_ready_claims as draft_task
from coding.models import Charge
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.claim_837p import Person
from tests import make
from tests.billing.outgoing import coded_chart, ready_claim


def moves(claim: Claim) -> list[tuple[str, str, str]]:
    rows = Posting.objects.filter(claim=claim).order_by("pk")
    return [(row.source, row.destination, str(row.amount)) for row in rows]


def test_drafting_snapshots_the_claim_and_moves_the_charge_to_the_receivable(
    north: Practice, ben: User
) -> None:
    chart = coded_chart(north, ("99213", "165.00"), ("20610", "148.50"))
    claim = draft_claim(chart, by=ben, today=make.TODAY)
    assert claim.status == "draft"
    assert claim.patient_control_number.startswith("NO1")
    assert claim.amount_billed == Decimal("313.50")
    content = from_json(claim.content)
    assert content.amount_billed == 31_350
    assert content.diagnoses == ("I10", "E1142")
    assert [line.line_control_number for line in content.lines] == [
        f"{claim.patient_control_number}L1",
        f"{claim.patient_control_number}L2",
    ]
    assert content.subscriber.person == Person("Okafor", "Denise")
    assert content.patient is None
    assert content.service_facility is None
    assert moves(claim) == [
        ("revenue", "primary_receivable", "165.00"),
        ("revenue", "primary_receivable", "148.50"),
    ]
    first = ServiceLine.objects.get(claim=claim, position=1)
    assert Posting.objects.get(service_line=first).origin == f"line:{first.pk}:charge"
    assert Event.objects.filter(name="claim.drafted", subject_id=claim.pk).count() == 1


def test_a_dependent_gets_a_patient_loop_and_the_holder_is_the_subscriber(
    north: Practice, ben: User
) -> None:
    patient = make.patient(north, first_name="Tomi", birth_date=date(2018, 5, 1), sex="M")
    make.coverage(
        patient,
        relationship="19",
        subscriber_first_name="Denise",
        subscriber_last_name="Okafor",
        group_number="G77",
    )
    content = from_json(draft_claim(coded_chart(north, patient=patient), by=ben).content)
    assert content.subscriber.person == Person("Okafor", "Denise")
    assert content.subscriber.group_number == "G77"
    assert content.patient is not None
    assert (content.patient.person.first_name, content.patient.relationship) == ("Tomi", "19")


def test_a_place_with_its_own_npi_is_the_service_facility(north: Practice, ben: User) -> None:
    place = make.location(north, name="Hospital", npi="1245319599", place_of_service="22")
    content = from_json(draft_claim(coded_chart(north, location=place), by=ben).content)
    assert content.service_facility is not None
    assert content.service_facility.npi == "1245319599"


def test_a_chart_is_billed_once(north: Practice, ben: User) -> None:
    chart = coded_chart(north)
    draft_claim(chart, by=ben)
    with pytest.raises(Refusal, match="has a claim already"):
        draft_claim(chart, by=ben)
    assert Claim.objects.count() == 1
    assert Posting.objects.count() == 1


def test_a_chart_that_is_not_coded_is_not_billed(north: Practice, ben: User) -> None:
    with pytest.raises(Refusal, match="is not coded yet"):
        draft_claim(make.encounter(north), by=ben)
    assert Posting.objects.count() == 0
    assert Event.objects.count() == 0


def test_the_ready_queue_drafts_and_checks_every_coded_chart_once(north: Practice) -> None:
    coded_chart(north)
    held = coded_chart(north, patient=make.patient(north, city=""))
    make.encounter(north)
    draft_task(north.pk, held.pk)
    draft_task(north.pk, held.pk)
    assert list(Claim.objects.order_by("pk").values_list("status", "was_clean")) == [
        ("ready", True),
        ("held", False),
    ]
    finding = ClaimFinding.objects.get()
    assert finding.code == "patient_address"
    assert finding.message == "The patient's address is not complete: street, city and state."


def statements_for(north: Practice, count: int) -> int:
    for _ in range(count):
        coded_chart(north)
    forget_releases()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert draft_ready_claims(north.pk, today=make.TODAY) == count
    return len(captured)


def test_drafting_costs_the_same_number_of_statements_for_one_chart_and_for_thirty(
    north: Practice,
) -> None:
    assert statements_for(north, 1) == statements_for(north, 30)


def test_two_charts_for_the_same_service_hold_the_younger_claim(north: Practice, ben: User) -> None:
    first = coded_chart(north)
    second = coded_chart(north, patient=first.patient)
    draft_ready_claims(north.pk, today=make.TODAY)
    accept(second.charge_review, by=ben, today=make.TODAY)
    older, younger = Claim.objects.get(encounter=first), Claim.objects.get(encounter=second)
    assert (older.status, younger.status) == ("ready", "held")
    assert ClaimFinding.objects.get().message == (
        f"Line 1 (99213) is already on claim {older.patient_control_number}."
    )
    assert [f.code for f in scrub_claim(older, by=None, today=make.TODAY)] == []
    assert [f.code for f in scrub_claim(younger, by=None, today=make.TODAY)] == ["duplicate"]


def test_checking_again_takes_over_the_corrected_patient_and_frees_the_claim(
    north: Practice, ben: User
) -> None:
    chart = coded_chart(north, patient=make.patient(north, city=""))
    draft_ready_claims(north.pk, today=make.TODAY)
    claim = Claim.objects.get()
    assert claim.status == "held"
    chart.patient.city = "Springfield"
    chart.patient.save(update_fields=["city"])
    assert scrub_claim(claim, by=ben, today=make.TODAY) == []
    assert claim.status == "ready"
    assert claim.was_clean is False
    assert ClaimFinding.objects.get().resolved_at is not None


def test_what_was_sent_is_not_checked_again(north: Practice, ben: User) -> None:
    claim = make.claim(north, status="submitted", accepted_at=None)
    with pytest.raises(Refusal) as refused:
        scrub_claim(claim, by=ben, today=make.TODAY)
    assert refused.value.status == 409
    assert Event.objects.count() == 0


def test_a_later_edit_of_the_patient_does_not_change_a_sent_claim(north: Practice) -> None:
    claim = ready_claim(north)
    Claim.objects.filter(pk=claim.pk).update(status="submitted", submitted_at="2026-11-04T09:00Z")
    claim.patient.last_name = "Changed"
    claim.patient.save(update_fields=["last_name"])
    with pytest.raises(Refusal):
        scrub_claim(claim, by=None, today=make.TODAY)
    claim.refresh_from_db()
    assert from_json(claim.content).subscriber.person.last_name == "Okafor"


def accepted_claim(north: Practice, *lines: tuple[str, str]) -> Claim:
    claim = ready_claim(north, *lines)
    Claim.objects.filter(pk=claim.pk).update(
        status="adjudicated",
        submitted_at="2026-11-04T09:00Z",
        accepted_at="2026-11-05T09:00Z",
        payer_claim_control_number="UNI777",
    )
    claim.refresh_from_db()
    return claim


def test_a_replacement_names_the_payers_claim_and_swaps_the_charge_back(
    north: Practice, ben: User
) -> None:
    original = accepted_claim(north, ("99213", "165.00"))
    charge = Charge.objects.get()
    charge.modifiers, charge.amount_billed = ["25"], Decimal("170.00")
    charge.save(update_fields=["modifiers", "amount_billed"])
    replacement = replace_claim(original, by=ben, today=make.TODAY)
    assert original.status == "closed"
    assert (replacement.status, replacement.frequency) == ("ready", "7")
    assert replacement.replaces == original
    assert replacement.patient_control_number != original.patient_control_number
    content = from_json(replacement.content)
    assert (content.payer_claim_control_number, content.frequency) == ("UNI777", "7")
    assert content.lines[0].modifiers == ("25",)
    assert moves(original) == [
        ("revenue", "primary_receivable", "165.00"),
        ("primary_receivable", "revenue", "165.00"),
    ]
    reversal = Posting.objects.get(claim=original, source="primary_receivable")
    assert reversal.reverses is not None
    assert reversal.origin == f"{reversal.reverses.origin}:reversed"
    assert moves(replacement) == [("revenue", "primary_receivable", "170.00")]


def test_a_claim_without_the_payers_number_cannot_be_replaced(north: Practice, ben: User) -> None:
    claim = accepted_claim(north)
    Claim.objects.filter(pk=claim.pk).update(payer_claim_control_number="")
    before = Event.objects.count()
    with pytest.raises(Refusal, match="has given claim .* no number yet"):
        replace_claim(claim, by=ben, today=make.TODAY)
    assert Claim.objects.count() == 1
    assert Posting.objects.count() == 1
    assert Event.objects.count() == before


def test_a_claim_is_replaced_once(north: Practice, ben: User) -> None:
    claim = accepted_claim(north)
    replace_claim(claim, by=ben, today=make.TODAY)
    with pytest.raises(Refusal) as refused:
        replace_claim(claim, by=ben, today=make.TODAY)
    assert refused.value.message == f"Claim {claim} was replaced already."
    assert Claim.objects.count() == 2


def test_a_payer_that_takes_no_replacements_is_not_sent_one(north: Practice, ben: User) -> None:
    claim = accepted_claim(north)
    claim.payer.takes_replacement_claims = False
    claim.payer.save(update_fields=["takes_replacement_claims"])
    with pytest.raises(Refusal, match="takes no replacement claims"):
        replace_claim(claim, by=ben, today=make.TODAY)
    assert Claim.objects.count() == 1


def test_a_rejected_claim_cannot_be_replaced_only_corrected(north: Practice, ben: User) -> None:
    claim = accepted_claim(north)
    Claim.objects.filter(pk=claim.pk).update(status="rejected")
    with pytest.raises(Refusal, match="Correct it and send it as an original"):
        replace_claim(claim, by=ben, today=make.TODAY)
    scrub_claim(claim, by=ben, today=make.TODAY)
    claim.refresh_from_db()
    assert (claim.status, claim.submitted_at) == ("ready", None)


def test_a_chart_coded_anew_voids_its_unsent_claim_and_drafts_another(north: Practice) -> None:
    claim = ready_claim(north, ("99213", "165.00"))
    Charge.objects.update(procedure_code="99214", amount_billed=Decimal("210.00"))
    claim.encounter.finalized_at = claim.created_at.replace(year=2027)
    claim.encounter.save(update_fields=["finalized_at"])
    redrafted = redraft_claim(claim, by=None, today=make.TODAY)
    claim.refresh_from_db()
    assert claim.status == "voided"
    assert (redrafted.status, redrafted.frequency) == ("ready", "1")
    assert redrafted.amount_billed == Decimal("210.00")
    assert moves(claim) == [
        ("revenue", "primary_receivable", "165.00"),
        ("primary_receivable", "revenue", "165.00"),
    ]
    assert moves(redrafted) == [("revenue", "primary_receivable", "210.00")]


def test_otto_sees_none_of_norths_claims(north: Practice, south: Practice) -> None:
    from rcm import access

    ready_claim(north)
    access.open_walls([south.pk])
    assert Claim.objects.count() == 0
    assert ClaimFinding.objects.count() == 0
    assert draft_ready_claims(north.pk) == 0
