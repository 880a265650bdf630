"""Coming in, being locked out, being signed out, and leaving nothing on the screen."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from rcm.models import Practice, Role, User
from tests import make

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PASSWORD = "correct-Horse-7"
WRONG = "Please enter a correct email and password."


def sign_in(client: Client, email: str, password: str = PASSWORD, **fields: str):  # type: ignore[no-untyped-def]  # a test response
    return client.post("/login/", {"username": email, "password": password, **fields})


def test_a_person_comes_in_and_lands_where_the_role_works(ana: User, client: Client) -> None:
    response = sign_in(client, "ana@example.test")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/coding/"


def test_the_page_asked_for_comes_after_the_login(mia: User, client: Client) -> None:
    asked = client.get("/audit/?name=claim.&person=x")
    assert asked["Location"] == "/login/?next=/audit/%3Fname%3Dclaim.%26person%3Dx"
    page = client.get(asked["Location"]).content.decode()
    assert 'name="next" value="/audit/?name=claim.&amp;person=x"' in page
    response = sign_in(client, "mia@example.test", next="/audit/?name=claim.&person=x")
    assert response["Location"] == "/audit/?name=claim.&person=x"


def test_the_login_leads_to_no_other_site(mia: User, client: Client) -> None:
    response = sign_in(client, "mia@example.test", next="https://elsewhere.example/")
    assert response["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(
    ana: User, client: Client
) -> None:
    known = sign_in(client, "ana@example.test", "wrong")
    unknown = sign_in(client, "nobody@example.test", "wrong")
    for response in (known, unknown):
        assert response.status_code == 200
        assert WRONG in response.content.decode()
    assert 'value="ana@example.test"' in known.content.decode()
    assert b"wrong" not in known.content.replace(b"Something is wrong", b"")
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes(
    ana: User, ben: User, client: Client
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in(client, "ana@example.test", "wrong").status_code == 200
        locked = sign_in(client, "ana@example.test", "wrong")
        assert locked.status_code == 429
        assert "11/23/2026 9:15 AM" in locked.content.decode()
        # The right password does not help, another account is free.
        assert sign_in(Client(), "ana@example.test").status_code == 429
        assert sign_in(Client(), "ben@example.test").status_code == 302
        clock.shift(timedelta(minutes=14))
        assert sign_in(client, "ana@example.test").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(client, "ana@example.test").status_code == 302


def test_a_success_forgets_the_failures_before_it(ana: User, client: Client) -> None:
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(client, "ana@example.test", "wrong")
        assert sign_in(client, "ana@example.test").status_code == 302
        client.logout()


@pytest.mark.parametrize("spelling", ["ANA@example.test", " ana@example.test"])
def test_another_spelling_of_the_email_buys_no_more_attempts(
    ana: User, client: Client, spelling: str
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "ana@example.test", "wrong")
    assert sign_in(client, spelling).status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_after_fifteen_minutes_without_a_request_the_session_ends(
    ana: User, ana_client: Client
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert ana_client.get("/preferences/").status_code == 200
        clock.shift(timedelta(minutes=15))
        assert ana_client.get("/preferences/").status_code == 200
        clock.shift(timedelta(minutes=15, seconds=1))
        gone = ana_client.get("/preferences/")
        assert gone["Location"] == "/login/?next=/preferences/"
        page = ana_client.get("/login/").content.decode()
        assert "You were signed out after a time without activity." in page


def test_an_idle_pane_sends_the_whole_browser_to_the_login_page(
    ana: User, ana_client: Client
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        ana_client.get("/preferences/")
        clock.shift(timedelta(hours=1))
        gone = ana_client.get("/preferences/", headers={"HX-Request": "true"})
        assert (gone.status_code, gone["HX-Redirect"]) == (401, "/login/")


def test_pages_of_a_signed_in_person_are_never_kept_by_a_cache(
    ana: User, ana_client: Client
) -> None:
    for path in ("/preferences/", "/api/practices/", "/nothing-here/"):
        response = ana_client.get(path)
        assert response["Cache-Control"] == "no-store"
        assert "HX-Request" in response["Vary"]


def test_after_signing_out_back_shows_the_login_page(ana: User, ana_client: Client) -> None:
    assert ana_client.get("/preferences/").status_code == 200
    out = ana_client.post("/logout/")
    assert (out.status_code, out["Location"]) == (302, "/login/")
    assert ana_client.get("/preferences/")["Location"] == "/login/?next=/preferences/"


def test_signing_out_is_a_post(ana: User, ana_client: Client) -> None:
    assert ana_client.get("/logout/").status_code == 405
    assert ana_client.get("/preferences/").status_code == 200


def test_a_form_from_another_site_is_refused(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/preferences/theme/", {"theme": "dark"}).status_code == 403
    ana.refresh_from_db()
    assert ana.theme == "auto"


def test_a_person_who_lost_the_role_sees_nothing_at_the_next_request(
    north: Practice, mia: User, mia_client: Client
) -> None:
    assert mia_client.get("/audit/").status_code == 200
    mia.memberships.all().delete()
    assert mia_client.get("/audit/")["Location"] == "/practices/"
    assert "No practice yet" in mia_client.get("/practices/").content.decode()


def test_a_changed_role_counts_at_the_next_request(
    north: Practice, mia: User, mia_client: Client
) -> None:
    assert mia_client.get("/audit/").status_code == 200
    mia.memberships.update(role=Role.CODER)
    refused = mia_client.get("/audit/")
    assert refused.status_code == 403
    assert "Your role in this practice does not allow this." in refused.content.decode()


def test_a_deactivated_person_is_out(ana: User, ana_client: Client, client: Client) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert ana_client.get("/preferences/").status_code == 302
    assert WRONG in sign_in(client, "ana@example.test").content.decode()


def test_healthz_answers_without_login_and_tells_nothing(db: None, client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_every_page_forbids_inline_script_frames_and_other_sites(
    ana: User, ana_client: Client
) -> None:
    policy = ana_client.get("/preferences/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy


def test_a_new_member_may_be_of_two_practices(north: Practice, south: Practice) -> None:
    person = make.member(north, Role.CODER, "two@example.test", "Two", "Roles")
    assert make.member(south, Role.BILLER, "two@example.test", "Two", "Roles") == person
    assert person.memberships.count() == 2
