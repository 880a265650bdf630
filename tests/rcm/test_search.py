"""Finding a thing by its number or name, with and without script."""

import pytest
from django.test import Client
from django.urls import reverse

from rcm.models import Practice, User
from tests.world import World, make_world


@pytest.fixture
def world(north: Practice) -> World:
    return make_world(north, "Norwood")


def found(client: Client, query: str) -> list[tuple[str, str]]:
    return [(row["group"], row["url"]) for row in client.get(f"/palette/?q={query}").json()]


def test_a_biller_finds_charts_claims_and_payments(
    world: World, ben: User, ben_client: Client
) -> None:
    chart = ("Charts", reverse("workspace", args=[world.encounter.pk]))
    claim = ("Claims", reverse("claim", args=[world.claim.pk]))
    payment = ("Remittances", reverse("remittance", args=[world.remittance.pk]))
    assert found(ben_client, "norw") == [chart, claim]
    assert found(ben_client, "ENorw") == [chart]
    assert found(ben_client, "MRNNorwood") == [chart]
    assert found(ben_client, "CNor") == [claim]
    assert found(ben_client, "TNor") == [payment]


def test_a_coder_finds_charts_only(world: World, ana: User, ana_client: Client) -> None:
    assert {group for group, _ in found(ana_client, "norwood")} == {"Charts"}
    assert found(ana_client, "CNorwood") == []


def test_one_letter_is_too_little_and_signs_are_only_text(
    world: World, ben: User, ben_client: Client
) -> None:
    for query in ("n", "", "%25%25", "__", "%27--"):
        assert found(ben_client, query) == []


def test_the_page_shows_the_same_without_script(
    world: World, ben: User, ben_client: Client
) -> None:
    page = ben_client.get("/search/?q=CNorwood").content.decode()
    assert reverse("claim", args=[world.claim.pk]) in page
    nothing = ben_client.get("/search/?q=zzzz").content.decode()
    assert reverse("claim", args=[world.claim.pk]) not in nothing


def test_another_practice_finds_nothing(world: World, otto: User, otto_client: Client) -> None:
    assert found(otto_client, "norwood") == []
