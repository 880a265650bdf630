"""Never the same denial twice: groups, drafts, what they did, pages and API."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import claim_rules
from billing.claim_rules import rule_of
from billing.models import Claim, ClaimRule
from billing.rules.claim_content import read_content
from billing.rules.practice_rules import hits_of, read_blocks
from denials.actions import learning
from denials.learning import group_with, groups_of, rules_by_group
from denials.learning_watch import watch
from denials.models import Denial, LearnedRule
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim
from tests.denials.denying import answer, denied, sent_claim
from tests.denials.learned import deny_alike

TERMS = "payer have UNIFD\nprocedure have 99213\nmodifiers lack 25"


def drafted(practice: Practice, by: User) -> LearnedRule:
    found = group_with(practice, deny_alike(practice), make.TODAY)
    return learning.draft_from(practice, found, by=by, today=make.TODAY)


def test_denials_alike_are_one_group_with_dollars_and_trend(north: Practice) -> None:
    newest = deny_alike(north, denied=5, paid=1)
    Denial.objects.exclude(pk=newest.pk).filter(pk__lt=newest.pk - 2).update(
        denied_on=make.TODAY - timedelta(days=100)
    )
    [found] = groups_of(north, make.TODAY)
    assert (found.group.payer_id, found.group.reason) == ("UNIFD", "97")
    assert (found.group.procedure_code, found.group.category) == ("99213", "coding")
    assert (found.claims, found.amount) == (5, Decimal("825.00"))
    assert (found.recent, found.before, found.trend) == (3, 2, "more")
    assert found.denial_id == newest.pk


def test_four_claims_are_no_group_and_their_page_says_so(
    north: Practice, ben_client: Client
) -> None:
    newest = deny_alike(north, denied=4, paid=1)
    assert groups_of(north, make.TODAY) == []
    page = ben_client.get(f"/denials/learning/{newest.pk}/").content.decode()
    assert "4 denied claims are too few: a pattern needs 5." in page


def test_a_draft_is_tried_and_linked_and_holds_nothing(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    rule = ClaimRule.objects.get()
    assert learned.rule == rule
    assert (rule.terms, rule.state, rule.created_by) == (TERMS, "draft", ben)
    assert (learned.denied_hit, learned.denied_of, learned.paid_hit, learned.paid_of) == (
        6,
        6,
        0,
        6,
    )
    assert (learned.claims, learned.amount) == (6, Decimal("990.00"))
    assert ready_claim(north, ("99213", "165.00")).status == "ready"
    event = Event.objects.get(name="learned_rule.drafted")
    assert event.data == {"rule": rule.pk, "claims": 6}


def test_the_back_test_of_a_draft_is_what_a_plain_loop_counts(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    deny_other = denied(north, "CO-50")
    found = claim_rules.try_rule(learned.rule, by=ben, today=make.TODAY)
    blocks = read_blocks(learned.rule.terms)
    hit = {
        claim.pk
        for claim in Claim.objects.filter(submitted_at__isnull=False)
        if hits_of(blocks, read_content(claim.content))
    }
    lost = set(Denial.objects.values_list("claim_id", flat=True))
    decided = set(Claim.objects.filter(adjudicated_at__isnull=False).values_list("pk", flat=True))
    amounts = dict(Claim.objects.values_list("pk", "amount_billed"))
    assert deny_other.claim_id in hit
    assert found.claims == 13
    assert (found.hits, found.denied, found.paid) == (len(hit), len(hit & lost), len(hit - lost))
    assert found.missed == len(lost - hit)
    assert Decimal(found.amount_denied) == sum(amounts[pk] for pk in hit & lost)
    assert hit <= decided


def test_a_group_with_a_rule_gets_no_second_one(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    found = groups_of(north, make.TODAY)[0]
    with pytest.raises(Refusal) as refused:
        learning.draft_from(north, found, by=ben, today=make.TODAY)
    assert refused.value.status == 409
    assert refused.value.message == f"“{learned.rule}” is draft for these denials."
    assert ClaimRule.objects.count() == 1
    claim_rules.retire_rule(learned.rule, by=ben)
    again = learning.draft_from(north, found, by=ben, today=make.TODAY)
    assert rules_by_group(north.pk)[found.key].learned == again


def test_claims_that_suggest_no_rule_are_refused_in_words(north: Practice, ben: User) -> None:
    deny_alike(north, denied=5, paid=0)
    for _ in range(6):
        answer(north, r.echo(sent_claim(north, ("99213", "165.00")), ("92.00", "CO-45 73.00")))
    with pytest.raises(Refusal, match="Nothing on the claims parts the denied from the paid"):
        learning.draft_from(north, groups_of(north, make.TODAY)[0], by=ben, today=make.TODAY)
    assert not LearnedRule.objects.exists()
    assert not ClaimRule.objects.exists()


def test_a_payer_that_changed_is_judged_by_what_it_decided_lately(
    north: Practice, ben: User
) -> None:
    """Paid without the modifier for most of the year, denied without it of late."""
    for _ in range(30):
        answer(north, r.echo(sent_claim(north, ("99213", "165.00")), ("92.00", "CO-45 73.00")))
    long_ago = timezone.now() - timedelta(days=200)
    Claim.objects.filter(practice=north).update(adjudicated_at=long_ago)
    deny_alike(north)
    [found] = groups_of(north, timezone.localdate())
    drafted = learning.draft_from(north, found, by=ben)
    assert drafted.rule.terms.splitlines()[2:] == ["modifiers lack 25"]
    assert (drafted.denied_hit, drafted.paid_hit, drafted.paid_of) == (6, 0, 6)
    Claim.objects.filter(adjudicated_at__lte=long_ago).update(adjudicated_at=timezone.now())
    claim_rules.retire_rule(drafted.rule, by=ben)
    with pytest.raises(Refusal, match="Nothing on the claims parts the denied from the paid"):
        learning.draft_from(north, found, by=ben)


def test_the_night_drafts_for_every_group_and_publishes_nothing(north: Practice, ben: User) -> None:
    deny_alike(north)
    [made] = learning.draft_rules(north, make.TODAY, None)
    assert made.rule.created_by is None
    assert made.rule.state == "draft"
    assert learning.draft_rules(north, make.TODAY, None) == []
    claim_rules.retire_rule(made.rule, by=ben)
    assert learning.draft_rules(north, make.TODAY, None) == []


def test_a_draft_nobody_tried_cannot_be_published(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    with pytest.raises(IntegrityError, match="claim_rule_tested_first"), transaction.atomic():
        ClaimRule.objects.filter(pk=learned.rule_id).update(
            enabled_at=timezone.now(), back_test=None
        )


def test_a_published_rule_holds_the_next_claim_and_is_watched(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    rule = claim_rules.enable_rule(learned.rule, by=ben)
    held = ready_claim(north, ("99213", "165.00"))
    assert held.findings.filter(code=rule.code).exists()
    each = rules_by_group(north.pk)[learned.key]
    assert each.state == "active"
    found = watch(north.pk, [each], timezone.localdate())[learned.pk]
    [month] = found.months
    assert (month.fired, month.overridden, month.sent, month.decided, month.denied) == (
        *(1, 0, 0, 0, 0),
    )
    assert month.precision is None


def test_claims_sent_in_spite_and_paid_advise_retiring(
    north: Practice, ben: User, ben_client: Client
) -> None:
    learned = drafted(north, ben)
    rule = claim_rules.enable_rule(learned.rule, by=ben)
    for _ in range(20):
        claim = ready_claim(north, ("99213", "165.00"))
        Claim.objects.filter(pk=claim.pk).update(
            status="adjudicated",
            submitted_at=timezone.now(),
            adjudicated_at=timezone.now(),
            overridden_codes=[rule.code],
        )
    each = rules_by_group(north.pk)[learned.key]
    found = watch(north.pk, [each], timezone.localdate())[learned.pk]
    assert found.months[0][1:] == (20, 20, 20, 20, 0)
    assert found.months[0].precision == 0
    newest = groups_of(north, make.TODAY)[0].denial_id
    page = ben_client.get(f"/denials/learning/{newest}/").content.decode()
    assert "Retire it: 20 claims that went out in spite were decided" in page
    claim_rules.retire_rule(rule, by=ben)
    assert rules_by_group(north.pk)[learned.key].state == "retired"
    page = ben_client.get(f"/denials/learning/{newest}/").content.decode()
    assert "Since it was published" in page


def test_a_new_version_stays_the_rule_of_its_denials(north: Practice, ben: User) -> None:
    learned = drafted(north, ben)
    old = claim_rules.enable_rule(learned.rule, by=ben)
    terms = rule_of(old)
    new = claim_rules.make_rule(
        north,
        by=ben,
        replaces=old,
        name="Visit without 25",
        terms=old.terms,
        action="hold",
        message=terms.message,
        starts_on=make.TODAY,
    )
    assert rules_by_group(north.pk)[learned.key].rule == old
    claim_rules.try_rule(new, by=ben, today=make.TODAY)
    claim_rules.enable_rule(new, by=ben)
    each = rules_by_group(north.pk)[learned.key]
    assert (each.rule, each.versions) == (new, (old, new))


def test_the_page_leads_from_the_group_to_the_rule(
    north: Practice, ben: User, ben_client: Client
) -> None:
    newest = deny_alike(north)
    page = ben_client.get("/denials/learning/").content.decode()
    assert f'href="/denials/learning/{newest.pk}/"' in page
    assert "$990.00" in page
    shown = ben_client.get(f"/denials/learning/{newest.pk}/").content.decode()
    assert "modifiers lack 25" in shown
    assert "6 of 6" in shown
    assert not LearnedRule.objects.exists()
    answer = ben_client.post(f"/denials/learning/{newest.pk}/")
    rule = ClaimRule.objects.get()
    assert answer.headers["Location"] == f"/claim-rules/{rule.pk}/"
    assert "Nothing to learn" in ben_client.get("/denials/learning/").content.decode()
    assert "UNIFD" not in ben_client.get("/denials/learning/?state=draft").content.decode()
    assert "Unified" in ben_client.get("/denials/learning/?state=draft").content.decode()


def test_a_coder_may_not_see_and_an_auditor_may_not_draft(
    north: Practice, ana_client: Client
) -> None:
    newest = deny_alike(north)
    assert ana_client.get("/denials/learning/").status_code == 403
    assert ana_client.post(f"/denials/learning/{newest.pk}/").status_code == 403
    assert not LearnedRule.objects.exists()


def test_the_list_reads_as_often_for_two_groups_as_for_one(
    north: Practice, ben_client: Client
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as run:
            assert ben_client.get("/denials/learning/").status_code == 200
        return len(run)

    deny_alike(north, denied=5, paid=0)
    statements()
    one = statements()
    for _ in range(5):
        denied(north, "CO-50")
    assert len(groups_of(north, make.TODAY)) == 2
    assert statements() == one


def test_a_program_reads_the_groups_and_drafts_once(north: Practice, ben_client: Client) -> None:
    newest = deny_alike(north)
    [row] = ben_client.get("/api/denial-groups/").json()["results"]
    assert row["denial"] == newest.pk
    assert (row["reason"], row["amount"], row["rule_state"]) == ("97", "990.00", "")
    headers = {"Idempotency-Key": uuid4().hex}
    url = f"/api/denial-groups/{newest.pk}/draft/"
    made = ben_client.post(url, headers=headers)
    assert made.status_code == 201
    assert made.json()["denied_hit"] == 6
    again = ben_client.post(url, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert LearnedRule.objects.count() == 1
    assert ben_client.get(f"/api/denial-groups/{newest.pk}/").json()["rule_state"] == "draft"
