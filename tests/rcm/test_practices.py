"""Switching practices and personal preferences."""

import pytest
from django.test import Client

from rcm import access
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.world import make_world


@pytest.fixture
def both(north: Practice, south: Practice, mia: User) -> User:
    """Mia, manager of North, is also biller of South; both have one of everything."""
    make.member(south, Role.BILLER, "mia@example.test", "Mia", "Dunn")
    make_world(south, "Sutter")
    make_world(north, "Norwood")
    return mia


def test_the_practices_page_shows_open_and_late_work_of_each(
    both: User, mia_client: Client
) -> None:
    page = mia_client.get("/practices/")
    rows = {row["name"]: row for row in page.context["practices"]}
    assert set(rows) == {"North Medical Group", "South Clinic"}
    north = rows["North Medical Group"]
    assert (north["role"], north["is_current"], north["open_items"], north["late_items"]) == (
        "Manager",
        True,
        2,
        0,
    )
    assert rows["South Clinic"]["is_current"] is False
    assert north["oldest_days"] is not None and north["oldest_days"] > 0


def test_a_practice_without_work_has_no_oldest_item(
    north: Practice, mia: User, mia_client: Client
) -> None:
    (row,) = mia_client.get("/practices/").context["practices"]
    assert (row["open_items"], row["oldest_days"]) == (0, None)


def test_after_switching_only_the_other_practice_is_seen_and_the_switch_is_recorded(
    both: User, mia_client: Client, south: Practice
) -> None:
    assert b"Norwood" in mia_client.get("/denials/").content
    response = mia_client.post(f"/practices/{south.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/")
    page = mia_client.get("/denials/").content
    assert b"Sutter" in page and b"Norwood" not in page
    access.open_walls([south.pk])
    chosen = Event.objects.get(name="practice.chosen")
    assert (chosen.practice_id, chosen.subject_id, chosen.created_by) == (south.pk, south.pk, both)
    assert both.memberships.get(practice=south).last_used_at is not None


def test_the_role_is_the_one_of_the_chosen_practice(
    both: User, mia_client: Client, south: Practice
) -> None:
    assert mia_client.get("/audit/").status_code == 200
    mia_client.post(f"/practices/{south.pk}/")
    assert mia_client.get("/audit/").status_code == 403


def test_a_practice_without_a_role_cannot_be_entered(
    north: Practice, south: Practice, ana: User, ana_client: Client
) -> None:
    assert ana_client.post(f"/practices/{south.pk}/").status_code == 404
    assert ana_client.session.get("practice_id") == north.pk
    access.open_walls([north.pk, south.pk])
    assert not Event.objects.exists()


def test_a_forged_practice_in_the_session_is_ignored(
    north: Practice, south: Practice, ana: User, ana_client: Client
) -> None:
    ana_client.get("/preferences/")
    session = ana_client.session
    session["practice_id"] = south.pk
    session.save()
    (row,) = ana_client.get("/practices/").context["practices"]
    assert (row["name"], row["is_current"]) == ("North Medical Group", True)


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_a_theme_is_kept_and_shown(ana: User, ana_client: Client, theme: str) -> None:
    response = ana_client.post(
        "/preferences/theme/", {"theme": theme}, headers={"Referer": "http://testserver/practices/"}
    )
    assert (response.status_code, response["Location"]) == (302, "http://testserver/practices/")
    assert f'data-theme="{theme}"' in ana_client.get("/preferences/").content.decode()


@pytest.mark.parametrize("keys", ["on", "prefix", "off"])
def test_single_letter_keys_can_be_turned_off(ana: User, ana_client: Client, keys: str) -> None:
    ana_client.post("/preferences/keys/", {"keys": keys})
    assert f'data-keys="{keys}"' in ana_client.get("/preferences/").content.decode()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("theme", "Choose light, dark or the same as the system."),
        ("keys", "Choose on, only after ; or off."),
    ],
)
def test_an_unknown_preference_is_refused(
    ana: User, ana_client: Client, path: str, message: str
) -> None:
    response = ana_client.post(f"/preferences/{path}/", {path: "neon"})
    assert response.status_code == 422
    assert message in response.content.decode()
    ana.refresh_from_db()
    assert (ana.theme, ana.keys) == ("auto", "on")


def test_preferences_never_lead_to_another_site(ana: User, ana_client: Client) -> None:
    response = ana_client.post(
        "/preferences/theme/", {"theme": "dark"}, headers={"Referer": "https://elsewhere.example/"}
    )
    assert response["Location"] == "/"
