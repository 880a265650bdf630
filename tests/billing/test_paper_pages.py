"""Printing a claim from its page and over the API: what is shown, to whom, and what is recorded."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from billing.models import Claim
from billing.rules.claim_content import to_json
from rcm import access
from rcm.models import Event, Practice
from tests import make
from tests.billing.outgoing import ready_claim
from tests.billing.paper_samples import HOSPITAL


@pytest.fixture
def claim(north: Practice) -> Claim:
    return ready_claim(north, ("99213", "165.00"), ("20610", "148.00"))


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_printing_shows_the_form_and_leaves_the_claim_as_it_was(
    claim: Claim, ben_client: Client
) -> None:
    before = Claim.objects.values().get(pk=claim.pk)
    response = ben_client.get(f"/claims/{claim.pk}/paper/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    number = claim.patient_control_number
    assert response["Content-Disposition"] == f'inline; filename="CMS-1500-{number}.pdf"'
    text = pdf_text(response.content)
    for part in (number, "99213", "20610", "313 00"):
        assert part in text
    assert Claim.objects.values().get(pk=claim.pk) == before
    event = Event.objects.get(name="claim.printed")
    assert (event.subject_id, event.patient_id) == (claim.pk, claim.patient_id)
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "Drawn for printed stock" in page


def test_reading_with_boxes_is_a_view(claim: Claim, ben_client: Client) -> None:
    text = pdf_text(ben_client.get(f"/claims/{claim.pk}/paper/?boxes=1").content)
    assert "11D" in text
    event = Event.objects.get(name="claim.viewed")
    assert event.data == {"part": "paper"}
    assert event.patient_id == claim.patient_id
    assert not Event.objects.filter(name="claim.printed").exists()


def test_an_institutional_claim_is_printed_on_the_ub_04(
    north: Practice, ben_client: Client
) -> None:
    row = make.claim(north, content=to_json(HOSPITAL))
    response = ben_client.get(f"/claims/{row.pk}/paper/")
    assert response["Content-Disposition"] == 'inline; filename="UB-04-T000001.pdf"'
    assert "0117" in pdf_text(response.content)


def test_the_claim_s_page_leads_to_the_paper_and_says_what_it_does_not_show(
    north: Practice, ben_client: Client
) -> None:
    row = make.claim(north, content=to_json(HOSPITAL))
    page = ben_client.get(f"/claims/{row.pk}/").content.decode()
    assert f'href="/claims/{row.pk}/paper/"' in page
    assert f'href="/claims/{row.pk}/paper/?boxes=1"' in page
    assert "UB-04, 1 page" in page
    assert "2 not shown on the form" in page
    assert "Box 80 does not show attachments." in page


def test_a_claim_that_was_not_made_here_is_refused(north: Practice, ben_client: Client) -> None:
    row = make.claim(north)
    response = ben_client.get(f"/claims/{row.pk}/paper/")
    assert response.status_code == 409
    assert "there is nothing to print" in response.content.decode()
    assert "paper/" not in ben_client.get(f"/claims/{row.pk}/").content.decode()
    assert not Event.objects.filter(name="claim.printed").exists()
    answer = ben_client.get(f"/api/claims/{row.pk}/paper/")
    assert (answer.status_code, answer.json()["code"]) == (409, "claim_has_no_content")


def test_the_api_gives_each_text_with_its_place(north: Practice, ben_client: Client) -> None:
    row = make.claim(north, content=to_json(HOSPITAL))
    answer = ben_client.get(f"/api/claims/{row.pk}/paper/").json()
    assert answer["form"] == "UB-04"
    assert len(answer["pages"]) == 1
    assert {
        "line": 2,
        "column": 78,
        "width": 4,
        "text": "0117",
        "box": "4",
        "is_right": False,
    } in answer["pages"][0]
    assert answer["not_shown"] == [
        "Box 80 does not show attachments.",
        "Box 42 does not show adjudications of line 2.",
    ]
    event = Event.objects.get(name="claim.viewed")
    assert event.data == {"part": "paper", "by_api": True}


def test_another_practice_s_claim_is_not_printed(
    north: Practice, south: Practice, ben_client: Client
) -> None:
    access.open_walls([south.pk])
    row = make.claim(south, content=to_json(HOSPITAL))
    access.open_walls([north.pk])
    assert ben_client.get(f"/claims/{row.pk}/paper/").status_code == 404
    assert ben_client.get(f"/api/claims/{row.pk}/paper/").status_code == 404
    assert not Event.objects.filter(name__in=("claim.printed", "claim.viewed")).exists()
