"""Institutional claims on our side: stored content, edits, drafting, scrubbing again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing.actions.claims import draft_ready_claims, scrub_claim
from billing.actions.review_decisions import add_price
from billing.actions.submissions import submit_ready
from billing.models import Batch, ChargeReview, Claim
from billing.rules.claim_content import (
    from_json,
    institutional_from_json,
    read_content,
    to_json,
)
from billing.rules.findings import ClaimFacts
from billing.rules.scrubbing import scrub
from billing.rules.segment_labels import label_segments
from coding.models import Charge, EncounterDiagnosis, FacilityStay
from rcm.models import Practice, User
from rcm.x12.claim_837i import InstitutionalDiagnosis
from tests import make
from tests.billing.outgoing import coded_chart
from tests.x12 import build_837i
from tests.x12.build import CLAIM
from tests.x12.build_837i import stays_file
from tests.x12.generate_837i import make_claim

HOSPITAL = replace(build_837i.STAY.billing_provider, npi="1234567893")
STAY = replace(build_837i.STAY, billing_provider=HOSPITAL)
FACTS = ClaimFacts(today=date(2026, 10, 20), coverage_starts_on=date(2026, 1, 1))


@pytest.mark.parametrize("number", range(1, 30))
def test_any_institutional_claim_is_stored_and_read_without_loss(number: int) -> None:
    claim = make_claim(5, number)
    content = to_json(claim)
    assert content["kind"] == "institutional"
    assert read_content(content) == institutional_from_json(content) == claim


def test_a_professional_claim_has_no_kind_and_neither_reads_as_the_other() -> None:
    content = to_json(CLAIM)
    assert "kind" not in content
    assert read_content(content) == from_json(content) == CLAIM
    with pytest.raises(TypeError, match="professional"):
        institutional_from_json(content)
    with pytest.raises(TypeError, match="institutional"):
        from_json(to_json(STAY))


def test_a_complete_stay_has_no_findings() -> None:
    """What its other payer says does not add up; as a primary claim nothing is wrong."""
    lines = tuple(replace(line, adjudications=()) for line in STAY.lines)
    first = replace(STAY.subscriber, rank="P")
    claim = replace(STAY, subscriber=first, other_payers=(), lines=lines)
    assert scrub(claim, FACTS).findings == ()


def test_the_segments_of_a_stay_have_plain_labels() -> None:
    segments, _ = label_segments(stays_file(STAY))
    labels = [segment.label for segment in segments]
    for label in (
        "Claim H1, billed 4000, type of bill 0111",
        "Admission 1 from 1, patient's status 01",
        "Value codes 80",
        "External causes W19XXXA",
        "Revenue code 0450, 99284-25, 1 units, billed 400",
        "Attending provider",
    ):
        assert label in labels


def facility_chart(practice: Practice, **changes: Any) -> FacilityStay:
    chart = coded_chart(practice, **changes)
    Charge.objects.filter(encounter=chart).update(revenue_code="0510")
    EncounterDiagnosis.objects.filter(encounter=chart, position=1).update(present_on_admission="Y")
    return FacilityStay.objects.create(
        practice=practice,
        encounter=chart,
        type_of_bill="131",
        statement_from=make.SERVED_ON,
        statement_to=make.SERVED_ON,
        admission_type="3",
        patient_status="01",
        operating=make.provider(practice, npi="1245319599", last_name="Ortiz"),
    )


def test_an_outpatient_visit_is_drafted_with_its_people_and_codes(north: Practice) -> None:
    stay = facility_chart(north)
    assert draft_ready_claims(north.pk, today=make.TODAY) == 1
    claim = Claim.objects.get()
    assert (claim.encounter_id, claim.form, claim.frequency) == (
        stay.encounter_id,
        "institutional",
        "1",
    )
    [line] = claim.lines.all()
    assert (line.revenue_code, line.procedure_code, line.pointers) == ("0510", "99213", [])
    content = institutional_from_json(claim.content)
    assert content.attending_provider and content.operating_provider
    assert content.attending_provider.npi == "1098765435"
    assert content.operating_provider.person.last_name == "Ortiz"
    assert content.rendering_provider is None
    assert content.principal_diagnosis == InstitutionalDiagnosis("I10", "Y")
    assert content.other_diagnoses == (InstitutionalDiagnosis("E1142"),)
    assert claim.status == "ready"


def test_an_interim_bill_is_an_original_to_us(north: Practice) -> None:
    stay = facility_chart(north)
    FacilityStay.objects.filter(pk=stay.pk).update(type_of_bill="133", patient_status="30")
    draft_ready_claims(north.pk, today=make.TODAY)
    claim = Claim.objects.get()
    assert (claim.frequency, claim.content["type_of_bill"], claim.status) == ("1", "133", "ready")


def test_scrubbing_again_takes_over_a_corrected_attending_provider(
    north: Practice, ben: User
) -> None:
    stay = facility_chart(north)
    draft_ready_claims(north.pk, today=make.TODAY)
    stay.attending = make.provider(north, npi="1003000126", last_name="Weiss")
    stay.save(update_fields=["attending"])
    claim = Claim.objects.get()
    assert scrub_claim(claim, by=ben, today=make.TODAY) == []
    content = institutional_from_json(claim.content)
    assert content.attending_provider and content.attending_provider.person.last_name == "Weiss"
    assert content.type_of_bill == "131"


def test_a_facility_line_is_no_duplicate_of_the_providers_own(north: Practice) -> None:
    stay = facility_chart(north)
    draft_ready_claims(north.pk, today=make.TODAY)
    coded_chart(north, patient=stay.encounter.patient)
    draft_ready_claims(north.pk, today=make.TODAY)
    assert list(Claim.objects.order_by("pk").values_list("form", "status")) == [
        ("institutional", "ready"),
        ("professional", "ready"),
    ]


def test_claims_of_one_payer_go_by_form_into_separate_batches(north: Practice, ben: User) -> None:
    make.channel(north)
    facility_chart(north)
    coded_chart(north)
    coded_chart(north)
    draft_ready_claims(north.pk, today=make.TODAY)
    submit_ready(north, by=ben)
    assert sorted(Batch.objects.values_list("transaction", "claims_count")) == [
        ("837I", 1),
        ("837P", 2),
    ]


def test_a_form_that_is_none_is_refused_by_the_database(north: Practice) -> None:
    claim = make.claim(north)
    with pytest.raises(IntegrityError, match="claim_form_known"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(form="dental")


def test_days_of_a_room_without_a_price_wait_until_it_is_added(north: Practice, ben: User) -> None:
    stay = facility_chart(north)
    Charge.objects.filter(encounter=stay.encounter).update(
        procedure_code="", revenue_code="0510", amount_billed=None, is_frozen=False
    )
    make.fees(north, c99213="165.00")
    draft_ready_claims(north.pk, today=make.TODAY)
    review = ChargeReview.objects.get()
    assert review.codes == ["no_price"]
    assert "0510" in str(review.reasons)
    add_price(review, "0510", "", Decimal("80.00"), by=ben)
    draft_ready_claims(north.pk, today=make.TODAY)
    assert Claim.objects.get().amount_billed == Decimal("80.00")
