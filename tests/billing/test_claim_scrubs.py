"""What a claim keeps of its checks, and what it was sent under."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from billing.actions.claims import draft_claim, draft_ready_claims, scrub_claim
from billing.actions.kept_scrubs import last_scrubs, scrub_row
from billing.actions.submissions import pull_back, submit_ready
from billing.checked_claim import checked_of
from billing.claim_page import claim_queryset
from billing.models import Claim, ClaimScrub, Submission
from billing.rules.findings import ClaimFacts, ClaimForm, NotChecked, Scrubbed
from billing.rules.scrubbing import CATALOGUE_VERSION, OF_FORM
from coding.rules.code_facts import CodeFacts
from payers.rules.edit_tables import EditTables, Table, TableRelease
from rcm.models import Practice, User
from tests import make
from tests.billing.outgoing import coded_chart, ready_claim, sandbox_channel


def test_every_drafted_claim_keeps_what_was_checked(north: Practice) -> None:
    coded_chart(north)
    coded_chart(north, patient=make.patient(north, city=""))
    draft_ready_claims(north.pk, today=make.TODAY)
    clean, held = ClaimScrub.objects.order_by("pk")
    assert clean.claim.status == "ready"
    assert (clean.catalogue_version, clean.checks) == (
        CATALOGUE_VERSION,
        len(OF_FORM[ClaimForm.PROFESSIONAL]),
    )
    assert "patient_address" not in clean.failed
    assert "patient_address" in held.failed
    asked = clean.not_checked["The payer was not asked about the policy."]
    assert asked == [
        *("eligibility", "eligibility_old", "eligibility_name", "eligibility_birth"),
        "eligibility_member_id",
    ]
    assert clean.releases == {}


def test_a_check_without_its_table_is_kept_as_not_made_not_as_passed(north: Practice) -> None:
    claim = ready_claim(north)
    shown = checked_of(claim_queryset().get(pk=claim.pk))
    assert shown is not None
    row = ClaimScrub.objects.get(claim=claim)
    missed = sum(len(codes) for codes in row.not_checked.values())
    assert missed > 0
    assert shown.passed == row.checks - missed - len(row.failed)
    assert shown.not_checked_count == missed
    assert shown.is_current


def test_checking_again_adds_a_row_and_keeps_the_first(north: Practice, ben: User) -> None:
    claim = draft_claim(coded_chart(north), by=ben, today=make.TODAY)
    assert not ClaimScrub.objects.filter(claim=claim).exists()
    scrub_claim(claim, by=ben, today=make.TODAY)
    first = ClaimScrub.objects.get(claim=claim)
    scrub_claim(claim, by=ben, today=make.TODAY)
    second = ClaimScrub.objects.filter(claim=claim).latest("pk")
    assert second.pk != first.pk
    assert last_scrubs(north.pk, [claim.pk]) == {claim.pk: second.pk}


def test_a_submission_knows_the_check_it_was_sent_under(north: Practice, ben: User) -> None:
    sandbox_channel(north)
    claim = ready_claim(north)
    before = ClaimScrub.objects.get(claim=claim)
    [batch] = submit_ready(north, by=ben)
    assert Submission.objects.get(claim=claim).scrub == before
    pull_back(batch, by=ben)
    claim.refresh_from_db()
    scrub_claim(claim, by=ben, today=make.TODAY)
    submit_ready(north, by=ben)
    after = ClaimScrub.objects.filter(claim=claim).latest("pk")
    assert after != before
    assert list(Submission.objects.order_by("pk").values_list("scrub", flat=True)) == [
        before.pk,
        after.pk,
    ]


def test_a_check_a_claim_was_sent_under_is_not_deleted(north: Practice, ben: User) -> None:
    sandbox_channel(north)
    claim = ready_claim(north)
    submit_ready(north, by=ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimScrub.objects.filter(claim=claim)._raw_delete("default")
        Submission.objects.get()
        transaction.get_connection().check_constraints()


def test_the_row_groups_what_was_not_checked_by_its_reason(north: Practice) -> None:
    claim = ready_claim(north)
    reason = "The NCCI table is not loaded."
    not_checked = (NotChecked("a", reason), NotChecked("b", reason), NotChecked("c", "Other."))
    facts = make_facts()
    row = scrub_row(claim, Scrubbed((), not_checked, 9), facts)
    assert row.not_checked == {reason: ["a", "b"], "Other.": ["c"]}
    assert row.releases == {"add_on": "2026 Q4"}
    assert (row.failed, row.checks) == ([], 9)


def make_facts() -> ClaimFacts:
    tables = EditTables({Table.ADD_ON: TableRelease(Table.ADD_ON, "2026 Q4", make.TODAY)})
    return ClaimFacts(make.TODAY, codes=CodeFacts(tables=tables))


def test_the_claim_page_says_what_was_checked(north: Practice, ben_client: Client) -> None:
    claim = ready_claim(north)
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    row = ClaimScrub.objects.get(claim=claim)
    missed = sum(len(codes) for codes in row.not_checked.values())
    assert f"catalogue {CATALOGUE_VERSION}</a>: {row.checks - missed} passed, 0 warnings" in page
    assert f"{missed} not checked" in page
    assert "The payer was not asked about the policy." in page
    ClaimScrub.objects.update(catalogue_version="000000000000", failed=["npi", "phone", "gone"])
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "catalogue 000000000000</a>, since changed" in page
    assert "2 failed, 1 warning," in page


def test_a_claim_of_before_shows_no_checks(north: Practice, ben_client: Client) -> None:
    claim = ready_claim(north)
    ClaimScrub.objects.all().delete()
    assert checked_of(claim_queryset().get(pk=claim.pk)) is None
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "What was not checked" not in page


def test_the_checks_of_another_practice_are_behind_its_wall(
    north: Practice, south: Practice
) -> None:
    claim = ready_claim(north)
    assert last_scrubs(south.pk, [claim.pk]) == {}
    assert Claim.objects.count() == 1
