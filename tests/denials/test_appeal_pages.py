"""The pages and endpoints of appeals: opened from a denial, written, complete, sent, decided."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from denials.actions import appeal_decisions, appeal_parts
from denials.appeal_page import rates
from denials.models import Appeal, AppealTemplate
from payers.table_lookup import forget_releases
from rcm import access
from rcm.models import Event, Practice, User
from tests.api.writing import send
from tests.denials.appealing import DECIDED, denial_of, drafted, notice, ready, submitted
from tests.denials.denying import denied


def page(client: Client, url: str, **more: Any) -> str:
    response = client.get(url, **more)
    assert response.status_code == 200
    return response.content.decode()


def test_key_3_on_a_denial_opens_the_draft(north: Practice, ben_client: Client) -> None:
    denial = denied(north, "CO-252")
    shown = page(ben_client, f"/denials/?item={denial.pk}")
    assert "level 1 by" in shown
    response = ben_client.post(f"/denials/{denial.pk}/appeal/")
    appeal = Appeal.objects.get()
    assert response["Location"] == f"/appeals/{appeal.pk}/"
    assert f'href="/appeals/{appeal.pk}/" data-key="3"' in page(
        ben_client, f"/denials/?item={denial.pk}"
    ).replace("\n", " ")


def test_why_a_denial_cannot_be_appealed_stands_on_its_verb(
    north: Practice, ben_client: Client
) -> None:
    denial = denied(north, "CO-252")
    denial.deadlines.filter(remedy="appeal_1").update(
        deadline="2026-10-02", last_safe_day="2026-10-02"
    )
    assert "Appeal window closed 10/02" in page(ben_client, f"/denials/?item={denial.pk}")


def test_a_letter_is_saved_as_it_is_typed(north: Practice, ben: User, ben_client: Client) -> None:
    appeal = drafted(north, ben)
    body = {"body": "Pay {amount} <b>now</b>, {authorization}.", "version": "1"}
    response = ben_client.post(
        f"/appeals/{appeal.pk}/letter/", body, headers={"HX-Request": "true"}
    )
    shown = response.content.decode()
    assert "Pay $165.00 &lt;b&gt;now&lt;/b&gt;, [Authorization number: missing]." in shown
    assert 'value="2"' in shown
    assert "Missing: Appeal letter." in shown
    again = ben_client.post(f"/appeals/{appeal.pk}/letter/", body, headers={"HX-Request": "true"})
    assert (again.status_code, Appeal.objects.get().version) == (409, 2)


def test_the_page_leads_from_draft_to_decision(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = drafted(north, ben)
    url = f"/appeals/{appeal.pk}/"
    ben_client.post(f"{url}ready/")
    ben_client.post(f"{url}submission/", {"how": "portal", "reference": "P-1"})
    appeal.refresh_from_db()
    assert (appeal.state, appeal.submitted_how, appeal.reference) == ("submitted", "portal", "P-1")
    ben_client.post(f"{url}log/", {"kind": "receipt", "text": "Stamped"})
    day = str(appeal.submitted_at.date())  # type: ignore[union-attr]  # submitted
    ben_client.post(f"{url}decision/", {"outcome": "favorable", "decided_on": day})
    shown = page(ben_client, url)
    assert "Stamped" in shown
    assert Appeal.objects.get().state in ("submitted", "decided")


def test_a_missing_item_is_said_on_the_page_and_not_sent(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = drafted(north, ben)
    appeal_parts.choose_parts(appeal, documents=[], included=[], by=ben)
    shown = page(ben_client, f"/appeals/{appeal.pk}/")
    assert "Missing: Chart pages." in shown
    refused = ben_client.post(f"/appeals/{appeal.pk}/ready/")
    assert (refused.status_code, Appeal.objects.get().state) == (422, "draft")


def test_a_file_goes_with_the_appeal_and_is_taken_away(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = drafted(north, ben)
    file = SimpleUploadedFile("auth.txt", b"Approved by phone")
    ben_client.post(f"/appeals/{appeal.pk}/files/", {"item": "authorization", "file": file})
    row = appeal.files.get()
    assert (row.content_type, row.pages) == ("text/plain", 1)
    response = ben_client.get(f"/appeals/{appeal.pk}/files/{row.pk}/")
    assert response.content == b"Approved by phone"
    ben_client.post(f"/appeals/{appeal.pk}/files/{row.pk}/removal/")
    assert not appeal.files.exists()


def test_the_packet_is_a_pdf_and_the_look_is_recorded(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = submitted(north, ben)
    response = ben_client.get(f"/appeals/{appeal.pk}/packet/")
    assert response.content == bytes(appeal.files.get().content)
    assert Event.objects.get(name="appeal.packet_made").subject_id == appeal.pk


def test_the_list_shows_each_tab_and_exports_it(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = submitted(north, ben)
    number = appeal.claim.patient_control_number
    assert number not in page(ben_client, "/appeals/")
    assert number in page(ben_client, "/appeals/?state=submitted")
    assert number not in page(ben_client, "/appeals/?state=submitted&level=2")
    lines = page(ben_client, "/appeals/?state=submitted&format=csv").splitlines()
    assert lines[1].startswith(f"{number},Unified Care,CO-252,Documentation,Level 1,Submitted,,165")


def test_the_list_takes_the_same_statements_for_any_number(
    north: Practice, ben: User, ben_client: Client
) -> None:
    def statements() -> int:
        forget_releases()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page(ben_client, "/appeals/?state=draft")
        return len(seen)

    drafted(north, ben)
    page(ben_client, "/appeals/?state=draft")
    before = statements()
    drafted(north, ben)
    drafted(north, ben)
    assert statements() == before


def test_a_rate_is_said_only_from_20_decisions_on(
    north: Practice, ben: User, ben_client: Client
) -> None:
    appeal = appeal_decisions.decide(
        submitted(north, ben), notice("favorable"), by=ben, now=DECIDED
    )
    [row] = rates(north.pk)
    assert (row.cause, row.payer, row.rate) == ("Documentation", "Unified", (1, 1, 25))
    assert "too few to say (1)" in page(ben_client, "/appeals/rates/")
    [shown] = ben_client.get("/api/appeal-rates/").json()
    assert (shown["won"], shown["decided"], shown["share"]) == (1, 1, None)
    appeal_id = appeal.pk
    for number in range(19):
        appeal.pk, appeal.level = None, 1
        appeal.reason, appeal.outcome = f"X{number}", "unfavorable"
        appeal.amount_won = Decimal(0)
        appeal.save(force_insert=True)
    assert appeal_id
    assert [row.rate.words for row in rates(north.pk)] == ["5% (1 of 20)"]
    [shown] = ben_client.get("/api/appeal-rates/").json()
    assert shown["share"] == "0.0500"


def test_a_template_of_the_practice_begins_the_letter(
    north: Practice, mia: User, mia_client: Client
) -> None:
    fields = {"name": "Records", "category": "documentation", "body": "We send {patient_name}’s."}
    refused = mia_client.post("/appeals/templates/new/", fields | {"body": "{nothing}"})
    assert (refused.status_code, AppealTemplate.objects.count()) == (422, 0)
    assert "There is no field {nothing}." in refused.content.decode()
    for _ in range(2):
        mia_client.post("/appeals/templates/new/", fields | {"required": ["remittance"]})
    first, second = AppealTemplate.objects.order_by("version")
    assert (first.retired_at is None, second.retired_at, second.version) == (False, None, 2)
    appeal = drafted(north, mia)
    assert (appeal.template, appeal.body) == (second, "We send {patient_name}’s.")
    required = appeal.items.filter(is_required=True).values_list("kind", flat=True)
    assert sorted(required) == ["letter", "remittance"]
    mia_client.post(f"/appeals/templates/{second.pk}/retirement/")
    assert drafted(north, mia).template is None


def test_the_api_goes_the_whole_way(north: Practice, ben: User, ben_client: Client) -> None:
    denial = denied(north, "CO-252")
    opened = send(ben_client, "/api/appeals/", "k1", {"denial": denial.pk})
    assert (opened.status_code, opened.json()["denials"]) == (201, [denial.pk])
    url = f"/api/appeals/{opened.json()['id']}/"
    assert send(ben_client, f"{url}parts/", "k2", {"documents": []}).status_code == 200
    refused = send(ben_client, f"{url}completion/", "k3")
    assert (refused.status_code, refused.json()["code"]) == (422, "packet_incomplete")
    missing = [
        row["item"]
        for row in ben_client.get(f"{url}checklist/").json()["items"]
        if row["is_missing"]
    ]
    assert missing == ["chart"]
    documents = [row.pk for row in denial.claim.encounter.documents.all()]
    send(ben_client, f"{url}parts/", "k4", {"documents": documents})
    assert send(ben_client, f"{url}completion/", "k5").json()["state"] == "ready"
    sent = send(ben_client, f"{url}submission/", "k6", {"how": "fax"})
    assert sent.json()["state"] == "submitted"
    assert ben_client.get(f"{url}packet/")["Content-Type"] == "application/pdf"
    assert send(ben_client, f"{url}submission-undo/", "k7").json()["state"] == "ready"


def test_only_a_manager_lets_an_item_go_through_the_api(
    north: Practice, ben: User, ben_client: Client, mia_client: Client
) -> None:
    appeal = drafted(north, ben)
    body = {"item": "chart", "reason": "Burnt"}
    url = f"/api/appeals/{appeal.pk}/let-go/"
    assert send(ben_client, url, "k1", body).status_code == 403
    assert send(mia_client, url, "k2", body).status_code == 200


@pytest.mark.parametrize("verb", ["ready", "submission", "decision"])
def test_nothing_is_done_with_somebody_elses_appeal(
    north: Practice, ben: User, otto_client: Client, verb: str
) -> None:
    appeal = ready(north, ben)
    assert otto_client.post(f"/appeals/{appeal.pk}/{verb}/").status_code == 404
    access.open_walls([north.pk])
    assert denial_of(appeal).state == "open"
