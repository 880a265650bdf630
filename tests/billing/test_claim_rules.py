"""Claim rules in work: tried on past claims, enabled, on drafts, overridden, fixed in groups."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.actions import claim_rules as actions
from billing.actions import group_fixes
from billing.actions.claims import scrub_claim
from billing.actions.group_fixes import apply_fix, override_finding, plan_fix
from billing.claim_rules import precision_of
from billing.models import Claim, ClaimFinding, ClaimRule, ServiceLine
from billing.rules.claim_content import from_json
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim

D = Decimal
TERMS = {
    "name": "Office visit",
    "terms": "procedure is 99213",
    "action": "hold",
    "message": "Ask the payer.",
    "starts_on": date(2026, 1, 1),
}


def draft(practice: Practice, by: User, **changes: Any) -> ClaimRule:
    return actions.make_rule(practice, by=by, **TERMS | changes)


def enabled(practice: Practice, by: User, **changes: Any) -> ClaimRule:
    rule = draft(practice, by, **changes)
    actions.try_rule(rule, by=by, today=make.TODAY)
    return actions.enable_rule(rule, by=by)


def sent(claim: Claim) -> Claim:
    Claim.objects.filter(pk=claim.pk).update(status="accepted", submitted_at="2026-11-03T15:00:00Z")
    claim.refresh_from_db()
    return claim


def test_a_rule_is_not_enabled_before_it_was_tried(north: Practice, ben: User) -> None:
    rule = draft(north, ben)
    with pytest.raises(Refusal) as refused:
        actions.enable_rule(rule, by=ben)
    assert refused.value.message == "Try “Office visit” on past claims first."
    rule.refresh_from_db()
    assert rule.state == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimRule.objects.update(enabled_at="2026-11-03T15:00:00Z")


def test_trying_tells_what_was_caught_what_was_not_and_the_dollars(
    north: Practice, ben: User
) -> None:
    paid, denied, other, open_one = (
        sent(ready_claim(north, (code, "165.00"))) for code in ("99213", "99213", "99214", "99213")
    )
    for claim, line, trace in (
        (paid, ("92.00", "CO-45 73.00"), "A"),
        (denied, ("0.00", "CO-50 165.00"), "B"),
        (other, ("0.00", "CO-50 165.00"), "C"),
    ):
        told = r.echo(claim, line)
        r.posted(north, r.content(line[0], told, trace_number=trace))
    found = actions.try_rule(draft(north, ben), by=ben, today=make.TODAY)
    assert (found.claims, found.hits, found.denied, found.paid, found.missed) == (4, 3, 1, 1, 1)
    assert (found.amount_denied, found.amount_paid) == ("165.00", "165.00")
    assert found.examples[0] == denied.pk
    assert open_one.pk in found.examples


def test_a_rule_in_force_holds_what_is_drafted_and_names_itself(north: Practice, ben: User) -> None:
    rule = enabled(north, ben)
    claim = ready_claim(north, ("99213", "165.00"))
    finding = claim.findings.get(code=rule.code)
    assert claim.status == "held"
    assert (finding.message, finding.source, finding.line) == (
        "Ask the payer.",
        "Rule “Office visit”",
        1,
    )


def test_a_rule_that_sets_a_modifier_sets_it_on_claim_and_line(north: Practice, ben: User) -> None:
    enabled(north, ben, action="set", set_field="modifier", set_value="25")
    claim = ready_claim(north, ("99213", "165.00"))
    assert claim.status == "ready"
    assert from_json(claim.content).lines[0].modifiers == ("25",)
    assert ServiceLine.objects.get(claim=claim).modifiers == ["25"]


def test_a_new_version_takes_over_when_it_is_enabled(north: Practice, ben: User) -> None:
    old = enabled(north, ben)
    new = draft(north, ben, replaces=old, action="warn")
    old.refresh_from_db()
    assert (old.state, new.version, str(new)) == ("active", 2, "Office visit, version 2")
    actions.try_rule(new, by=ben, today=make.TODAY)
    actions.enable_rule(new, by=ben)
    old.refresh_from_db()
    assert old.state == "retired"
    assert ready_claim(north, ("99213", "165.00")).status == "ready"
    with pytest.raises(Refusal, match="has a newer version"):
        draft(north, ben, replaces=old)


def test_terms_that_are_none_are_refused_with_their_line(north: Practice, ben: User) -> None:
    with pytest.raises(Refusal, match="Line 1: “colour” is no property of a claim."):
        draft(north, ben, terms="colour is red")
    assert not ClaimRule.objects.exists()
    assert not Event.objects.filter(name="claim_rule.made").exists()


def test_precision_counts_what_went_out_in_spite(north: Practice, ben: User) -> None:
    rule = enabled(north, ben, action="warn")
    claims = [sent(ready_claim(north, ("99213", "165.00"))) for _ in range(3)]
    for claim, line, trace in (
        (claims[0], ("0.00", "CO-50 165.00"), "A"),
        (claims[1], ("92.00", "CO-45 73.00"), "B"),
    ):
        r.posted(north, r.content(line[0], r.echo(claim, line), trace_number=trace))
    found = precision_of(rule)
    assert (found.fired, found.sent, found.decided, found.denied, found.held) == (3, 3, 2, 1, 0)


def test_an_override_frees_the_claim_and_stays(north: Practice, ben: User) -> None:
    rule = enabled(north, ben)
    claim = ready_claim(north, ("99213", "165.00"))
    finding = claim.findings.get(code=rule.code)
    with pytest.raises(Refusal, match="Say why it may go out in spite of this"):
        override_finding(finding, by=ben, reason=" ")
    freed = override_finding(finding, by=ben, reason="Payer confirmed by phone", today=make.TODAY)
    assert freed.status == "ready"
    scrub_claim(freed, by=ben, today=make.TODAY)
    assert freed.status == "ready"
    [kept] = ClaimFinding.objects.filter(claim=claim, code=rule.code, resolved_at=None)
    assert kept.severity == "warning"
    event = Event.objects.get(name="claim.finding_overridden")
    assert event.data == {"code": rule.code, "reason": "Payer confirmed by phone"}
    with pytest.raises(Refusal, match="does not hold the claim any more"):
        override_finding(finding, by=ben, reason="Again")


def test_one_fix_is_listed_first_and_then_done_for_all_listed(north: Practice, ben: User) -> None:
    rule = enabled(north, ben, terms="procedure is 99213\nmodifiers lack 25")
    claims = [ready_claim(north, ("99213", "165.00")) for _ in range(3)]
    changes = plan_fix(north, rule.code, "modifier", "25")
    assert [(change.claim.pk, change.before, change.after) for change in changes] == [
        (claim.pk, "99213", "99213-25") for claim in claims
    ]
    assert {claim.status for claim in Claim.objects.all()} == {"held"}
    seen = [claim.pk for claim in claims[:2]]
    changed = apply_fix(
        north, rule.code, "modifier", "25", claim_ids=seen, by=ben, today=make.TODAY
    )
    assert [(claim.pk, claim.status) for claim in changed] == [(pk, "ready") for pk in seen]
    claims[2].refresh_from_db()
    assert claims[2].status == "held"
    assert ServiceLine.objects.get(claim=claims[0]).modifiers == ["25"]


def test_the_page_lists_before_it_applies(north: Practice, ben: User, ben_client: Client) -> None:
    rule = enabled(north, ben, terms="procedure is 99213\nmodifiers lack 25")
    claim = ready_claim(north, ("99213", "165.00"))
    shown = ben_client.get("/scrub/").content.decode()
    assert "Rule: Office visit" in shown
    terms = {"code": rule.code, "set_field": "modifier", "set_value": "25"}
    page = ben_client.post("/scrub/fixes/", terms | {"verb": "list"}).content.decode()
    assert "99213-25" in page
    assert "Apply to 1" in page
    claim.refresh_from_db()
    assert claim.status == "held"
    answer = ben_client.post("/scrub/fixes/", terms | {"verb": "apply", "claims": [claim.pk]})
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert claim.status == "ready"


def test_a_wrong_form_says_what_is_wrong(ben_client: Client) -> None:
    given = {
        "name": "X",
        "terms": "payer is A\nunits above many",
        "action": "set",
        "message": "M",
        "starts_on": "2026-01-01",
    }
    answer = ben_client.post("/claim-rules/new/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 2: “many” is no number." in page
    assert "Choose what the rule sets." in page
    assert not ClaimRule.objects.exists()


def test_saving_a_form_makes_a_tried_draft(ben_client: Client) -> None:
    given = {**TERMS, "starts_on": "2026-01-01"}
    answer = ben_client.post("/claim-rules/new/", given)
    rule = ClaimRule.objects.get()
    assert answer.headers["Location"] == f"/claim-rules/{rule.pk}/"
    page = ben_client.get(answer.headers["Location"]).content.decode()
    assert "A draft: it touches no claim until it is enabled." in page
    assert "fewer than 10 decided: no share" in page
    ben_client.post(f"/claim-rules/{rule.pk}/enabling/")
    rule.refresh_from_db()
    assert rule.state == "active"


def test_a_finding_somebody_settled_meanwhile_changes_no_line(north: Practice, ben: User) -> None:
    rule = enabled(north, ben, terms="procedure is 99213\nmodifiers lack 25")
    claim = ready_claim(north, ("99213", "165.00"))
    row = Claim.objects.get(pk=claim.pk)
    ClaimFinding.objects.update(resolved_at="2026-11-03T15:00:00Z")
    assert not group_fixes._fix(row, rule.code, "modifier", "25", ben, make.TODAY)
    assert ServiceLine.objects.get(claim=claim).modifiers == []
    assert not Event.objects.filter(name="claim.fixed").exists()


def test_the_list_reads_as_often_for_three_claims_as_for_one(north: Practice, ben: User) -> None:
    rule = enabled(north, ben, terms="procedure is 99213\nmodifiers lack 25")

    def statements() -> int:
        ready_claim(north, ("99213", "165.00"))
        with CaptureQueriesContext(connection) as run:
            assert plan_fix(north, rule.code, "modifier", "25")
        return len(run)

    assert len({statements() for _ in range(3)}) == 1
