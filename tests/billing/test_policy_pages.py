"""The pages of posting rules and of the next party, and how a held claim is shown and released."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import PostingRule, Remittance
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge
from tests.billing.ruling import make_rule

TERMS = {
    "name": "CO-97 above $50",
    "action": "hold",
    "scope": "adjustment",
    "payer": "",
    "group": "CO",
    "reason": "97",
    "amount_from": "50.00",
    "amount_to": "",
    "team": "",
    "priority": "0",
    "note": "",
}


def held(north: Practice, ben: User, *, claims: int = 1) -> tuple[Remittance, PostingRule]:
    rule = make_rule(north, ben, name="CO-97 of Unified")
    told = [r.echo(make.claim(north), ("72.00", "CO-97 93.00")) for _ in range(claims)]
    return r.posted(north, r.content(f"{72 * claims}.00", *told)), rule


def test_the_list_shows_rules_and_what_they_hold(
    north: Practice, ben: User, ben_client: Client
) -> None:
    assert "No rules here" in ben_client.get("/posting-rules/").content.decode()
    held(north, ben)
    page = ben_client.get("/posting-rules/").content.decode()
    for words in ("CO-97 of Unified", "1 claim held", "$165.00", "Hold for review", "New rule"):
        assert words in page
    assert (
        "CO-97 of Unified" not in ben_client.get("/posting-rules/?state=retired").content.decode()
    )
    assert ben_client.get("/posting-rules/?state=x").status_code == 200


def test_a_held_claim_links_to_its_rule_and_back(
    north: Practice, ben: User, ben_client: Client
) -> None:
    row, rule = held(north, ben)
    page = ben_client.get(f"/remittances/{row.pk}/").content.decode()
    assert "Held by rules" in page
    assert f'href="/posting-rules/{rule.pk}/"' in page
    assert "Held by rule “CO-97 of Unified”: CO-97 of $93.00." in page
    assert "Our claim number" not in page
    claim = row.claims.get()
    page = ben_client.get(f"/posting-rules/{rule.pk}/").content.decode()
    assert f'href="/remittances/{row.pk}/#hold-{claim.pk}"' in page
    assert "Ben Carver" in page


def test_a_held_claim_is_released_with_a_reason(
    north: Practice, ben: User, ben_client: Client
) -> None:
    row, _ = held(north, ben)
    url = f"/remittances/{row.pk}/claims/{row.claims.get().pk}/release/"
    assert ben_client.post(url, {"reason": ""}).status_code == 422
    assert row.claims.get().state == "matched"
    answer = ben_client.post(url, {"reason": "Agreed"}, follow=True)
    assert "is released" in answer.content.decode()
    assert row.claims.get().state == "posted"


def test_all_claims_of_a_rule_are_released_at_once(
    north: Practice, ben: User, ben_client: Client
) -> None:
    row, rule = held(north, ben, claims=3)
    assert "Release all" in ben_client.get(f"/remittances/{row.pk}/").content.decode()
    body = {"rule": rule.pk, "code": "policy", "reason": "Agreed"}
    answer = ben_client.post(f"/remittances/{row.pk}/holds/release/", body, follow=True)
    assert "3 claims released." in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "posted"


def test_the_stop_list_is_released_by_its_code(
    north: Practice, ben: User, ben_client: Client
) -> None:
    told = [r.echo(make.claim(north), ("0.00", "OA-18 165.00")) for _ in range(2)]
    row = r.posted(north, r.content("0.00", *told, method="NON"))
    assert "Stop list: duplicates" in ben_client.get(f"/remittances/{row.pk}/").content.decode()
    url = f"/remittances/{row.pk}/holds/release/"
    wrong = ben_client.post(url, {"code": "policy_refund", "reason": "x"})
    assert wrong.status_code == 409
    ben_client.post(url, {"code": "policy_duplicate", "reason": "Two visits"})
    assert set(row.claims.values_list("state", flat=True)) == {"posted"}


def test_another_practices_rule_releases_nothing(
    north: Practice, ben: User, ben_client: Client
) -> None:
    row, rule = held(north, ben)
    body = {"rule": rule.pk + 1000, "reason": "x"}
    assert ben_client.post(f"/remittances/{row.pk}/holds/release/", body).status_code == 404
    assert row.claims.get().state == "matched"


def test_a_rule_is_tried_before_it_is_saved(north: Practice, ben_client: Client) -> None:
    told = [
        r.echo(make.claim(north), ("72.00", "CO-97 93.00")),
        r.echo(make.claim(north), ("135.00", "CO-97 30.00")),
    ]
    today = timezone.localdate()
    r.posted(north, r.content("207.00", *told, paid_on=today))
    page = ben_client.post("/posting-rules/new/", TERMS | {"verb": "try"}).content.decode()
    assert "<b>1 of 2</b> claims of the last 90 days, <b>$93.00</b>" in page
    assert not PostingRule.objects.exists()
    answer = ben_client.post("/posting-rules/new/", TERMS | {"verb": "save"}, follow=True)
    assert "“CO-97 above $50” is in force." in answer.content.decode()
    rule = PostingRule.objects.get()
    assert (rule.amount_from, rule.reason, rule.is_active) == (Decimal("50.00"), "97", True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount_to": "49.99"}, "This is below the amount it starts from."),
        (
            {"action": "transfer"},
            "Only what the payer left to the patient (PR) may be transferred.",
        ),
        ({"action": "write_off", "group": "PR"}, "what the patient owes is not written off"),
        ({"action": "write_off", "reason": ""}, "Name the reason"),
        ({"action": "route"}, "Name the team that works these denials."),
        ({"team": "Appeals"}, "A team is only named to route."),
        ({"scope": "zero_paid", "action": "route", "team": "x"}, "can only post or be held"),
        ({"priority": ""}, "This field is required."),
    ],
)
def test_a_rule_without_sense_is_refused_beside_the_field(
    north: Practice, ben_client: Client, changes: dict[str, str], message: str
) -> None:
    answer = ben_client.post("/posting-rules/new/", TERMS | changes | {"verb": "save"})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not PostingRule.objects.exists()


def test_a_write_off_is_approved_by_a_manager_who_did_not_make_it(
    north: Practice, ben: User, ben_client: Client, mia_client: Client
) -> None:
    body = TERMS | {"action": "write_off", "verb": "save"}
    page = ben_client.post("/posting-rules/new/", body, follow=True).content.decode()
    assert "waits for somebody else&#x27;s approval" in page
    rule = PostingRule.objects.get()
    assert ben_client.post(f"/posting-rules/{rule.pk}/approve/").status_code == 403
    assert "Approve" in mia_client.get(f"/posting-rules/{rule.pk}/").content.decode()
    mia_client.post(f"/posting-rules/{rule.pk}/approve/")
    rule.refresh_from_db()
    assert (rule.state, str(rule.approved_by)) == ("active", "Mia Dunn")
    mine = mia_client.post("/posting-rules/new/", body | {"name": "Mine"}, follow=True)
    own = PostingRule.objects.get(name="Mine")
    assert "somebody else has to approve it" in mine.content.decode()
    assert mia_client.post(f"/posting-rules/{own.pk}/approve/").status_code == 403


def test_a_change_shows_the_old_version_and_makes_a_new_one(
    north: Practice, ben: User, ben_client: Client
) -> None:
    old = make_rule(north, ben)
    page = ben_client.get(f"/posting-rules/{old.pk}/change/").content.decode()
    assert "Change “CO-97 to look at”" in page
    assert 'value="97"' in page
    ben_client.post(f"/posting-rules/{old.pk}/change/", TERMS | {"verb": "save"})
    new = PostingRule.objects.get(replaces=old)
    assert "replaces" in ben_client.get(f"/posting-rules/{new.pk}/").content.decode()
    again = ben_client.post(f"/posting-rules/{old.pk}/change/", TERMS | {"verb": "save"})
    assert again.status_code == 409


def test_a_rule_is_retired(north: Practice, ben: User, ben_client: Client) -> None:
    rule = make_rule(north, ben)
    page = ben_client.post(f"/posting-rules/{rule.pk}/retire/", follow=True).content.decode()
    assert "“CO-97 to look at” is retired." in page
    assert "Change" not in page


def test_the_list_of_rules_costs_the_same_for_many(
    north: Practice, ben: User, ben_client: Client
) -> None:
    make_rule(north, ben)
    ben_client.get("/posting-rules/")
    with CaptureQueriesContext(connection) as few:
        ben_client.get("/posting-rules/")
    for number in range(10):
        make_rule(north, ben, name=f"Rule {number}", payer=make.payer(north))
    with CaptureQueriesContext(connection) as many:
        ben_client.get("/posting-rules/")
    assert len(many) == len(few)


def paid(north: Practice, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        claim = make.claim(north)
        charge(claim)
        told = r.echo(claim, ("145.00", "PR-2 20.00"))
        r.posted(north, r.content("145.00", told, trace_number=f"NP{number}"))


def test_the_next_party_has_a_tab_per_step_with_dollars(
    north: Practice, ben_client: Client
) -> None:
    assert "No claims here" in ben_client.get("/next-party/").content.decode()
    paid(north, 2)
    page = ben_client.get("/next-party/?step=patient_share").content.decode()
    assert "Patient share: 2 claims · <b>$40.00</b>" in page
    assert "The patient owes $20.00; no payer is left." in page
    assert "No claims here" in ben_client.get("/next-party/?step=nonsense").content.decode()
    assert Event.objects.filter(name="claims.listed").exists()


def test_the_next_party_costs_the_same_for_many(north: Practice, ben_client: Client) -> None:
    paid(north, 1)
    url = "/next-party/?step=patient_share"
    ben_client.get(url)
    with CaptureQueriesContext(connection) as few:
        ben_client.get(url)
    paid(north, 8, start=1)
    with CaptureQueriesContext(connection) as many:
        ben_client.get(url)
    assert len(many) == len(few)


def test_the_claim_page_and_the_api_say_the_next_step(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    charge(claim)
    assert ben_client.get(f"/api/claims/{claim.pk}/").json()["next_step"] is None
    told = r.echo(claim, ("145.00", "PR-2 20.00"), status="19")
    r.posted(north, r.content("145.00", told, paid_on=date(2026, 11, 20)))
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "sent it on to the secondary payer, so $20.00 is not billed again" in page
    found = ben_client.get(f"/api/claims/{claim.pk}/").json()["next_step"]
    assert (found["code"], found["amount"]) == ("crossover_waiting", "20.00")
    assert found["ask_on"] == "2026-12-20"
    [row] = ben_client.get("/api/claims/").json()["results"]
    assert row["next_step"] == found


def test_the_api_gives_the_rules(north: Practice, ben: User, ben_client: Client) -> None:
    rule = make_rule(north, ben, amount_from="50.00")
    row = ben_client.get(f"/api/posting-rules/{rule.pk}/").json()
    assert (row["name"], row["amount_from"], row["is_active"]) == (rule.name, "50.00", True)
    assert ben_client.get("/api/posting-rules/?action=post").json()["count"] == 0
