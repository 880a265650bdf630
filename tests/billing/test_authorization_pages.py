"""The pages and the API of authorizations."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payers.models import Authorization, AuthorizationRule, Coverage
from rcm.models import Practice
from tests import make
from tests.billing.reviewing import coded_visit, drafted, review_of
from tests.world_payers import make_authorization, make_authorization_rule


@pytest.fixture
def coverage(north: Practice) -> Coverage:
    return make.coverage(make.patient(north, mrn="M1"))


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_list_shows_what_is_left_and_what_ends_soon(
    north: Practice, ben_client: Client, coverage: Coverage
) -> None:
    assert "None here" in text(ben_client, "/authorizations/")
    today = timezone.localdate()
    make_authorization(coverage, ends_on=today + timedelta(days=400))
    make_authorization(coverage, number="A2", ends_on=today + timedelta(days=5))
    coded_visit(north, patient=coverage.patient, authorization_number="A1")
    page = text(ben_client, "/authorizations/")
    assert "9 of 10 units" in page
    assert page.index("A2") < page.index(">A1<")
    soon = text(ben_client, "/authorizations/?view=soon")
    assert ">A2<" in soon
    assert ">A1<" not in soon
    assert "No authorization matches" in text(ben_client, "/authorizations/?q=zzz")
    assert ">A1<" in text(ben_client, f"/authorizations/?patient={coverage.patient_id}")


def test_one_is_added_from_a_waiting_visit_and_changed(
    north: Practice, ben_client: Client, coverage: Coverage
) -> None:
    make_authorization_rule(coverage.payer, "99213")
    visit = coded_visit(north, patient=coverage.patient)
    drafted(north)
    pane = text(ben_client, f"/charges/?item={review_of(visit).pk}")
    assert "/authorizations/new/?mrn=M1" in pane
    assert "No patient has this number." in text(ben_client, "/authorizations/new/?mrn=nobody")
    given = {
        "coverage": coverage.pk,
        "number": "A1",
        "state": "approved",
        "quantity": "4",
        "counts": "visits",
        "codes": "99211-99215",
        "starts_on": "2026-01-01",
    }
    wrong = ben_client.post("/authorizations/new/?mrn=M1", given | {"codes": "99"})
    assert (wrong.status_code, Authorization.objects.count()) == (422, 0)
    answer = ben_client.post("/authorizations/new/?mrn=M1", given)
    assert answer["Location"] == f"/authorizations/?patient={coverage.patient_id}"
    row = Authorization.objects.get()
    assert (row.codes, review_of(visit).state) == (["99211-99215"], "cleared")
    page = text(ben_client, f"/authorizations/{row.pk}/")
    assert "1 of 4 visits used, 3 left" in page
    assert visit.number in page
    ben_client.post(f"/authorizations/{row.pk}/", given | {"quantity": "6"})
    row.refresh_from_db()
    assert row.quantity == Decimal(6)


def test_rules_are_added_and_ended(north: Practice, ben_client: Client, coverage: Coverage) -> None:
    given = {"payer": coverage.payer_id, "codes": "70551-70553 J0585", "starts_on": "2026-01-01"}
    assert ben_client.post("/authorizations/rules/", given).status_code == 302
    assert "70551-70553" in text(ben_client, "/authorizations/rules/")
    first = AuthorizationRule.objects.order_by("pk")[0]
    ben_client.post(f"/authorizations/rules/{first.pk}/end/", {"ends_on": "2026-06-30"})
    first.refresh_from_db()
    assert first.ends_on == date(2026, 6, 30)


def test_the_api_adds_changes_and_counts_in_a_constant_number_of_statements(
    north: Practice, ben_client: Client, coverage: Coverage
) -> None:
    given = {"coverage": coverage.pk, "number": "A1", "quantity": "4", "starts_on": "2026-01-01"}
    made = ben_client.post("/api/authorizations/", given, headers={"Idempotency-Key": "c1"})
    assert (made.status_code, made.json()["used"]) == (201, "0.00")
    pk = made.json()["id"]
    changed = ben_client.post(
        f"/api/authorizations/{pk}/terms/",
        given | {"quantity": "5"},
        headers={"Idempotency-Key": "c2"},
    )
    assert changed.json()["quantity"] == "5.00"

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert ben_client.get("/api/authorizations/").status_code == 200
        return len(seen)

    one = cost()
    for number in range(5):
        make_authorization(coverage, number=f"B{number}")
    assert cost() == one
    rule = ben_client.post(
        "/api/authorization-rules/",
        {"payer": coverage.payer_id, "codes": "97110", "starts_on": "2026-01-01"},
        headers={"Idempotency-Key": "c3"},
    )
    ended = ben_client.post(
        f"/api/authorization-rules/{rule.json()[0]['id']}/end/",
        {"ends_on": "2026-02-01"},
        headers={"Idempotency-Key": "c4"},
    )
    assert ended.json()["ends_on"] == "2026-02-01"
