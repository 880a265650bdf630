"""The denial worklist through the browser's eyes: list, pane, verbs, roles, walls."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Posting
from denials.models import Denial
from rcm.models import Event, Practice, User
from tests.billing import remitting as r
from tests.denials.denying import answer, denied, sent_claim

HTMX = {"HTTP_HX_REQUEST": "true"}
# Session, person, membership, practice and walls; counts of the sidebar and running jobs.
REQUEST = 6
SHELL = REQUEST + 6


def statements(client: Client, path: str, **headers: str) -> int:
    client.get(path, **headers)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, **headers).status_code == 200
    return len(captured)


@pytest.fixture
def late(north: Practice) -> Denial:
    """CO-29, timely filing, 165.00."""
    return denied(north)


@pytest.fixture
def ended(north: Practice) -> Denial:
    """PR-27, eligibility, 148.00."""
    return denied(north, "PR-27", "148.00")


def test_the_worklist_groups_open_denials_by_cause_and_shows_the_first(
    ben_client: Client, late: Denial, ended: Denial
) -> None:
    page = ben_client.get("/denials/")
    assert [(g["label"], [d.pk for d in g["rows"]]) for g in page.context["groups"]] == [
        ("Eligibility", [ended.pk]),
        ("Timely filing", [late.pk]),
    ]
    assert page.context["denial"] == ended
    assert page.context["totals"]["count"] == 2
    text = page.content.decode()
    assert "2 open · <b>$313.00</b> denied" in text
    assert f'id="row-{late.pk}"' in text
    assert "Cause: Eligibility." in text


def test_the_chosen_denial_is_shown_and_the_look_is_recorded(
    ben_client: Client, ben: User, late: Denial, ended: Denial
) -> None:
    page = ben_client.get("/denials/", {"item": late.pk})
    assert page.context["denial"] == late
    event = Event.objects.get(name="denial.viewed")
    assert (event.subject_id, event.patient_id, event.created_by) == (
        late.pk,
        late.claim.patient_id,
        ben,
    )


@pytest.mark.parametrize("item", ["", "²", "abc", "99999999999999999999", "0"])
def test_an_item_that_is_none_is_not_an_error(ben_client: Client, late: Denial, item: str) -> None:
    assert ben_client.get("/denials/", {"item": item}).status_code in (200, 404)


def test_filters_narrow_by_reason_claim_patient_cause_and_payer(
    ben_client: Client, late: Denial, ended: Denial
) -> None:
    def found(**query: str) -> list[int]:
        groups = ben_client.get("/denials/", query).context["groups"]
        return [row.pk for group in groups for row in group["rows"]]

    assert found(q="co-29") == found(q="pi-29") == found(q="CO 29") == [late.pk]
    assert found(q="27") == [ended.pk]
    assert found(q=ended.claim.patient_control_number) == [ended.pk]
    assert found(q="oka") == [ended.pk, late.pk]
    assert found(category="timely_filing") == [late.pk]
    assert found(payer="UNIFD") == [ended.pk, late.pk]
    assert found(payer="OTHER") == []
    assert found(state="resolved") == []


def test_the_tabs_count_each_state_and_all_that_wait(
    north: Practice, ben_client: Client, late: Denial
) -> None:
    denied(north, "CO-11")
    page = ben_client.get("/denials/", {"state": "waiting"})
    assert {view["label"]: view["count"] for view in page.context["views"]} == {
        "Open": 1,
        "Mine": 0,
        "Due in 7 days": 0,
        "Over $500": 0,
        "To approve": 0,
        "With coder": 1,
        "Resubmitted": 0,
        "Appealed": 0,
        "Pended": 0,
        "Resolved": 0,
        "All that wait for us": 2,
    }
    assert page.context["totals"]["count"] == 2


def test_an_empty_worklist_says_so(ben_client: Client, north: Practice) -> None:
    text = ben_client.get("/denials/").content.decode()
    assert "Denied lines appear the moment a remittance is posted." in text
    filtered = ben_client.get("/denials/", {"q": "zzz"}).content.decode()
    assert "No denial matches" in filtered


def test_the_pane_comes_alone_for_htmx_and_as_a_page_otherwise(
    ben_client: Client, late: Denial
) -> None:
    pane = ben_client.get(f"/denials/{late.pk}/", **HTMX)
    text = pane.content.decode()
    assert text.count("<html") == 0
    assert "Filed after the payer" in text
    assert "Bill patient<small>The payer&#x27;s group code is CO: the contract forbids" in text
    page = ben_client.get(f"/denials/{late.pk}/")
    assert (page.status_code, page["Location"]) == (302, f"/denials/?state=open&item={late.pk}")


def test_the_worklist_and_the_pane_need_few_statements(
    north: Practice, ben_client: Client, late: Denial
) -> None:
    few = statements(ben_client, "/denials/")
    for _ in range(3):
        denied(north, "CO-22")
    assert statements(ben_client, "/denials/") == few
    assert few <= 30 + SHELL
    # The denial, its lines and labels, its deadlines, its case, the causes it had before, and what
    # the rule of verbs asks.
    assert statements(ben_client, f"/denials/{late.pk}/", **HTMX) <= 27 + REQUEST


def test_a_verb_answers_with_the_next_denial_and_removes_the_row(
    north: Practice, ben_client: Client, late: Denial
) -> None:
    following = denied(north)
    before = denied(north, "CO-22")
    response = ben_client.post(f"/denials/{late.pk}/write-off/", {"note": "Our fault"}, **HTMX)
    assert response.status_code == 200
    text = response.content.decode()
    assert f'<tr id="row-{late.pk}" hx-swap-oob="delete"></tr>' in text
    assert following.claim.patient_control_number in text
    assert before.claim.patient_control_number not in text
    assert response["HX-Push-Url"] == f"/denials/?state=open&item={following.pk}"
    assert json.loads(response["HX-Trigger"]) == {"toast": {"text": "$165.00 written off"}}
    late.refresh_from_db()
    assert late.resolution == "written_off"


def test_the_next_denial_stays_within_the_filters_of_the_list(
    north: Practice, ben_client: Client, late: Denial, ended: Denial
) -> None:
    address = "http://testserver/denials/?state=open&category=timely_filing&item=5"
    response = ben_client.post(
        f"/denials/{late.pk}/write-off/",
        {"note": "Our fault"},
        HTTP_HX_CURRENT_URL=address,
        **HTMX,
    )
    assert response["HX-Push-Url"] == "/denials/?state=open&category=timely_filing"
    assert "No denial is waiting in this view." in response.content.decode()


def test_after_the_last_row_the_first_one_is_next(
    ben_client: Client, late: Denial, ended: Denial
) -> None:
    response = ben_client.post(f"/denials/{late.pk}/write-off/", {"note": "Late"}, **HTMX)
    assert response["HX-Push-Url"] == f"/denials/?state=open&item={ended.pk}"


def test_without_script_a_verb_leads_back_to_the_list(ben_client: Client, ended: Denial) -> None:
    response = ben_client.post(f"/denials/{ended.pk}/bill-patient/", follow=True)
    assert response.redirect_chain == [("/denials/?state=open", 302)]
    assert "$148.00 moved to the patient" in response.content.decode()


def test_every_verb_does_its_work(north: Practice, ben_client: Client, late: Denial) -> None:
    until = timezone.localdate() + timedelta(days=2)
    pend = {"until": until.isoformat(), "reason": "Proof requested"}
    ben_client.post(f"/denials/{late.pk}/pend/", pend)
    late.refresh_from_db()
    assert (late.state, late.pend_reason) == ("pended", "Proof requested")
    assert "Back to the worklist" in ben_client.get("/denials/?state=pended").content.decode()
    ben_client.post(f"/denials/{late.pk}/reopen/")
    ben_client.post(f"/denials/{late.pk}/route/")
    late.refresh_from_db()
    assert late.state == "with_coder"
    other = denied(north)
    ben_client.post(f"/denials/{other.pk}/corrected/")
    other.refresh_from_db()
    assert (other.state, other.corrected_claim.frequency) == ("resubmitted", "7")
    shown = ben_client.get(f"/denials/{other.pk}/", **HTMX).content.decode()
    assert other.corrected_claim.patient_control_number in shown


@pytest.mark.parametrize(
    ("verb", "form", "message"),
    [
        ("write-off", {}, "Reason: This field is required."),
        ("pend", {"until": "soon", "reason": "x"}, "Until: Enter a valid date."),
        ("pend", {"until": "2020-01-01", "reason": "x"}, "Choose a day after today."),
        ("bill-patient", {}, "The payer&#x27;s group code is CO: the contract forbids"),
    ],
)
def test_a_refused_verb_says_why_and_leaves_the_pane(
    ben_client: Client, late: Denial, verb: str, form: dict[str, str], message: str
) -> None:
    before = Posting.objects.count(), Event.objects.count()
    response = ben_client.post(f"/denials/{late.pk}/{verb}/", form, **HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (422, "#toasts")
    assert message in response.content.decode()
    assert (Posting.objects.count(), Event.objects.count()) == before
    late.refresh_from_db()
    assert late.state == "open"


def test_who_comes_second_is_told(ben_client: Client, late: Denial) -> None:
    ben_client.post(f"/denials/{late.pk}/write-off/", {"note": "Late"})
    response = ben_client.post(f"/denials/{late.pk}/route/", **HTMX)
    assert response.status_code == 409
    assert "Somebody was first: this denial is resolved now." in response.content.decode()


def test_an_unknown_verb_is_not_found(ben_client: Client, late: Denial) -> None:
    assert ben_client.post(f"/denials/{late.pk}/delete/").status_code == 404
    assert ben_client.get(f"/denials/{late.pk}/write-off/").status_code == 405


def test_a_coder_does_not_work_denials(ana_client: Client, late: Denial) -> None:
    assert ana_client.get("/denials/").status_code == 403
    assert ana_client.get(f"/denials/{late.pk}/").status_code == 403
    response = ana_client.post(f"/denials/{late.pk}/write-off/", {"note": "Late"})
    assert response.status_code == 403
    late.refresh_from_db()
    assert late.state == "open"


def test_for_another_practice_the_denial_is_not_there(otto_client: Client, late: Denial) -> None:
    number = late.claim.patient_control_number
    assert otto_client.get(f"/denials/{late.pk}/").status_code == 404
    assert otto_client.get("/denials/", {"item": late.pk}).status_code == 404
    assert otto_client.post(f"/denials/{late.pk}/write-off/", {"note": "x"}).status_code == 404
    assert number not in otto_client.get("/denials/").content.decode()


def test_the_payers_lines_are_shown_as_stated(north: Practice, ben_client: Client) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(
        north,
        r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"), ("0.00", "CO-29 148.00")),
    )
    denial = Denial.objects.get()
    text = ben_client.get(f"/denials/{denial.pk}/", **HTMX).content.decode()
    assert text.index("CO-45") < text.index("PR-2") < text.index("20610</td>")
    assert "on line 2 (20610): $148.00." in text


def test_the_links_of_the_rows_keep_the_filters(ben_client: Client, late: Denial) -> None:
    text = ben_client.get("/denials/?state=waiting&q=co-29").content.decode()
    assert f'href="?state=waiting&amp;q=co-29&amp;item={late.pk}"' in text


def test_a_row_that_stays_in_the_list_is_not_removed_from_it(
    ben_client: Client, late: Denial, ended: Denial
) -> None:
    def recategorized(category: str, address: str) -> str:
        form = {"category": category, "owner_queue": "biller", "reason": "As the payer said"}
        url = f"/denials/{late.pk}/recategorize/"
        page = ben_client.post(url, form, HTTP_HX_CURRENT_URL=f"http://testserver{address}", **HTMX)
        assert page.status_code == 200
        return page.content.decode()

    gone = f'<tr id="row-{late.pk}" hx-swap-oob="delete"></tr>'
    assert gone not in recategorized("contract", "/denials/?state=open")
    late.refresh_from_db()
    assert (late.category, late.state) == ("contract", "open")
    assert gone in recategorized("timely_filing", "/denials/?state=open&category=contract")
