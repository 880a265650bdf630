"""Every address × every role × own and other practice: pages and API alike, new ones included."""

import hashlib
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from rcm import access
from rcm.api_base import WritablePracticeViewSet
from rcm.models import Practice, Provider, Role, User
from tests import make
from tests.conftest import signed_in
from tests.rules_of_the_house.routes import Route, all_routes
from tests.world import World, make_world

# Views without a capability, and why that is right.
OPEN = {
    "home": "leads a role to its first page",
    "healthz": "tells monitors that the database answers, nothing else",
    "login": "is where people come in",
    "logout": "ends the session",
    "practices": "shows the person's own memberships",
    "practice_choose": "needs a membership in the practice",
    "preferences": "shows the person's own choices",
    "preferences_theme": "changes the person's own choice",
    "preferences_keys": "changes the person's own choice",
    "gallery": "shows invented data, in development only",
    "api_schema": "describes the API",
    "api_docs": "describes the API",
    "api-root": "lists the endpoints",
    "api-practice-list": "shows the person's own memberships",
    "api-practice-detail": "shows the person's own memberships",
}
PUBLIC = {"healthz", "login", "gallery"}
NO_NUL = b"A field of the form contains a NUL character."
SHOWN = {200, 204, 286, 302, 303, 405}
SENSELESS = (
    "?q=Norw&page=-1&state=%27&status=x&item=%C2%B2&before=%C2%B2&range=1&sort=zzz&side=x"
    "&payer=%22&object=claim:%C2%B2&patient=99999999999999999999&name=%25&direction=x&system=x"
)


@pytest.fixture
def north_world(north: Practice) -> World:
    return make_world(north, "Norwood")


@pytest.fixture
def south_world(south: Practice) -> World:
    return make_world(south, "Sutter")


@pytest.fixture
def member(north_world: World, role: str) -> User:
    """A person of the role in North; a provider is the one of the world's visit."""
    practice = north_world.practice
    user = make.member(practice, Role(role), f"{role}@example.test", "Pat", role.title())
    if role == Role.PROVIDER:
        Provider.objects.filter(pk=north_world.provider.pk).update(user=user)
    return user


def ask(
    client: Client, method: str, url: str, body: dict[str, str] | None = None, **headers: str
) -> HttpResponse:
    """The answer of a request that starts with no walls open, as outside of tests."""
    client.raise_request_exception = False
    access.open_walls([])
    if "/api/" in url:
        headers["Idempotency-Key"] = uuid4().hex
    data = {"data": body} if body else {}
    return getattr(client, method)(url, headers=headers, **data)  # type: ignore[no-any-return]  # by name


def filled(world: World) -> dict[str, str]:
    """A body that satisfies every form, naming the rows of `world`."""
    return {
        "amount": "1.00",
        "answer": "As documented.",
        "chosen": str(world.follow_up.pk),
        "claim": world.claim.patient_control_number,
        "code": "member_id",
        "deposited_on": "2026-11-16",
        "diagnosis": str(world.diagnosis.pk),
        "evidence": "note",
        "action": "hold",
        "ids": str(world.claim.pk),
        "item": f"line-{world.bank_line.pk}",
        "key": "line:1",
        "kind": "refund",
        "paid": "50.00",
        "payer": str(world.payer.pk),
        "version": "1",
        "method": "eft",
        "modifiers": "25",
        "name": "A rule",
        "note": "Small balance",
        "outcome": "in_process",
        "other": str(world.provider_adjustment.pk),
        "person": str(world.refund.requested_by_id),
        "pointers": "A",
        "priority": "0",
        "reason": "Waiting for the provider",
        "reference": "CHECK 9",
        "target": world.claim.patient_control_number,
        "scope": "adjustment",
        "text": "99213",
        "to": "1",
        "units": "1",
        "until": "2030-01-01",
        "verb": "uphold",
        "visit": world.encounter.number,
        "with": str(world.remittance.pk),
    }


def rows_of(practice: Practice) -> dict[str, str]:
    """Table -> hash of all its rows of the practice."""
    access.open_walls([practice.pk])
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not any(field.name == "practice" for field in model._meta.fields):
                continue
            table = model._meta.db_table
            # The table's name comes from our own models.
            query = f'SELECT t::text FROM "{table}" t WHERE practice_id = %s'  # noqa: S608  (a table of ours)
            cursor.execute(query, [practice.pk])
            rows = "\n".join(sorted(row for (row,) in cursor.fetchall()))
            found[table] = hashlib.sha256(rows.encode()).hexdigest()
    return found


def changed_tables(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [table for table in before if before[table] != after[table]]


def test_every_view_names_its_capability() -> None:
    unnamed = {route.name for route in all_routes() if route.capability is None}
    assert unnamed <= set(OPEN), "wear @practice_view, or say in OPEN why not"
    known = frozenset[str]().union(*access.CAPABILITIES.values())
    named = {route.capability for route in all_routes() if route.capability}
    assert named <= known


def test_every_verb_of_the_api_needs_an_idempotency_key() -> None:
    writing = [route for route in all_routes() if route.is_api and route.verbs]
    assert len(writing) >= 7
    wrong = [
        route.name
        for route in writing
        if route.verbs not in ({"post"}, {"put"}, {"delete"})
        or not issubclass(route.view.cls, WritablePracticeViewSet)
        or "act_once" in vars(route.view.cls)
        or "initial" in vars(route.view.cls)
    ]
    assert wrong == [], "write through WritablePracticeViewSet"


def refused_of(capability: str | None) -> set[int]:
    """403 when a manager may not do this at all."""
    is_allowed = capability is None or capability in access.CAPABILITIES[Role.MANAGER]
    return set() if is_allowed else {403}


def test_otto_gets_404_for_every_address_with_a_row_of_north(
    north_world: World, south_world: World, otto_client: Client
) -> None:
    before = rows_of(north_world.practice)
    wrong = []
    for route in all_routes():
        for url in route.foreign_urls(south_world, north_world):
            answers = {
                "get": ask(otto_client, "get", url),
                "get by htmx": ask(otto_client, "get", url, **{"HX-Request": "true"}),
                "post": ask(otto_client, "post", url, filled(north_world)),
                "put": ask(otto_client, "put", url),
                "delete": ask(otto_client, "delete", url),
            }
            for how, response in answers.items():
                # What a manager may not do is refused before any row is looked for.
                reads = how.startswith("get") or route.write is None
                hidden = {404, 405, *refused_of(route.capability if reads else route.write)}
                if response.status_code not in hidden or b"Norwood" in response.content:
                    wrong.append((how, url, response.status_code))
    assert wrong == []
    assert changed_tables(before, rows_of(north_world.practice)) == []


def test_a_form_of_otto_that_names_rows_of_north_changes_and_shows_nothing(
    north_world: World, south_world: World, otto_client: Client
) -> None:
    before = rows_of(north_world.practice)
    leaks = []
    for route in all_routes():
        if route.name in ("logout", "practice_choose"):
            continue
        for url in route.urls(south_world):
            savepoint = transaction.savepoint()
            response = ask(otto_client, "post", url, filled(north_world))
            if response.status_code >= 500 or shows_foreign_text(response):
                leaks.append((url, response.status_code))
            if changed_tables(before, rows_of(north_world.practice)):
                leaks.append((url, "changed a row of North"))
            transaction.savepoint_rollback(savepoint)
    assert leaks == []


def shows_foreign_text(response: HttpResponse) -> bool:
    """The numbers that were typed may come back in their fields; nothing else of North may."""
    typed = response.content.replace(b"CNorwood", b"").replace(b"ENorwood", b"")
    return b"Norwood" in typed


def test_no_page_shows_otto_a_row_of_north(
    north_world: World, south_world: World, otto_client: Client
) -> None:
    leaks, own = [], set()
    for route in all_routes():
        for url in route.urls(south_world):
            for query in ("", "?q=Norw"):
                response = ask(otto_client, "get", url + query)
                content = b"".join(response) if response.streaming else response.content
                if b"Norwood" in content:
                    leaks.append(url + query)
                if b"Sutter" in content:
                    own.add(route.name)
    assert leaks == []
    # The same pages do show his own rows, so the line above compared something.
    assert own >= {"denials", "returned_tasks", "returned_task", "audit", "jobs"}
    assert len([name for name in own if name.startswith("api-")]) >= 24


def expected_of(route: Route, role: str) -> bool:
    return route.name in OPEN or route.capability in access.CAPABILITIES[role]


@pytest.mark.parametrize("role", Role.values)
def test_a_role_reads_what_its_capabilities_say_and_nothing_else(
    north_world: World, member: User, role: str
) -> None:
    client = signed_in(member)
    wrong = []
    for route in all_routes():
        if route.name in ("logout", "gallery"):
            continue
        for url in route.urls(north_world):
            response = ask(client, "get", url)
            allowed = SHOWN if expected_of(route, role) else {403, 405}
            if response.status_code not in allowed:
                wrong.append((url, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", Role.values)
def test_a_role_without_the_capability_to_write_changes_nothing(
    north_world: World, member: User, role: str
) -> None:
    client = signed_in(member)
    ask(client, "get", "/preferences/")
    before = rows_of(north_world.practice)
    wrong = []
    for route in all_routes():
        if route.write is None or route.write in access.CAPABILITIES[role]:
            continue
        for url in route.urls(north_world):
            response = ask(client, "post", url)
            if response.status_code not in (403, 405):
                wrong.append((url, response.status_code))
    assert wrong == []
    assert changed_tables(before, rows_of(north_world.practice)) == []


def test_an_empty_and_a_filled_form_are_answered_and_the_row_is_found(
    north_world: World, mia_client: Client
) -> None:
    """Also proves that the rows filled in above are the right ones: a wrong one would be 404."""
    wrong = []
    for route in all_routes():
        if route.name == "logout":
            continue
        for url in route.urls(north_world):
            for body in ({}, filled(north_world)):
                savepoint = transaction.savepoint()
                status = ask(mia_client, "post", url, body).status_code
                transaction.savepoint_rollback(savepoint)
                if status >= 500 or (status == 404 and route.row_arguments()):
                    wrong.append((url, body, status))
    assert wrong == []


def test_no_page_fails_on_a_senseless_query(north_world: World, mia_client: Client) -> None:
    wrong = []
    for route in all_routes():
        for url in route.urls(north_world):
            status = ask(mia_client, "get", url + SENSELESS).status_code
            if status >= 500:
                wrong.append((url, status))
    assert wrong == []
    assert ask(mia_client, "get", "/claims/?q=%00").status_code == 400


def test_no_page_takes_a_nul_character(north_world: World, mia_client: Client) -> None:
    wrong = []
    for route in all_routes():
        for url in route.urls(north_world):
            if url.startswith("/api/"):
                continue
            answer = ask(mia_client, "post", url, {"reason": "a\0b"})
            if (answer.status_code, answer.content) != (400, NO_NUL):
                wrong.append((url, answer.status_code))
    assert wrong == []


def test_a_visitor_is_sent_to_the_login_page_everywhere(north_world: World, client: Client) -> None:
    before = rows_of(north_world.practice)
    wrong = []
    for route in all_routes():
        if route.name in PUBLIC:
            continue
        for url in route.urls(north_world):
            for method in ("get", "post"):
                response = ask(client, method, url)
                to_login = response.status_code == 302 and response["Location"].startswith(
                    "/login/"
                )
                refused = response.status_code == 403 and route.is_api
                if not (to_login or refused or response.status_code == 405):
                    wrong.append((method, url, response.status_code))
    assert wrong == []
    assert changed_tables(before, rows_of(north_world.practice)) == []
