"""Charge review in the browser's eyes: list, tabs, the verbs, and who may press them."""

from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import ChargeReview, Claim
from coding.models import Encounter
from rcm.models import Event, Membership, Practice, User
from tests import make
from tests.billing.reviewing import coded_visit, drafted, review_of


def waiting_visits(north: Practice) -> tuple[Encounter, Encounter]:
    """One without a price, and one of a second visit that day."""
    unpriced = coded_visit(north, priced=False, patient=make.patient(north, last_name="Norton"))
    first = coded_visit(north, number="E7", patient=make.patient(north, mrn="M2"))
    second = coded_visit(north, number="E8", patient=first.patient, provider=first.provider)
    drafted(north)
    return unpriced, second


def verb(client: Client, review: ChargeReview, name: str, query: str = "", **data: object):  # type: ignore[no-untyped-def]  # a test response
    url = reverse("charge_review_verb", args=[review.pk, name])
    return client.post(f"{url}?{query}", data, follow=True)


def test_the_list_names_the_reasons_and_counts_them(north: Practice, ben_client: Client) -> None:
    unpriced, second = waiting_visits(north)
    page = ben_client.get(reverse("charge_reviews"))
    shown = [(row["visit"], row["labels"], row["amount"]) for row in page.context["rows"]]
    assert shown == [
        (unpriced, ["No price"], None),
        (second, ["Duplicate visit"], Decimal("165.00")),
    ]
    counts = {view["label"]: view["count"] for view in page.context["views"]}
    assert counts == {
        **{"All": 2, "No price": 1, "No coverage": 0},
        **{"Duplicate visit": 1, "New coder": 0},
        **{"No authorization": 0, "Authorization used up": 0},
        **{"Eligibility unknown": 0, "Not eligible": 0, "Eligibility mismatch": 0},
    }
    text = page.content.decode()
    assert "99213 has no price on the date of service." in text
    assert "2 coded visits wait for a person" in text
    listed = Event.objects.get(name="encounters.listed")
    assert listed.data["encounters"] == [unpriced.pk, second.pk]


def test_the_sidebar_counts_what_waits(north: Practice, ben_client: Client) -> None:
    waiting_visits(north)
    nav = ben_client.get("/claims/").context["nav"]
    counts = {item["label"]: item["count"] for group in nav for item in group["items"]}
    assert counts["Charge review"] == 2


def test_the_list_is_filtered_and_says_when_nothing_matches(
    north: Practice, ben_client: Client
) -> None:
    unpriced, second = waiting_visits(north)

    def shown(**query: str) -> list[Encounter]:
        page = ben_client.get(reverse("charge_reviews"), query)
        return [row["visit"] for row in page.context["rows"]]

    assert shown(reason="no_price") == [unpriced]
    assert shown(reason="duplicate_visit") == [second]
    assert shown(q="nort") == [unpriced]
    assert shown(q="E8") == [second]
    assert "No visit matches" in ben_client.get("/charges/?q=zzzz").content.decode()


def test_acceptance_opens_the_next_visit_of_the_list(north: Practice, ben_client: Client) -> None:
    unpriced, second = waiting_visits(north)
    page = verb(ben_client, review_of(second), "acceptance", note="Two visits")
    assert page.context["item"] == str(review_of(unpriced).pk)
    claim = Claim.objects.get(encounter=second)
    label = claim.get_status_display().lower()
    assert f"Claim {claim} is drafted: {label}." in page.content.decode()
    assert review_of(second).note == "Two visits"


def test_a_price_is_set_and_the_visit_leaves_the_list(north: Practice, ben_client: Client) -> None:
    unpriced, _ = waiting_visits(north)
    review = review_of(unpriced)
    wrong = verb(ben_client, review, "price", procedure_code="99213", amount="abc")
    assert wrong.status_code == 422
    assert "Give dollars." in wrong.content.decode()
    page = verb(ben_client, review, "price", procedure_code="99213", amount="170.00")
    assert "99213 costs $170.00 now. 1 visit can be billed now." in page.content.decode()
    assert review_of(unpriced).state == "cleared"


def test_a_policy_is_chosen(north: Practice, ben_client: Client) -> None:
    visit = coded_visit(north)
    policy = visit.coverage
    assert policy is not None
    Encounter.objects.update(coverage=None)
    drafted(north)
    assert policy.member_id in ben_client.get(reverse("charge_reviews")).content.decode()
    page = verb(ben_client, review_of(visit), "coverage", coverage=policy.pk)
    assert f"{policy.payer} pays for it. 1 visit can be billed now." in page.content.decode()


def test_a_visit_goes_back_to_its_coder_with_what_to_look_at(
    north: Practice, ben_client: Client
) -> None:
    _, second = waiting_visits(north)
    assert verb(ben_client, review_of(second), "return", note="").status_code == 422
    page = verb(ben_client, review_of(second), "return", note="One visit?")
    assert f"Chart {second} is with its coder again." in page.content.decode()
    second.refresh_from_db()
    assert second.state == "returned"


def test_a_manager_has_the_next_charts_of_a_coder_looked_at(
    north: Practice, ana: User, mia_client: Client, ben_client: Client
) -> None:
    coder = Membership.objects.get(practice=north, user=ana)
    body = {"coder": coder.pk, "count": 3}
    assert ben_client.post(reverse("charge_review_coder"), body).status_code == 403
    page = mia_client.post(reverse("charge_review_coder"), body, follow=True)
    assert f"The next 3 charts of {ana} are looked at." in page.content.decode()
    coder.refresh_from_db()
    assert coder.charts_to_review == 3


def test_an_unknown_verb_and_the_pane_alone(north: Practice, ben_client: Client) -> None:
    unpriced, _ = waiting_visits(north)
    review = review_of(unpriced)
    assert verb(ben_client, review, "dance").status_code == 404
    pane = ben_client.get(
        reverse("charge_review", args=[review.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Why it waits" in pane
    assert "<html" not in pane
    whole = ben_client.get(reverse("charge_review", args=[review.pk]))
    assert whole["Location"] == f"/charges/?item={review.pk}"


def test_the_cost_of_the_list_does_not_grow_with_it(north: Practice, ben_client: Client) -> None:
    counts = []
    for number in range(5):
        coded_visit(
            north,
            priced=False,
            number=f"N{number}",
            patient=make.patient(north, mrn=f"M{number}"),
        )
        drafted(north)
        with CaptureQueriesContext(connection) as seen:
            assert ben_client.get(reverse("charge_reviews")).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[-1] <= 24
