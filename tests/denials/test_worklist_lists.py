"""The worklist's filters, views, groups, orders and file, and what its pages cost."""

import csv
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from denials.actions import denials as actions
from denials.models import Denial
from rcm.models import Event, Practice, User
from tests.denials.denying import denied


@pytest.fixture
def three(north: Practice) -> list[Denial]:
    """CO-29 165.00, PR-27 148.00, CO-22 600.00."""
    return [
        denied(north),
        denied(north, "PR-27", "148.00"),
        denied(north, "CO-22", "600.00"),
    ]


@pytest.fixture
def found(ben_client: Client) -> Callable[..., list[int]]:
    """Ids of the list an address names, in its order."""

    def read(**query: str) -> list[int]:
        groups = ben_client.get("/denials/", query).context["groups"]
        return [row.pk for group in groups for row in group["rows"]]

    return read


def test_every_filter_narrows_the_list(
    three: list[Denial], ben: User, found: Callable[..., list[int]]
) -> None:
    late, ended, large = three
    actions.assign(late, to=ben.pk, by=ben)
    served = late.claim.date_of_service.isoformat()
    before = (late.claim.date_of_service - timedelta(days=1)).isoformat()
    tomorrow = (late.denied_on + timedelta(days=1)).isoformat()
    every = {row.pk for row in three}
    assert found(owner="me") == [late.pk]
    assert set(found(owner="none")) == {ended.pk, large.pk}
    assert found(owner=str(ben.pk)) == [late.pk]
    assert found(amount_from="600") == [large.pk]
    assert found(amount_from="148.01", amount_to="599.99") == [late.pk]
    assert found(group_code="PR") == [ended.pk]
    assert found(reason="co-22") == [large.pk]
    assert set(found(queue=late.owner_queue)) >= {late.pk}
    assert set(found(served_from=served, served_to=served)) == every
    assert found(served_to=before) == []
    assert found(denied_from=tomorrow) == []
    assert set(found(denied_to=tomorrow)) == every
    provider = str(late.claim.encounter.provider_id)
    assert set(found(provider=provider)) == every
    assert found(provider="999999") == []


@pytest.mark.parametrize(
    "query",
    [
        {"amount_from": "much"},
        {"owner": "²"},
        {"provider": "-1"},
        {"served_from": "soon"},
        {"left": "x"},
        {"sort": "pk"},
        {"category": "weather"},
    ],
)
def test_a_filter_that_cannot_be_read_is_none(
    three: list[Denial], found: Callable[..., list[int]], query: dict[str, str]
) -> None:
    assert len(found(**query)) == 3


def test_headings_sort_and_the_next_denial_follows_their_order(
    three: list[Denial], ben_client: Client, found: Callable[..., list[int]]
) -> None:
    late, ended, large = three
    assert found(sort="amount") == [ended.pk, late.pk, large.pk]
    assert found(sort="-amount") == [large.pk, late.pk, ended.pk]
    response = ben_client.post(
        f"/denials/{late.pk}/pend/",
        {"until": (timezone.localdate() + timedelta(days=3)).isoformat(), "reason": "Proof"},
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/denials/?state=open&sort=-amount",
    )
    assert response["HX-Push-Url"] == f"/denials/?state=open&sort=-amount&item={ended.pk}"


def test_groups_count_and_sum_all_that_match(north: Practice, ben_client: Client) -> None:
    for _ in range(3):
        denied(north)
    denied(north, "CO-22", "600.00")
    groups = ben_client.get("/denials/", {"group": "1"}).context["groups"]
    assert [(each["cause"], each["code"], each["count"], each["amount"]) for each in groups] == [
        ("Coordination of benefits", "CO-22", 1, Decimal("600.00")),
        ("Timely filing", "CO-29", 3, Decimal("495.00")),
    ]
    assert groups[1]["query"] == (
        "state=open&category=timely_filing&payer=UNIFD&reason=29&group_code=CO"
    ) or set(groups[1]["query"].split("&")) >= {"category=timely_filing", "reason=29"}
    page = ben_client.get(f"/denials/?{groups[1]['query']}")
    assert page.context["totals"] == {"count": 3, "amount": Decimal("495.00")}
    filtered = ben_client.get("/denials/", {"group": "1", "amount_from": "500"})
    assert len(filtered.context["groups"]) == 1


def test_headings_of_causes_count_more_than_the_page(north: Practice, ben_client: Client) -> None:
    for _ in range(3):
        denied(north)
    [group] = ben_client.get("/denials/").context["groups"]
    assert (group["label"], group["count"], group["amount"]) == (
        "Timely filing",
        3,
        Decimal("495.00"),
    )


def test_the_list_is_a_file_of_all_that_match(
    three: list[Denial], ben_client: Client, ben: User
) -> None:
    response = ben_client.get("/denials/", {"format": "csv", "reason": "22"})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["Reason"], row["Amount"], row["Cause"]) for row in rows] == [
        ("22", "600.00", "Coordination of benefits")
    ]
    event = Event.objects.get(name="denials.exported")
    assert (event.created_by, event.data) == (ben, {"list": "reason=22"})


def test_the_pages_cost_the_same_for_few_and_many(north: Practice, ben_client: Client) -> None:
    five = {
        "state": "waiting",
        "category": "timely_filing",
        "payer": "UNIFD",
        "owner": "none",
        "amount_from": "10",
        "left": "30",
    }

    def cost(query: dict[str, str]) -> int:
        ben_client.get("/denials/", query)
        with CaptureQueriesContext(connection) as captured:
            assert ben_client.get("/denials/", query).status_code == 200
        return len(captured)

    denied(north)
    few = [cost(five), cost({}), cost({"group": "1"})]
    for _ in range(4):
        denied(north)
    assert [cost(five), cost({}), cost({"group": "1"})] == few


def test_the_buttons_say_why_not(three: list[Denial], ben_client: Client) -> None:
    text = ben_client.get("/denials/", {"item": three[0].pk}).content.decode()
    assert 'aria-disabled="true"' in text
    assert "the contract forbids billing the patient for this." in text


def test_the_owner_is_set_and_shown(three: list[Denial], ben_client: Client, ben: User) -> None:
    ben_client.post(f"/denials/{three[0].pk}/assign/", {"person": ben.pk})
    three[0].refresh_from_db()
    assert three[0].assigned_to == ben
    ben_client.post(f"/denials/{three[0].pk}/assign/", {"person": ""})
    three[0].refresh_from_db()
    assert three[0].assigned_to is None
    refused = ben_client.post(f"/denials/{three[0].pk}/assign/", {"person": "9999999"})
    assert "Choose a person who works on denials" in refused.content.decode()
