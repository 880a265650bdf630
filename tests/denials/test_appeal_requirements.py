"""What payers want in a packet by level, and how a letter reads before it is saved."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from denials.actions.appeal_requirements import asked_by, set_items
from denials.actions.appeals import open_appeal
from denials.models import Appeal, AppealRequirement, AppealTemplate, Denial
from denials.rules.appeal_letters import EXAMPLES, FIELDS, unknown_fields
from denials.rules.appeals import required_items
from payers.models import Payer
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.denials.appealing import NOW
from tests.denials.denying import denied

API = "/api/appeal-requirements/"


def required(appeal: Appeal) -> list[str]:
    return sorted(appeal.items.filter(is_required=True).values_list("kind", flat=True))


def test_the_usual_stays_and_what_the_payer_asks_for_comes_with_it() -> None:
    assert required_items("general", 1) == ("letter", "remittance", "claim")
    assert required_items("general", 2, asked=["policy", "claim"]) == (
        *("letter", "remittance", "decision", "claim"),
        "policy",
    )
    assert required_items("general", 1, ["chart"], ["policy"]) == ("letter", "chart", "policy")


def test_an_appeal_opened_later_has_the_payers_items_of_its_level(
    north: Practice, ben: User, mia: User
) -> None:
    before = open_appeal(denied(north, "CO-29"), by=ben, now=NOW)
    payer = before.payer
    set_items(payer, level=1, items=["other", "coder"], by=mia)
    set_items(payer, level=2, items=["policy"], by=mia)
    after = open_appeal(denied(north, "CO-29"), by=ben, now=NOW)
    usual = ["claim", "filing_proof", "letter", "remittance"]
    assert (required(before), required(after)) == (usual, sorted([*usual, "coder", "other"]))
    event = Event.objects.filter(name="appeal_requirement.set").earliest("pk")
    assert event.data == {
        **{"payer": payer.pk, "level": 1},
        **{"before": [], "after": ["coder", "other"]},
    }


def test_set_again_it_is_changed_and_set_to_nothing_it_is_gone(north: Practice, mia: User) -> None:
    payer = denied(north).payer
    for items in (["policy"], ["policy"], ["chart"], []):
        set_items(payer, level=1, items=items, by=mia)
    assert asked_by(payer.pk, 1) == []
    events = Event.objects.filter(name="appeal_requirement.set").order_by("pk")
    assert [row.data["after"] for row in events] == [["policy"], ["chart"], []]


@pytest.mark.parametrize(("level", "items"), [(0, ["chart"]), (7, ["chart"]), (1, ["letter", "x"])])
def test_an_unknown_level_or_item_is_refused(
    north: Practice, mia: User, level: int, items: list[str]
) -> None:
    payer = denied(north).payer
    with pytest.raises(Refusal, match="Choose a level and items of the lists"):
        set_items(payer, level=level, items=items, by=mia)
    assert not AppealRequirement.objects.exists()
    with pytest.raises(IntegrityError, match="appeal_requirement_sane"), transaction.atomic():
        AppealRequirement.objects.create(
            practice=north, payer=payer, level=1, items=[], changed_by=mia
        )


def test_a_manager_sets_it_on_the_page_and_a_biller_only_reads(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    payer = denied(north).payer
    form = {"payer": payer.pk, "level": 2, "items": ["policy", "chart"]}
    assert ben_client.post("/appeals/requirements/edit/", form).status_code == 403
    assert mia_client.post("/appeals/requirements/edit/", form).status_code == 302
    row = AppealRequirement.objects.get()
    assert (row.level, row.items, row.labels) == (
        *(2, ["chart", "policy"]),
        ["Chart pages", "Coverage policy"],
    )
    page = ben_client.get("/appeals/requirements/").content.decode()
    assert "Chart pages, Coverage policy" in page
    assert "Change</a>" not in page
    changed = mia_client.get(f"/appeals/requirements/edit/?of={row.pk}").content.decode()
    assert changed.count("checked") == 2
    assert mia_client.post("/appeals/requirements/edit/", {"level": 9}).status_code == 422


def test_the_page_of_many_payers_asks_as_much_as_of_one(
    north: Practice, mia: User, mia_client: Client
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            mia_client.get("/appeals/requirements/")
        return len(captured)

    first = denied(north).payer
    set_items(first, level=1, items=["policy"], by=mia)
    statements()
    before = statements()
    for level in (2, 3, 4):
        set_items(first, level=level, items=["policy"], by=mia)
    other = Payer.objects.create(practice=north, name="Other", short_name="Other", payer_id="OTH")
    set_items(other, level=1, items=["chart"], by=mia)
    assert statements() == before


def test_the_api_sets_all_of_a_level_and_none_leaves_the_usual(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    payer = denied(north).payer
    given = {"payer": payer.pk, "level": 2, "items": ["policy", "chart"]}

    def send(client: Client, **changes: object) -> HttpResponse:
        headers = {"Idempotency-Key": str(uuid4())}
        return client.post(API, given | changes, content_type="application/json", headers=headers)

    assert send(ben_client).status_code == 403
    assert send(mia_client, level=7).status_code == 400
    assert send(mia_client, items=["letter"]).status_code == 400
    assert AppealRequirement.objects.count() == 0
    answer = send(mia_client).json()
    assert (answer["payer"]["id"], answer["level"], answer["items"]) == (
        *(payer.pk, 2),
        ["chart", "policy"],
    )
    assert ben_client.get(f"{API}?level=2").json()["results"] == [answer]
    assert ben_client.get(f"{API}?level=1").json()["results"] == []
    usual = send(mia_client, items=[]).json()
    assert (usual["id"], usual["level"], usual["items"]) == (None, 2, [])
    assert AppealRequirement.objects.count() == 0


PREVIEW = "/appeals/templates/preview/"


def test_a_letter_is_shown_with_the_newest_denial_it_fits_and_not_saved(
    north: Practice, mia: User, mia_client: Client
) -> None:
    denied(north, "CO-22", "99.00")
    denial = denied(north, "CO-29", "165.00")
    denied(north, "CO-22", "111.00")
    body = "We ask for {amount}, {denial_code}.\n\nNumber {authorization} stands.\n\n{member_id}"
    form = {"body": body, "category": denial.category}
    shown = " ".join(mia_client.post(PREVIEW, form).content.decode().split())
    assert "We ask for $165.00, CO-29." in shown
    assert "Number" not in shown
    assert denial.claim.patient_control_number in shown
    assert "invented" not in shown
    assert not AppealTemplate.objects.exists()
    event = Event.objects.get(name="denial.viewed")
    assert (event.subject_id, event.created_by) == (denial.pk, mia)
    part = mia_client.post(PREVIEW, form, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<section")


def test_without_a_denial_every_fact_is_invented_and_said_so(
    north: Practice, mia_client: Client
) -> None:
    shown = mia_client.post(PREVIEW, {"body": "{patient_name} owes {amount}."}).content.decode()
    assert "Alma Example owes $165.00." in shown
    assert "Every fact in it is invented." in shown
    assert not Denial.objects.exists()


def test_the_invented_facts_are_those_of_every_field() -> None:
    assert list(EXAMPLES) == list(FIELDS)
    assert unknown_fields("".join(EXAMPLES.values())) == []


def test_a_letter_with_an_unknown_field_is_not_shown(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    assert mia_client.post(PREVIEW, {"body": "{nobody_knows}"}).status_code == 422
    assert mia_client.post(PREVIEW, {"body": ""}).status_code == 422
    assert ben_client.post(PREVIEW, {"body": "{amount}"}).status_code == 403
