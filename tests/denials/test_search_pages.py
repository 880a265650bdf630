"""Jumping to anything by its number: the palette's answers and the page without script."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Claim
from rcm.models import Practice
from tests.billing import remitting as r
from tests.denials.denying import answer, sent_claim


@pytest.fixture
def claim(north: Practice) -> Claim:
    """A claim of Denise Okafor, answered in check CHECK1."""
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("92.00", "CO-45 73.00")))
    claim.refresh_from_db()
    return claim


def found(client: Client, query: str) -> list[tuple[str, str]]:
    rows = client.get("/palette/", {"q": query}).json()
    return [(row["group"], row["label"]) for row in rows]


def test_a_biller_finds_charts_claims_and_checks(ben_client: Client, claim: Claim) -> None:
    number = claim.patient_control_number
    name = str(claim.patient)
    assert found(ben_client, number) == [("Claims", f"{number} {name}")]
    assert found(ben_client, f"P{number}") == [("Claims", f"{number} {name}")]
    assert found(ben_client, "check") == [("Remittances", "CHECK1")]
    assert found(ben_client, "okaf") == [
        ("Charts", f"{claim.encounter.number} {name}"),
        ("Claims", f"{number} {name}"),
    ]


def test_a_coder_finds_charts_only(ana_client: Client, claim: Claim) -> None:
    assert [group for group, _ in found(ana_client, "okaf")] == ["Charts"]
    assert found(ana_client, claim.patient_control_number) == []


def test_one_letter_finds_nothing(ben_client: Client, claim: Claim) -> None:
    assert found(ben_client, "o") == []
    assert found(ben_client, " ") == []


def test_another_practice_finds_nothing(otto_client: Client, claim: Claim) -> None:
    assert found(otto_client, "okaf") == []


def test_the_page_lists_the_same_and_says_when_there_is_nothing(
    ben_client: Client, claim: Claim
) -> None:
    text = ben_client.get("/search/", {"q": "okaf"}).content.decode()
    assert f'href="/claims/{claim.pk}/"' in text
    assert "Nothing found" in ben_client.get("/search/", {"q": "zzz"}).content.decode()
    assert "Find anything by its number" in ben_client.get("/search/").content.decode()


def test_the_palette_needs_one_statement_per_kind(ben_client: Client, claim: Claim) -> None:
    ben_client.get("/palette/", {"q": "okaf"})
    with CaptureQueriesContext(connection) as captured:
        ben_client.get("/palette/", {"q": "okaf"})
    assert len(captured) <= 3 + 6
