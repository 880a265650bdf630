"""The follow-up page through the browser's eyes: list, views, pane, verbs, many at once, walls."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from denials import follow_up_aging, follow_up_list
from denials.actions import follow_ups as actions
from denials.actions.follow_ups import Call
from denials.models import FollowUp, FollowUpTouch
from denials.practice_days import practice_today
from payers.table_lookup import forget_releases
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.denials.appealing import submitted
from tests.denials.denying import denied, pay
from tests.denials.following import open_balance, pattern, weigh

HTMX = {"HTTP_HX_REQUEST": "true"}


def at(query: str = "") -> dict[str, Any]:
    """Headers of htmx on the list with this query."""
    return {**HTMX, "HTTP_HX_CURRENT_URL": f"http://testserver/follow-up/{query}"}


def shown(client: Client, **query: str) -> list[int]:
    return [row.entry.pk for row in client.get("/follow-up/", query).context["rows"]]


def statements(client: Client, path: str, **headers: str) -> int:
    client.get(path, **headers)
    forget_releases()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, **headers).status_code == 200
    return len(captured)


def test_the_matrix_of_very_many_balances_comes_behind_the_page(
    north: Practice, ben_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_balance(north)
    assert "owed by insurers" in ben_client.get("/follow-up/").content.decode()
    open_balance(north)
    monkeypatch.setattr(follow_up_aging, "AT_ONCE", 1)
    page = ben_client.get("/follow-up/?by=payer&view=all").content.decode()
    assert "owed by insurers" not in page
    assert 'hx-get="/follow-up/matrix/?view=all&amp;by=payer"' in page
    address = "/follow-up/matrix/?view=all&by=payer"
    part = ben_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "$330.00 owed by insurers" in part
    assert ben_client.get(address).url == "/follow-up/?view=all&by=payer"


def test_the_list_shows_what_is_due_by_expected_value_and_age(
    north: Practice, ben_client: Client
) -> None:
    small, large = open_balance(north, "100.00"), open_balance(north, "300.00")
    rests = open_balance(north, "900.00")
    later = practice_today(north) + timedelta(days=9)
    FollowUp.objects.filter(pk=rests.pk).update(clock_on=later)
    page = ben_client.get("/follow-up/")
    assert [row.entry.pk for row in page.context["rows"]] == [large.pk, small.pk]
    assert page.context["row"] == large
    assert page.context["totals"] == {"count": 2, "amount": Decimal("400.00")}
    text = page.content.decode()
    assert "2 in this list · <b>$400.00</b> open" in text
    assert "$300.00 × no history: all of it" in text
    assert text.count("Ask for its status") >= 2
    event = Event.objects.get(name="follow_up.viewed")
    assert (event.subject_id, event.patient_id) == (large.pk, large.claim.patient_id)


def test_a_payer_that_pays_little_comes_later_and_the_pane_says_why(
    north: Practice, ben_client: Client
) -> None:
    cheap = open_balance(north, "300.00")
    other = make.payer(north, name="Other Care", short_name="Other", payer_id="OTHER")
    patient = make.patient(north)
    make.coverage(patient, payer=other)
    dear = open_balance(north, "200.00", patient=patient)
    found = pattern(north, cheap.payer)
    assert shown(ben_client) == [cheap.pk, dear.pk]
    weigh(north)
    assert shown(ben_client) == [dear.pk, cheap.pk]
    assert shown(ben_client, sort="balance") == [cheap.pk, dear.pk]
    text = ben_client.get("/follow-up/", {"item": cheap.pk}).content.decode()
    assert "$300.00 × 50% usually paid × " in text
    assert "nine of ten within 25 (n = 20)" in text
    assert "How payers answer" in text
    found.answers = 19
    found.save(update_fields=["answers"])
    weigh(north)
    assert shown(ben_client) == [cheap.pk, dear.pk]
    assert "How payers answer" not in ben_client.get("/follow-up/").content.decode()


def test_the_views_are_counted(north: Practice, ben_client: Client, ben: User, mia: User) -> None:
    today = practice_today(north)
    due, mine, broken, lead, large, snoozed = (
        open_balance(north, amount) for amount in ("1", "2", "3", "4", "501", "6")
    )
    denied(north)
    FollowUp.objects.filter(pk=mine.pk).update(owner=ben)
    FollowUp.objects.filter(pk=broken.pk).update(promised_on=today - timedelta(days=1), owner=mia)
    actions.escalate(lead, reason="Look", by=ben)
    actions.snooze(snoozed, until=today + timedelta(days=4), by=mia)
    page = ben_client.get("/follow-up/")
    assert {view["label"]: view["count"] for view in page.context["views"]} == {
        "Due": 4,
        "Mine": 1,
        "Promises broken": 1,
        "Escalated": 1,
        "> $500": 1,
        "Snoozed": 1,
        "Unassigned": 3,
        "All open": 6,
    }
    assert shown(ben_client, view="broken") == [broken.pk]
    assert shown(ben_client, view="escalated") == [lead.pk]
    assert shown(ben_client, view="large") == [large.pk]
    assert shown(ben_client, view="snoozed") == [snoozed.pk]
    assert due.pk in shown(ben_client, view="unassigned")


def test_an_appealed_claim_is_worked_under_its_appeal(
    north: Practice, ben: User, ben_client: Client
) -> None:
    row = FollowUp.objects.get(claim=submitted(north, ben).claim)
    assert shown(ben_client, view="all") == []
    assert shown(ben_client, view="all", denied="1") == [row.pk]


def test_a_denied_claim_is_shown_only_with_the_filter_and_leads_to_its_denial(
    north: Practice, ben_client: Client
) -> None:
    denial = denied(north)
    row = FollowUp.objects.get(claim=denial.claim)
    assert shown(ben_client, view="all") == []
    assert shown(ben_client, view="all", denied="1") == [row.pk]
    text = ben_client.get("/follow-up/", {"view": "all", "denied": "1"}).content.decode()
    assert f'href="/denials/{denial.pk}/"' in text
    assert "Log a call" not in text


def test_search_and_the_filters_of_a_cell_narrow(north: Practice, ben_client: Client) -> None:
    row = open_balance(north)
    number = row.claim.patient_control_number
    assert shown(ben_client, q=number) == [row.pk]
    assert shown(ben_client, q="oka") == [row.pk]
    assert shown(ben_client, q="zzz") == []
    assert shown(ben_client, payer=str(row.payer_id)) == [row.pk]
    assert shown(ben_client, payer="none") == []
    assert shown(ben_client, payer_class="commercial") == [row.pk]
    assert shown(ben_client, payer_class="blue") == []
    assert shown(ben_client, provider=str(row.provider_id), location=str(row.location_id)) == [
        row.pk
    ]
    assert shown(ben_client, bucket="over-120") == []
    page = ben_client.get("/follow-up/", {"payer": row.payer_id, "bucket": "0-30"})
    assert [chip["value"] for chip in page.context["chips"]] == ["Unified", "0–30"]


def test_pages_go_on_behind_the_last_row_without_counting(
    north: Practice, ben_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up_list, "ROWS", 2)
    rows = [open_balance(north, amount) for amount in ("50", "40", "40", "30", "20")]
    first = ben_client.get("/follow-up/")
    second = ben_client.get("/follow-up/", {"after": first.context["next_place"]})
    third = ben_client.get("/follow-up/", {"after": second.context["next_place"]})
    found = [row.entry.pk for page in (first, second, third) for row in page.context["rows"]]
    assert found == [row.pk for row in rows]
    assert third.context["next_place"] == ""
    for senseless in ("x", "~", "NaN~1", "1~x", "9" * 40 + "~1"):
        assert ben_client.get("/follow-up/", {"after": senseless}).status_code == 200


def test_an_empty_list_says_why(north: Practice, ben_client: Client) -> None:
    assert "Nothing in this view needs you now." in ben_client.get("/follow-up/").content.decode()
    assert "Nobody owes anything" in ben_client.get("/follow-up/?view=all").content.decode()
    assert "No open balance matches" in ben_client.get("/follow-up/?q=zz").content.decode()


def test_the_page_and_the_pane_take_the_same_statements_for_many(
    north: Practice, ben_client: Client
) -> None:
    first = open_balance(north)
    pattern(north, first.payer)
    few = (
        statements(ben_client, "/follow-up/"),
        statements(ben_client, f"/follow-up/{first.pk}/", **HTMX),
    )
    for _ in range(6):
        open_balance(north)
    many = (
        statements(ben_client, "/follow-up/"),
        statements(ben_client, f"/follow-up/{first.pk}/", **HTMX),
    )
    assert few == many
    # Session, person, membership, practice, walls, sidebar and jobs; matrix 2, list 4, pane 6.
    assert many[0] <= 24
    assert many[1] <= 14


def test_a_call_answers_with_the_next_row_and_the_row_leaves(
    north: Practice, ben_client: Client
) -> None:
    first, second = open_balance(north, "300"), open_balance(north, "200")
    answer = ben_client.post(
        f"/follow-up/{first.pk}/call/",
        {"outcome": "in_process", "reference": "88213", "answered_by": "Rita"},
        **at("?view=due"),
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["row"] == second
    assert f'<tr id="row-{first.pk}" hx-swap-oob="delete">' in text
    assert answer.headers["HX-Push-Url"] == f"/follow-up/?view=due&item={second.pk}"
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    touch = FollowUpTouch.objects.get()
    assert toast["text"].startswith(f"{first.claim}: call logged, back on ")
    assert toast["undo"] == f"/follow-up/undo/?act={touch.act}"
    assert (touch.reference, touch.answered_by) == ("88213", "Rita")
    assert shown(ben_client) == [second.pk]
    back = ben_client.post(toast["undo"], {"next": "/follow-up/?view=due"})
    assert back["Location"] == "/follow-up/?view=due"
    assert shown(ben_client) == [first.pk, second.pk]


def test_a_row_that_stays_is_drawn_again(north: Practice, ben_client: Client, ben: User) -> None:
    row = open_balance(north)
    answer = ben_client.post(f"/follow-up/{row.pk}/owner/", {"person": ben.pk}, **at())
    text = answer.content.decode()
    assert f'<tr id="row-{row.pk}"' in text
    assert 'hx-swap-oob="true"' in text
    assert "Ben Carver" in text


def test_a_claim_paid_meanwhile_greys_with_its_check(north: Practice, ben_client: Client) -> None:
    row = open_balance(north)
    pay(north, r.echo(row.claim, ("165.00",)))
    answer = ben_client.post(f"/follow-up/{row.pk}/call/", {"outcome": "in_process"}, **at())
    text = answer.content.decode()
    assert answer.status_code == 409
    assert f"{row.claim} owes nothing any more: check CHECK1." in text
    assert 'class="is-paid"' in text
    assert "Paid: check CHECK1" in text
    assert "Log a call" not in text
    assert FollowUpTouch.objects.count() == 0
    plain = ben_client.post(f"/follow-up/{row.pk}/call/", {"outcome": "in_process"})
    assert (plain.status_code, FollowUpTouch.objects.count()) == (409, 0)


def test_every_verb_works_without_script(north: Practice, ben_client: Client, ben: User) -> None:
    row = open_balance(north)
    until = practice_today(north) + timedelta(days=5)
    for verb, form in [
        ("owner", {"person": ben.pk}),
        ("escalation", {"reason": "Look"}),
        ("return", {"note": "Looked"}),
        ("snooze", {"until": until.isoformat()}),
        ("call", {"outcome": "not_reached"}),
    ]:
        answer = ben_client.post(f"/follow-up/{row.pk}/{verb}/", form)
        assert (answer.status_code, answer["Location"]) == (302, "/follow-up/"), verb
    kinds = FollowUpTouch.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["assignment", "escalation", "return", "snooze", "call"]


def test_one_call_for_many_shows_the_list_and_the_sum_first(
    north: Practice, ben_client: Client
) -> None:
    rows = [open_balance(north, amount) for amount in ("10.50", "20.25")]
    rest = open_balance(north, "99.00")
    chosen = ben_client.get("/follow-up/calls/", {"ids": [row.pk for row in rows]})
    assert chosen.context["total"] == Decimal("30.75")
    assert "2 claims, $30.75" in chosen.content.decode()
    assert "All owed by Unified Care." in chosen.content.decode()
    all_of_them = ben_client.get("/follow-up/calls/?all=1&view=due")
    assert all_of_them.context["total"] == Decimal("129.75")
    assert Event.objects.filter(name="follow_ups.listed").count() == 2
    ids = chosen.context["chosen"]
    done = ben_client.post(
        "/follow-up/calls/", {"chosen": ids, "outcome": "in_process", "reference": "R1"}
    )
    assert done["Location"] == "/follow-up/"
    page = ben_client.get("/follow-up/")
    assert [row.entry.pk for row in page.context["rows"]] == [rest.pk]
    assert "2 claims: one call logged, back on " in page.content.decode()
    [act] = set(FollowUpTouch.objects.values_list("act", flat=True))
    ben_client.post(f"/follow-up/undo/?act={act}")
    assert len(shown(ben_client)) == 3


def test_claims_of_several_payers_cannot_be_one_call(north: Practice, ben_client: Client) -> None:
    open_balance(north)
    other = make.payer(north, name="Other Care", short_name="Other", payer_id="OTHER")
    patient = make.patient(north)
    make.coverage(patient, payer=other)
    open_balance(north, patient=patient)
    page = ben_client.get("/follow-up/calls/?all=1")
    text = page.content.decode()
    assert "Owed by several payers: Other Care, Unified Care." in text
    assert "Log one call" not in text
    answer = ben_client.post(
        "/follow-up/calls/", {"chosen": page.context["chosen"], "outcome": "in_process"}
    )
    assert (answer.status_code, FollowUpTouch.objects.count()) == (422, 0)


def test_the_list_is_exported(north: Practice, ben_client: Client, ben: User) -> None:
    row = open_balance(north)
    actions.log_call(row, Call("in_process", reference="=1+1"), by=ben)
    text = ben_client.get("/follow-up/?view=all&format=csv").content.decode().splitlines()
    assert text[0].startswith("claim,patient,payer,payer_id,balance,date_of_service,days,owner")
    assert text[1].startswith(f'{row.claim},"Okafor, Denise",Unified Care,')
    assert "'=1+1" in text[1]
    assert Event.objects.filter(name="follow_ups.exported", created_by=ben).count() == 1


def test_what_people_typed_is_escaped(north: Practice, ben_client: Client, ben: User) -> None:
    row = open_balance(north)
    bad = "<script>x</script>"
    actions.log_call(row, Call("in_process", bad, bad, note=bad), by=ben)
    actions.escalate(row, reason=bad, by=ben)
    text = ben_client.get("/follow-up/", {"item": row.pk, "q": "<b>"}).content.decode()
    assert bad not in text
    assert text.count("&lt;script&gt;x&lt;/script&gt;") >= 3
    assert not [event for event in Event.objects.all() if "script" in json.dumps(event.data)]


def test_a_coder_sees_nothing_of_it(north: Practice, ana_client: Client) -> None:
    row = open_balance(north)
    assert ana_client.get("/follow-up/").status_code == 403
    assert ana_client.post(f"/follow-up/{row.pk}/call/").status_code == 403
