"""The worklist of claims that wait for a person, one claim of a payment, and the verbs of both."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.actions.remittances import match_remittance
from billing.models import Claim, Posting, Remittance, RemittedClaim
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import Remark
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of

HTMX = {"HX-Request": "true"}
PAID = ("72.00", "CO-45 93.00")
POSTED = {
    "primary_receivable": Decimal("-165.00"),
    "contractual": Decimal("93.00"),
    "unapplied": Decimal("72.00"),
}


def lost_payment(practice: Practice, *, number: str = "X1", **head: str) -> Remittance:
    """72.00 for Denise Okafor, a day beside what we sent, under a number that is not ours."""
    on = make.SERVED_ON + timedelta(days=1)
    line = r.line("99213", "165.00", "72.00", "CO-45 93.00", dates=(r.DateReference("472", on),))
    told = r.clp(number, "165.00", "72.00", line)
    return r.posted(practice, r.content("72.00", told, **head))


def verb(client: Client, remitted: RemittedClaim, name: str, **how: object):  # type: ignore[no-untyped-def]  # a test response
    args = [remitted.remittance_id, remitted.pk]
    if name in ("match", "release"):
        url = reverse(f"remittance_{name}", args=args)
    else:
        url = reverse("remitted_claim_verb", args=[*args, name])
    return client.post(url, **how)


def test_the_worklist_groups_what_waits_by_reason_with_age_and_money(
    north: Practice, ben_client: Client
) -> None:
    make.payer(north)
    lost_payment(north)
    back = r.echo(make.claim(north), PAID, status="22")
    r.posted(
        north,
        r.content("0.00", back, adjustments=(r.plb("FB", "-72.00"),), trace_number="CHECK2"),
    )
    page = ben_client.get(reverse("exceptions"))
    assert page.status_code == 200
    assert [(g["label"], g["count"], str(g["amount"])) for g in page.context["groups"]] == [
        ("Claim not found", 1, "72.00"),
        ("Nothing to take back", 1, "-72.00"),
    ]
    text = page.content.decode()
    assert "No claim of this practice has this number." in text
    assert "It takes back a payment that was never posted here." in text
    assert [view["count"] for view in page.context["views"]] == [2, 1, 1]
    assert page.context["nav"][3]["items"][1]["count"] == 2
    assert Event.objects.get(name="remitted_claims.listed").data["remitted_claims"] == [
        row.pk for row in RemittedClaim.objects.order_by("exception_code")
    ]


def test_the_list_is_filtered_by_reason_payer_payment_and_text(
    north: Practice, ben_client: Client
) -> None:
    payer = make.payer(north)
    first = lost_payment(north)
    unknown = {"payer_identifier": "1888888888", "payer_name": "SOMEBODY"}
    other = lost_payment(north, trace_number="CHECK2", number="Y2", **unknown)
    assert (first.payer, other.payer) == (payer, None)
    url = reverse("exceptions")

    def shown(**query: object) -> list[str]:
        page = ben_client.get(url, query)
        return [row.patient_control_number for row in page.context["page"]]

    assert shown() == ["X1", "Y2"]
    assert shown(payment=other.pk) == ["Y2"]
    assert shown(q="CHECK1") == ["X1"]
    assert shown(q="Okaf") == ["X1", "Y2"]
    assert shown(payer=payer.pk) == ["X1"]
    assert shown(reason="taken_back") == []
    answer = ben_client.get(url, {"reason": "taken_back"}).content.decode()
    assert "No exception matches" in answer


def test_when_nothing_waits_it_says_so(north: Practice, ben_client: Client) -> None:
    text = ben_client.get(reverse("exceptions")).content.decode()
    assert "All done" in text
    assert "No claim of a payment waits for a person." in text


def test_a_held_payment_waits_as_a_whole_and_is_not_in_the_list(
    north: Practice, ben_client: Client
) -> None:
    row = r.recorded(north, r.content("5.01", r.clp("X1", "5.00", "5.00")))
    assert row.state == "held"
    assert ben_client.get(reverse("exceptions")).context["page"].paginator.count == 0


def test_the_export_has_a_row_per_claim(north: Practice, ben_client: Client) -> None:
    lost_payment(north)
    answer = ben_client.get(reverse("exceptions"), {"format": "csv"})
    head, row = answer.content.decode().splitlines()
    assert head == (
        "reason,code,payer,check,paid_on,claim,patient,billed,paid,matched_with,received,days,why"
    )
    assert row.startswith(
        'Claim not found,claim_not_found,UNIFIED CARE,CHECK1,2026-11-20,X1,"OKAFOR, DENISE",'
        "165.00,72.00,,"
    )
    assert row.endswith(",0,No claim of this practice has this number.")


def test_the_cost_of_the_list_does_not_grow_with_it(north: Practice, ben_client: Client) -> None:
    make.claim(north)
    counts = []
    for number in range(6):
        lost_payment(north, trace_number=f"T{number}", number=f"X{number}")
        with CaptureQueriesContext(connection) as seen:
            assert ben_client.get(reverse("exceptions")).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[-1] <= 24


def test_a_match_posts_and_answers_with_the_next_claim(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    row = lost_payment(north).claims.get()
    after = lost_payment(north, trace_number="CHECK2", number="Y2").claims.get()
    pane = ben_client.get(reverse("exception", args=[row.pk]), headers=HTMX).content.decode()
    assert "Match T000001" in pane and 'data-key="1"' in pane and "75% alike" in pane
    answer = verb(
        ben_client, row, "match", data={"claim": claim.patient_control_number}, headers=HTMX
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<tr id="row-{row.pk}" hx-swap-oob="delete">' in text
    assert '<span id="exceptions-left" hx-swap-oob="true">1</span>' in text
    assert '<span class="count" id="count-claim_not_found" hx-swap-oob="true">1</span>' in text
    assert '<span id="sum-claim_not_found" hx-swap-oob="true">$72.00</span>' in text
    assert "Y2" in text
    assert answer.headers["HX-Push-Url"] == f"/remittances/exceptions/?item={after.pk}"
    assert "Matched with claim T000001." in answer.headers["HX-Trigger"]
    assert "/undo-match/" in answer.headers["HX-Trigger"]
    row.refresh_from_db()
    assert (row.state, row.match_method) == ("posted", "person")
    assert book_of(claim) == POSTED


def test_the_last_match_says_that_all_is_done(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    row = lost_payment(north).claims.get()
    answer = verb(
        ben_client, row, "match", data={"claim": claim.patient_control_number}, headers=HTMX
    )
    assert "All done" in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/remittances/exceptions/?"


def test_undoing_a_match_takes_its_posting_back_too(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    row = lost_payment(north).claims.get()
    verb(ben_client, row, "match", data={"claim": claim.patient_control_number})
    place = "/remittances/exceptions/?reason=claim_not_found"
    answer = verb(ben_client, row, "undo-match", data={"next": place}, follow=True)
    assert answer.redirect_chain == [(place, 302)]
    assert "The match of claim X1 is undone." in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.exception_code, row.claim) == ("unmatched", "unmatched_by_person", None)
    assert book_of(claim) == {}
    assert_ledger(north, "72.00")


def test_an_address_of_somebody_else_is_not_where_a_form_leads(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    row = lost_payment(north).claims.get()
    body = {"claim": claim.patient_control_number, "next": "//evil.example/"}
    assert verb(ben_client, row, "match", data=body).url == f"/remittances/{row.remittance_id}/"


@pytest.mark.parametrize("place", ["/remittances/exceptions/?q=X1", ""])
def test_a_number_that_is_none_of_ours_comes_back_with_its_message(
    north: Practice, ben_client: Client, place: str
) -> None:
    row = lost_payment(north).claims.get()
    for headers in ({}, HTMX):
        body = {"claim": "T9", "next": place}
        answer = verb(ben_client, row, "match", data=body, headers=headers)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "No claim has the number T9." in text
        assert 'value="T9"' in text
        assert f'name="next" value="{place}"' in " ".join(text.split())
    row.refresh_from_db()
    assert row.state == "unmatched"


def test_one_posted_claim_is_undone_with_a_reason_and_waits(
    north: Practice, ben_client: Client
) -> None:
    claim, other = make.claim(north), make.claim(north)
    both = (r.echo(claim, PAID), r.echo(other, PAID))
    remittance = r.posted(north, r.content("144.00", *both))
    row = remittance.claims.get(claim=claim)
    page = ben_client.get(reverse("remitted_claim", args=[remittance.pk, row.pk])).content.decode()
    assert "Undo this posting" in page
    refused = verb(ben_client, row, "undo", data={"reason": " "})
    assert refused.status_code == 422
    assert "Say why the posting is taken back." in refused.content.decode()
    assert not Posting.objects.filter(reverses__isnull=False).exists()
    done = verb(ben_client, row, "undo", data={"reason": "Wrong patient"}, follow=True)
    assert "is taken back by reversing moves." in done.content.decode()
    row.refresh_from_db()
    remittance.refresh_from_db()
    assert (row.state, row.exception_code) == ("matched", "taken_back")
    assert row.exception == "The posting was taken back: Wrong patient"
    assert remittance.state == "partly_posted"
    assert book_of(claim) == {}
    assert book_of(other) == POSTED
    assert_ledger(north, "72.00")


def test_what_was_taken_back_is_not_posted_by_the_next_posting_but_by_a_release(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    lost = r.clp("NOBODY", "5.00", "5.00", position=2)
    remittance = r.posted(north, r.content("77.00", r.echo(claim, PAID), lost))
    row = remittance.claims.get(claim=claim)
    verb(ben_client, row, "undo", data={"reason": "Wrong patient"})
    ben_client.post(reverse("remittance_posting", args=[remittance.pk]))
    row.refresh_from_db()
    assert (row.state, row.exception_code) == ("matched", "taken_back")
    assert book_of(claim) == {}
    without = verb(ben_client, row, "release", data={"reason": ""})
    assert without.status_code == 422
    assert "Say why it may post." in without.content.decode()
    done = verb(ben_client, row, "release", data={"reason": "It was right"}, follow=True)
    assert f"Claim {row} is released and posted." in done.content.decode()
    assert Event.objects.get(name="remitted_claim.released").data == {
        "rules": [],
        "reason": "It was right",
    }
    assert book_of(claim) == POSTED
    assert_ledger(north, "5.00")


def test_a_line_that_fits_none_of_ours_posts_when_released(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    line = r.line("99499", "165.00", "72.00", "CO-45 93.00")
    told = r.clp(claim.patient_control_number, "165.00", "72.00", line)
    row = r.posted(north, r.content("72.00", told)).claims.get()
    text = ben_client.get(reverse("exceptions")).content.decode()
    assert "fits no line of ours" in text
    assert "Undo the match" in text
    verb(ben_client, row, "release", data={"reason": "Same visit"})
    row.refresh_from_db()
    assert row.state == "posted"
    assert book_of(claim) == POSTED


def test_an_unmatched_claim_cannot_be_released_and_the_button_says_why(
    north: Practice, ben_client: Client
) -> None:
    row = lost_payment(north).claims.get()
    assert (
        "Cannot be released: match it first"
        in ben_client.get(reverse("exceptions")).content.decode()
    )
    answer = verb(ben_client, row, "release", data={"reason": "x"})
    assert answer.status_code == 422
    assert "Say first which claim the payer means." in answer.content.decode()


def test_a_second_release_is_told_that_somebody_was_first(
    north: Practice, ben_client: Client
) -> None:
    row = r.posted(north, r.content("72.00", r.echo(make.claim(north), PAID))).claims.get()
    answer = verb(ben_client, row, "release", data={"reason": "x"})
    assert answer.status_code == 409
    assert "This payment is posted already." in answer.content.decode()


def test_a_match_a_person_undid_is_not_made_again_by_itself(
    north: Practice, ben: User, ben_client: Client
) -> None:
    claim = make.claim(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, PAID))).claims.get()
    done = verb(ben_client, row, "unmatch", follow=True)
    assert f"Claim {row} waits for another match." in done.content.decode()
    match_remittance(row.remittance)
    row.refresh_from_db()
    assert (row.state, row.exception) == ("unmatched", "A person undid the match.")


def test_a_reversal_and_what_it_takes_back_link_to_each_other(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    paid = r.posted(north, r.content("72.00", r.echo(claim, PAID))).claims.get()
    told = r.content(
        "0.00",
        r.echo(claim, PAID, status="22"),
        adjustments=(r.plb("FB", "-72.00"),),
        trace_number="CHECK2",
    )
    back = r.posted(north, told).claims.get()
    addresses = [
        reverse("remitted_claim", args=[row.remittance_id, row.pk]) for row in (paid, back)
    ]
    first, second = (
        " ".join(ben_client.get(address).content.decode().split()) for address in addresses
    )
    assert f'Taken back by <a class="link" href="{addresses[1]}">payment CHECK2</a>' in first
    assert f'href="{addresses[0]}">$72.00 of payment CHECK1</a>' in second


def test_codes_the_payer_restated_and_every_remark_are_evidence_on_the_line(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    [own] = claim.lines.all()
    line = r.line(
        "99212",
        "165.00",
        "72.00",
        "CO-45 93.00",
        submitted_qualifier="HC",
        submitted_code="99213",
        remarks=(Remark("HE", "N130"), Remark("HE", "M15"), Remark("RX", "70")),
    )
    told = r.clp(
        claim.patient_control_number, "165.00", "72.00", line, outpatient=("", "12.5", "MA01")
    )
    row = r.posted(north, r.content("72.00", told)).claims.get()
    for address in (
        reverse("remittance", args=[row.remittance_id]),
        reverse("remitted_claim", args=[row.remittance_id, row.pk]),
    ):
        text = ben_client.get(address).content.decode()
        for words in ("sent as 99213", "N130", "M15", ">70<", "MA01", "MOA02 12.5"):
            assert words in text, words
    assert own.procedure_code == "99213"


def test_otto_and_ana_reach_none_of_it(
    north: Practice, otto_client: Client, ana_client: Client
) -> None:
    row = lost_payment(north).claims.get()
    address = reverse("remitted_claim", args=[row.remittance_id, row.pk])
    assert ana_client.get(reverse("exceptions")).status_code == 403
    assert otto_client.get(address).status_code == 404
    assert otto_client.get(reverse("exceptions"), {"item": row.pk}).status_code == 404
    assert verb(otto_client, row, "undo", data={"reason": "x"}).status_code == 404
    assert Claim.objects.count() == 0
