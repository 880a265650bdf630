"""The pages and endpoints about questions to payers."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import Claim, StatusInquiry
from billing.rules.claim_content import to_json
from payers.models import Coverage, EligibilityInquiry
from rcm.models import Event, Practice
from tests import make
from tests.billing.asking import INACTIVE, answer_to, asked, received_271, received_277, status_of
from tests.billing.outgoing import sandbox_channel
from tests.billing.reviewing import coded_visit, drafted, review_of
from tests.x12.build import CLAIM
from tests.x12.inquiry_samples import BENEFITS


@pytest.fixture
def coverage(north: Practice) -> Coverage:
    sandbox_channel(north)
    return make.coverage(make.patient(north))


def test_the_list_tells_waiting_failed_and_inactive_apart(
    north: Practice, coverage: Coverage, ben_client: Client
) -> None:
    asked(coverage)
    lapsed = asked(make.coverage(make.patient(north, last_name="Ash")))
    received_271(north, answer_to(lapsed, INACTIVE))
    failed = asked(make.coverage(make.patient(north, last_name="Birch")))
    EligibilityInquiry.objects.filter(pk=failed.pk).update(state="failed", message="No answer.")
    page = ben_client.get(reverse("eligibility"))
    counts = {view["label"]: view["count"] for view in page.context["views"]}
    assert counts == {"All": 3, "Waiting": 1, "Failed": 1, "Inactive or refused": 1}
    names = {
        view: [
            row["inquiry"].coverage.patient.last_name
            for row in ben_client.get(f"{reverse('eligibility')}?view={view}").context["rows"]
        ]
        for view in ("waiting", "failed", "inactive")
    }
    assert names == {"waiting": ["Okafor"], "failed": ["Birch"], "inactive": ["Ash"]}
    text = ben_client.get(f"{reverse('eligibility')}?view=inactive").content.decode()
    assert "The payer says the policy is not in force." in text
    assert Event.objects.filter(name="eligibility_inquiries.listed").count() == 5


def test_a_list_of_many_questions_costs_what_one_costs(
    north: Practice, coverage: Coverage, ben_client: Client
) -> None:
    costs = []
    asked(coverage)
    ben_client.get(reverse("eligibility"))
    for count in (0, 20):
        for number in range(count):
            asked(make.coverage(make.patient(north, last_name=f"P{number}")))
        with CaptureQueriesContext(connection) as found:
            ben_client.get(reverse("eligibility"))
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_an_answer_shows_what_the_patient_pays_and_its_file(
    north: Practice, coverage: Coverage, ben_client: Client
) -> None:
    inquiry = asked(coverage)
    file = received_271(north, answer_to(inquiry, BENEFITS))
    page = ben_client.get(reverse("eligibility_inquiry", args=[inquiry.pk]))
    shown = page.context["shown"]
    rows = dict(shown["shares"])
    assert rows["Office visit"].deductible_left == Decimal("1250.50")
    assert (shown["said"], shown["file"], shown["is_outdated"]) == ("active", file, False)
    text = page.content.decode()
    for part in ("GOLD 123", "SECOND PLAN", "AFTER THE DEDUCTIBLE", "$1,250.50", file.name):
        assert part in text
    Coverage.objects.update(member_id="UC2")
    again = ben_client.get(reverse("eligibility_inquiry", args=[inquiry.pk]))
    assert "this answer does not count any more" in again.content.decode()


def test_check_now_asks_again(coverage: Coverage, north: Practice, ben_client: Client) -> None:
    inquiry = asked(coverage, for_day=timezone.localdate())
    received_271(north, answer_to(inquiry, INACTIVE))
    answer = ben_client.post(reverse("eligibility_again", args=[inquiry.pk]))
    made = EligibilityInquiry.objects.exclude(pk=inquiry.pk).get()
    assert answer.headers["Location"] == reverse("eligibility_inquiry", args=[made.pk])
    assert (made.state, made.for_day) == ("waiting", inquiry.for_day)


def test_charge_review_shows_the_answer_and_checks_again(
    north: Practice, ben_client: Client
) -> None:
    sandbox_channel(north)
    visit = coded_visit(north, date_of_service=timezone.localdate())
    assert visit.coverage is not None
    inquiry = asked(visit.coverage, for_day=visit.date_of_service, today=visit.date_of_service)
    received_271(north, answer_to(inquiry, INACTIVE))
    drafted(north)
    review = review_of(visit)
    text = ben_client.get(f"{reverse('charge_reviews')}?item={review.pk}").content.decode()
    assert "The payer says the policy is not in force." in text
    assert "Who pays…" in text
    url = reverse("charge_review_verb", args=[review.pk, "eligibility"])
    assert ben_client.post(url).status_code == 302
    assert EligibilityInquiry.objects.filter(state="waiting").count() == 1


def test_a_claim_is_asked_about_from_its_page(north: Practice, ben_client: Client) -> None:
    sandbox_channel(north)
    claim = make.claim(north, content=to_json(CLAIM))
    page = reverse("claim", args=[claim.pk])
    assert "Ask now" in ben_client.get(page).content.decode()
    answer = ben_client.post(reverse("claim_status_inquiry", args=[claim.pk]))
    assert answer.headers["Location"] == page
    inquiry = StatusInquiry.objects.get(claim=claim)
    assert "Ask now" not in ben_client.get(page).content.decode()
    received_277(north, status_of(inquiry))
    text = ben_client.get(page).content.decode()
    assert "Payer: paid" in text
    assert "0012345" in text
    listed = ben_client.get(reverse("status_inquiries"))
    counts = {view["label"]: view["count"] for view in listed.context["views"]}
    assert counts == {"All": 1, "Waiting": 0, "Failed": 0, "Answered": 1}
    assert "Decided: paid (F1)" in listed.content.decode()


def test_a_held_claim_cannot_be_asked_about(north: Practice, ben_client: Client) -> None:
    sandbox_channel(north)
    claim = make.claim(north, content=to_json(CLAIM), status="held", submitted_at=None)
    page = reverse("claim", args=[claim.pk])
    assert "Ask now" not in ben_client.get(page).content.decode()
    answer = ben_client.post(reverse("claim_status_inquiry", args=[claim.pk]), follow=True)
    assert "the payer does not have it" in answer.content.decode()
    assert StatusInquiry.objects.count() == 0


def test_the_api_asks_and_lists(north: Practice, coverage: Coverage, ben_client: Client) -> None:
    claim = make.claim(north, content=to_json(CLAIM))
    today = timezone.localdate()
    answers = [
        ben_client.post(
            f"/api/{name}/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"key-{number}"},
        )
        for number, (name, body) in enumerate(
            [
                ("eligibility-inquiries", {"coverage": coverage.pk, "for_day": str(today)}),
                ("eligibility-inquiries", {"coverage": coverage.pk, "for_day": str(today)}),
                ("status-inquiries", {"claim": claim.pk}),
                ("status-inquiries", {"claim": 999999}),
                ("eligibility-inquiries", {"coverage": coverage.pk, "for_day": "2020-01-01"}),
            ]
        )
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 404, 422]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[4].json()["code"] == "day_too_far"
    inquiry = EligibilityInquiry.objects.get()
    received_271(north, answer_to(inquiry, BENEFITS))
    received_277(north, status_of(StatusInquiry.objects.get()))
    found = ben_client.get("/api/eligibility-inquiries/?plan_status=active").json()["results"]
    assert (found[0]["answers"][0]["plan_status"], found[0]["state"]) == ("active", "answered")
    assert found[0]["answers"][0]["benefits"][1]["amount"] == "1250.50"
    assert ben_client.get("/api/eligibility-inquiries/?plan_status=error").json()["count"] == 0
    told = ben_client.get("/api/status-inquiries/").json()["results"][0]
    assert (told["claim"], told["answers"][0]["check_number"]) == (
        claim.patient_control_number,
        "0012345",
    )
    assert Claim.objects.get(pk=claim.pk).status == "accepted"


def test_a_coder_asks_no_payer(coverage: Coverage, ana_client: Client) -> None:
    inquiry = asked(coverage)
    assert ana_client.get(reverse("eligibility")).status_code == 403
    assert ana_client.post(reverse("eligibility_again", args=[inquiry.pk])).status_code == 403
