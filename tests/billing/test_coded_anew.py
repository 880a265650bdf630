"""A claim is with the payer and its chart is coded anew: billing is told, nothing is sent."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from billing.actions import claims as claim_actions
from billing.actions.coded_anew import leave_as_sent, notice_coded_anew
from billing.models import Claim, ClaimFinding
from billing.sent_codes import left_behind, unlike_their_charts
from billing.tasks import draft_ready_claims
from coding.actions import codes, encounters
from coding.actions.stays import set_present_on_admission
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.api.writing import send
from tests.billing.parting import drafted, stay_of
from tests.denials.denying import sent_claim

REASON = "Same payment either way."


@pytest.fixture
def claim(north: Practice) -> Claim:
    """Accepted by the payer: I10, E11.42 and 99213."""
    for code in ("I10", "E1142", "E785"):
        make.code("icd10cm", code, f"Condition {code}")
    make.code("procedure", "99213", "Office visit, level 3")
    make.fees(north, c99213="165.00")
    claim = sent_claim(north, ("99213", "165.00"))
    Claim.objects.filter(pk=claim.pk).update(payer_claim_control_number="P1")
    claim.refresh_from_db()
    return claim


def code_anew(claim: Claim, by: User, *, change: bool = True) -> None:
    """Back to the coder, another diagnosis, and completed."""
    chart = claim.encounter
    encounters.reopen_encounter(chart, reason="Audit", by=by)
    if change:
        codes.add_diagnosis(chart, "E785", by=by)
    encounters.finalize_encounter(chart, by=by)


def found(claim: Claim) -> list[int]:
    return list(
        left_behind(Claim.objects.filter(practice=claim.practice)).values_list("pk", flat=True)
    )


def test_a_sent_claim_whose_codes_changed_is_told_once_and_nothing_is_sent(
    north: Practice, claim: Claim, ana: User
) -> None:
    code_anew(claim, ana)
    draft_ready_claims(north.pk)
    draft_ready_claims(north.pk)
    assert found(claim) == [claim.pk]
    assert ClaimFinding.objects.filter(code="coded_anew").count() == 1
    assert Event.objects.filter(name="claim.coded_anew").count() == 1
    assert Claim.objects.count() == 1


def test_the_same_codes_once_more_tell_nothing(north: Practice, claim: Claim, ana: User) -> None:
    code_anew(claim, ana, change=False)
    assert notice_coded_anew(north.pk) == 0
    assert found(claim) == []


def test_a_claim_never_sent_is_drafted_again_and_not_told(
    north: Practice, claim: Claim, ana: User
) -> None:
    Claim.objects.filter(pk=claim.pk).update(status="ready", submitted_at=None, accepted_at=None)
    code_anew(claim, ana)
    draft_ready_claims(north.pk)
    assert not ClaimFinding.objects.filter(code="coded_anew").exists()
    assert Claim.objects.exclude(status="voided").get().pk != claim.pk


def test_a_corrected_claim_settles_it(north: Practice, claim: Claim, ana: User, ben: User) -> None:
    code_anew(claim, ana)
    assert notice_coded_anew(north.pk) == 1
    claim_actions.replace_claim(claim, by=ben)
    assert found(claim) == []
    assert notice_coded_anew(north.pk) == 0


def test_leaving_it_as_sent_needs_a_reason_and_is_asked_once(
    north: Practice, claim: Claim, ana: User, ben: User
) -> None:
    code_anew(claim, ana)
    notice_coded_anew(north.pk)
    with pytest.raises(Refusal, match="Say why the payer needs no corrected claim"):
        leave_as_sent(claim, reason=" ", by=ben)
    assert found(claim) == [claim.pk]
    leave_as_sent(claim, reason=REASON, by=ben)
    assert found(claim) == []
    assert Event.objects.get(name="claim.left_as_sent").data["reason"] == REASON
    assert notice_coded_anew(north.pk) == 0
    with pytest.raises(Refusal, match="Somebody was first: this is decided"):
        leave_as_sent(claim, reason=REASON, by=ben)


def test_the_next_coding_of_the_chart_is_told_again(
    north: Practice, claim: Claim, ana: User, ben: User
) -> None:
    code_anew(claim, ana)
    notice_coded_anew(north.pk)
    leave_as_sent(claim, reason=REASON, by=ben)
    code_anew(claim, ana, change=False)
    assert notice_coded_anew(north.pk) == 1
    assert found(claim) == [claim.pk]


def test_what_is_longer_ago_than_a_lost_message_is_not_looked_at_again(
    north: Practice, claim: Claim, ana: User
) -> None:
    code_anew(claim, ana)
    assert notice_coded_anew(north.pk, now=timezone.now() + timedelta(days=3)) == 0


def test_the_claim_and_the_list_say_so_and_lead_on(
    north: Practice, ben_client: Client, claim: Claim, ana: User
) -> None:
    assert "coded anew" not in ben_client.get("/claims/").content.decode()
    code_anew(claim, ana)
    notice_coded_anew(north.pk)
    assert "1 coded anew after sending" in ben_client.get("/claims/").content.decode()
    listed = ben_client.get("/claims/?coded=anew")
    assert [row.pk for row, _ in listed.context["rows"]] == [claim.pk]
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "The chart was coded anew after this claim was sent" in page
    answer = ben_client.post(f"/claims/{claim.pk}/left/", {"reason": REASON}, follow=True)
    assert "stays as it was sent." in answer.content.decode()
    assert ben_client.get("/claims/?coded=anew").context["rows"] == []


def test_many_recoded_charts_are_compared_in_as_many_statements_as_one(
    north: Practice, claim: Claim, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code_and_undo(claim, ana)
    with django_assert_num_queries(6):
        assert notice_coded_anew(north.pk) == 0
    for number in range(2, 5):
        patient = make.patient(north, mrn=f"MRN{number}")
        code_and_undo(sent_claim(north, ("99213", "165.00"), patient=patient), ana)
    with django_assert_num_queries(6):
        assert notice_coded_anew(north.pk) == 0


def code_and_undo(claim: Claim, by: User) -> None:
    """Another diagnosis and off again, and completed."""
    chart = claim.encounter
    encounters.reopen_encounter(chart, reason="Audit", by=by)
    codes.add_diagnosis(chart, "E785", by=by)
    codes.remove_diagnosis(chart.diagnoses.get(code="E785"), by=by)
    encounters.finalize_encounter(chart, by=by)


def test_a_chart_that_says_again_what_was_sent_settles_it(
    north: Practice, claim: Claim, ana: User
) -> None:
    code_anew(claim, ana)
    assert notice_coded_anew(north.pk) == 1
    encounters.reopen_encounter(claim.encounter, reason="Audit", by=ana)
    codes.remove_diagnosis(claim.encounter.diagnoses.get(code="E785"), by=ana)
    encounters.finalize_encounter(claim.encounter, by=ana)
    assert notice_coded_anew(north.pk) == 0
    assert found(claim) == []


def test_what_a_rule_made_of_the_claim_is_no_other_coding(
    north: Practice, claim: Claim, ana: User
) -> None:
    claim.lines.update(modifiers=["25"])
    code_anew(claim, ana, change=False)
    assert notice_coded_anew(north.pk) == 0
    assert found(claim) == []


def test_the_api_lists_and_leaves_it(
    north: Practice, ben_client: Client, claim: Claim, ana: User
) -> None:
    code_anew(claim, ana)
    notice_coded_anew(north.pk)
    listed = ben_client.get("/api/claims/?is_coded_anew=true").json()
    assert [row["id"] for row in listed["results"]] == [claim.pk]
    address = f"/api/claims/{claim.pk}/left-as-sent/"
    assert send(ben_client, address, "key-1", {"reason": REASON}).status_code == 200
    assert found(claim) == []


def test_another_answer_to_present_on_admission_is_another_coding(
    north: Practice, ana: User
) -> None:
    chart = stay_of(north, 2)
    [sent] = drafted(chart)
    assert unlike_their_charts([sent]) == []
    encounters.reopen_encounter(chart, reason="Audit", by=ana)
    set_present_on_admission(chart.diagnoses.get(position=1), "N", by=ana)
    assert unlike_their_charts([sent]) == [sent]
    set_present_on_admission(chart.diagnoses.get(position=1), "Y", by=ana)
    assert unlike_their_charts([sent]) == []
