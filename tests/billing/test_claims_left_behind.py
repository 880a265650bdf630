"""What the chart has left behind is not sent, and nothing but a new draft lets it go."""

import pytest
from django.utils import timezone

from billing.actions.claim_scrubs import scrub_claim
from billing.actions.claims import _hold_stale, draft_ready_claims, redraft_stale_claims
from billing.actions.group_fixes import override_finding
from billing.actions.submissions import submit_ready
from billing.models import Batch, Claim, ClaimFinding
from billing.route_page import waiting_reasons
from coding.actions.encounters import reopen_encounter
from coding.models import Charge, Encounter
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing import reviewing
from tests.billing.outgoing import ready_claim, sandbox_channel
from tests.billing.parting import add_lines, code_anew, drafted, large_chart, reject, send

MESSAGE = "It is not what its chart says by now. Send the chart back to the coder."


@pytest.fixture
def left_behind(north: Practice) -> Claim:
    """The second of three parts, rejected; a line of the first was taken off the chart since."""
    chart = large_chart(north, 101)
    first, second, third = drafted(chart)
    send(first, third)
    reject(second)
    Charge.objects.filter(position=1).delete()
    add_lines(chart, 1, start=102)
    code_anew(chart)
    assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 0
    second.refresh_from_db()
    assert second.status == "held"
    return second


def finding_of(claim: Claim) -> ClaimFinding:
    return claim.findings.get(code="parts_changed", resolved_at__isnull=True)


def test_a_claim_whose_chart_is_back_with_its_coder_is_not_sent(north: Practice, ben: User) -> None:
    sandbox_channel(north)
    claim = ready_claim(north)
    reopen_encounter(claim.encounter, reason="The note was amended", by=None)
    assert submit_ready(north, by=ben) == []
    assert waiting_reasons(north) == ["1 claim is ready. The chart is back with its coder."]
    assert not Batch.objects.exists()
    reviewing.code_anew(Encounter.objects.get(pk=claim.encounter_id))
    draft_ready_claims(north.pk, today=make.TODAY)
    [batch] = submit_ready(north, by=ben)
    assert batch.claims_count == 1


def test_checking_again_does_not_free_it(left_behind: Claim, ben: User) -> None:
    scrub_claim(left_behind, by=ben, today=make.TODAY)
    assert left_behind.status == "held"
    assert finding_of(left_behind).severity == "blocking"


def test_nobody_overrides_it(left_behind: Claim, ben: User) -> None:
    with pytest.raises(Refusal) as refused:
        override_finding(finding_of(left_behind), by=ben, reason="Send it", today=make.TODAY)
    assert refused.value.message == MESSAGE
    left_behind.refresh_from_db()
    assert (left_behind.status, left_behind.overridden_codes) == ("held", [])


def test_a_claim_that_was_sent_meanwhile_is_not_held(left_behind: Claim) -> None:
    """Its locks are given back between the refusal and the hold."""
    finding_of(left_behind).delete()
    Claim.objects.filter(pk=left_behind.pk).update(status="submitted", submitted_at=timezone.now())
    refusal = Refusal("parts_changed", "Its chart divides otherwise.", status=409)
    _hold_stale(left_behind, refusal, by=None)
    left_behind.refresh_from_db()
    assert left_behind.status == "submitted"
    assert not left_behind.findings.filter(code="parts_changed").exists()


def test_a_claim_that_cannot_be_drafted_again_waits_alone(north: Practice) -> None:
    first, second = ready_claim(north), ready_claim(north)
    coverage = first.encounter.coverage
    Encounter.objects.filter(pk=first.encounter_id).update(coverage=None)
    for claim in (first, second):
        reviewing.code_anew(Encounter.objects.get(pk=claim.encounter_id))
    for _ in range(2):
        draft_ready_claims(north.pk, today=make.TODAY)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("held", "voided")
    [finding] = first.findings.filter(resolved_at__isnull=True)
    assert (finding.code, finding.message, finding.is_overridable) == (
        "not_drafted",
        f"Encounter {first.encounter} has no coverage: there is nobody to bill.",
        False,
    )
    Encounter.objects.filter(pk=first.encounter_id).update(coverage=coverage)
    draft_ready_claims(north.pk, today=make.TODAY)
    first.refresh_from_db()
    finding.refresh_from_db()
    assert first.status == "voided"
    assert finding.resolved_at is not None
