"""Claims, payments and the ledger through the API."""

import pytest
from django.test import Client

from billing.models import Claim, Posting
from rcm.models import Event, User
from tests import make
from tests.world import World


def test_a_claim_comes_with_lines_findings_acknowledgments_and_balances(
    world: World, ben: User, ben_client: Client
) -> None:
    answer = ben_client.get(f"/api/claims/{world.claim.pk}/").json()
    assert answer["patient_control_number"] == "CNorwood"
    assert answer["status"] == "adjudicated"
    assert answer["amount_billed"] == "165.00"
    assert answer["payer"] == {
        "id": world.payer.pk,
        "short_name": "Norwood",
        "payer_id": "UNIFD",
    }
    assert answer["patient"]["last_name"] == "Norwood"
    assert [(row["procedure_code"], row["amount_billed"]) for row in answer["lines"]] == [
        ("99213", "165.00")
    ]
    assert [row["code"] for row in answer["findings"]] == ["member_id"]
    assert [row["category"] for row in answer["acknowledgments"]] == ["A2"]
    assert answer["balances"] == {"primary_receivable": "-100.00", "unapplied": "100.00"}
    seen = Event.objects.get(name="claim.viewed")
    assert (seen.subject_id, seen.patient_id, seen.created_by) == (
        world.claim.pk,
        world.patient.pk,
        ben,
    )


def test_claims_are_listed_newest_service_first_in_pages(world: World, ben_client: Client) -> None:
    older = make.claim(world.practice, date_of_service="2026-10-01")
    answer = ben_client.get("/api/claims/?limit=1").json()
    assert (answer["count"], [row["id"] for row in answer["results"]]) == (2, [world.claim.pk])
    following = ben_client.get(answer["next"]).json()
    assert [row["id"] for row in following["results"]] == [older.pk]
    assert not Event.objects.filter(name="claim.viewed").exists()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("status=adjudicated", True),
        ("status=draft&status=adjudicated", True),
        ("status=draft", False),
        ("payer=UNIFD", True),
        ("payer=OTHER", False),
        ("number=CNorwood", True),
        ("served_after=2026-11-02&served_before=2026-11-02", True),
        ("served_after=2026-11-03", False),
    ],
)
def test_claims_are_filtered(world: World, ben_client: Client, query: str, is_found: bool) -> None:
    assert ben_client.get(f"/api/claims/?{query}").json()["count"] == int(is_found)


def test_a_filter_with_an_impossible_value_is_refused_by_its_name(
    world: World, ben_client: Client
) -> None:
    answer = ben_client.get("/api/claims/?status=paid")
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid",
        "message": "A filter has a value it cannot take.",
        "fields": {
            "status": "Select a valid choice. paid is not one of the available choices.",
        },
    }


def test_a_remittance_shows_its_header_and_provider_adjustments(
    world: World, ben_client: Client
) -> None:
    answer = ben_client.get(f"/api/remittances/{world.remittance.pk}/").json()
    assert (answer["trace_number"], answer["amount_paid"], answer["state"]) == (
        "TNorwood",
        "100.00",
        "posted",
    )
    assert answer["differences"] == []
    assert [(row["code"], row["amount"]) for row in answer["provider_adjustments"]] == [
        ("WO", "5.00"),
        ("WO", "-2.00"),
    ]
    assert Event.objects.filter(name="remittance.viewed").count() == 1


def test_a_remittances_claims_come_in_pages_with_lines_and_adjustments(
    world: World, ben_client: Client
) -> None:
    answer = ben_client.get(f"/api/remittances/{world.remittance.pk}/claims/").json()
    assert answer["count"] == 1
    (claim,) = answer["results"]
    assert (claim["claim_id"], claim["amount_paid"], claim["adjustments"]) == (
        world.claim.pk,
        "100.00",
        [],
    )
    (line,) = claim["lines"]
    assert (line["procedure_code"], line["amount_paid"], line["amount_allowed"]) == (
        "99213",
        "100.00",
        None,
    )
    assert [(row["group"], row["reason"], row["amount"]) for row in line["adjustments"]] == [
        ("CO", "50", "65.00")
    ]


def test_a_file_shows_its_problems_and_never_its_bytes(world: World, ben_client: Client) -> None:
    response = ben_client.get(f"/api/files/{world.file.pk}/")
    assert [row["message"] for row in response.json()["problems"]] == ["Norwood SE01"]
    assert "content" not in response.json()
    assert b"ISA of" not in response.content


def test_postings_are_filtered_by_claim_and_account(world: World, ben_client: Client) -> None:
    answer = ben_client.get(f"/api/postings/?claim={world.claim.pk}&destination=unapplied").json()
    assert [(row["source"], row["destination"], row["amount"]) for row in answer["results"]] == [
        ("primary_receivable", "unapplied", "100.00")
    ]
    assert ben_client.get("/api/postings/?destination=write_off").json()["count"] == 0
    assert ben_client.get("/api/postings/?destination=cash").json()["count"] == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(world: World, ben_client: Client, method: str) -> None:
    before = Posting.objects.count()
    response = getattr(ben_client, method)(f"/api/claims/{world.claim.pk}/")
    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
    assert Claim.objects.get(pk=world.claim.pk).status == "adjudicated"
    assert Posting.objects.count() == before
