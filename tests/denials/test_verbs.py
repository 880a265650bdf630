"""What people do with a denial, and what is refused with nothing written."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing import ledger
from billing.models import Claim, Posting
from coding.models import CoderTask
from denials.actions import denials as actions
from denials.models import Denial
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.denials.denying import denied


@pytest.fixture
def denial(north: Practice) -> Denial:
    """CO-29 over 165.00, open."""
    return denied(north)


def counts() -> tuple[int, int, int]:
    return Posting.objects.count(), Event.objects.count(), Claim.objects.count()


def refused(act: Callable[[], object]) -> Refusal:
    """The refusal of `act`; it must have written nothing."""
    before = counts()
    with pytest.raises(Refusal) as caught:
        act()
    assert counts() == before
    return caught.value


def balances(claim: Claim) -> dict[str, str]:
    found = ledger.claim_balances(claim.practice_id, [claim.pk])[claim.pk]
    return {account: str(amount) for account, amount in found.items() if amount}


def test_a_corrected_claim_replaces_the_denied_one(denial: Denial, ben: User) -> None:
    corrected = actions.send_corrected(denial, by=ben)
    denial.refresh_from_db()
    assert (denial.state, denial.corrected_claim) == ("resubmitted", corrected)
    assert (corrected.frequency, corrected.replaces) == ("7", denial.claim)
    denial.claim.refresh_from_db()
    assert denial.claim.status == "closed"
    event = Event.objects.get(name="denial.resubmitted")
    assert (event.data, event.created_by) == ({"claim": corrected.pk}, ben)


def test_two_denials_of_a_claim_share_one_correction(denial: Denial, ben: User) -> None:
    second = Denial.objects.get(pk=denial.pk)
    second.pk, second.remitted_line, second.state = None, None, Denial.State.OPEN
    second.save()
    corrected = actions.send_corrected(denial, by=ben)
    second.refresh_from_db()
    assert (second.state, second.corrected_claim) == ("resubmitted", corrected)
    assert Claim.objects.filter(frequency="7").count() == 1


def test_a_payer_that_takes_no_corrections_is_said_so(denial: Denial, ben: User) -> None:
    denial.payer.takes_replacement_claims = False
    denial.payer.save(update_fields=["takes_replacement_claims"])
    refusal = refused(lambda: actions.send_corrected(denial, by=ben))
    assert refusal.message == (
        "Unified Care takes no replacement claims. Ask the payer for a reopening."
    )
    denial.refresh_from_db()
    assert denial.state == "open"


def test_routing_asks_the_coder_and_waits(denial: Denial, ben: User) -> None:
    task = actions.route_to_coder(denial, by=ben)
    denial.refresh_from_db()
    assert (denial.state, denial.coder_task) == ("with_coder", task)
    assert task.reason == "CO-29 on line 1 (99213), $165.00"
    assert Event.objects.get(name="denial.routed_to_coder").created_by == ben


def test_an_answered_denial_is_not_routed_again(denial: Denial, ben: User) -> None:
    task = actions.route_to_coder(denial, by=ben)
    CoderTask.objects.update(state="upheld", resolved_at=timezone.now())
    actions.follow_coder_task(CoderTask.objects.get(pk=task.pk))
    refusal = refused(lambda: actions.route_to_coder(denial, by=ben))
    assert (refusal.status, refusal.message) == (
        409,
        "The coder has answered this denial already. Decide with that answer.",
    )


def test_the_contract_forbids_billing_the_patient_for_co(denial: Denial, ben: User) -> None:
    refusal = refused(lambda: actions.bill_patient(denial, by=ben))
    assert refusal.code == "contractual_obligation"
    assert refusal.message == (
        "The payer's group code is CO: the contract forbids billing the patient for this."
    )
    denial.refresh_from_db()
    assert denial.state == "open"


def test_a_pr_denial_may_move_to_the_patient(north: Practice, ben: User) -> None:
    denial = denied(north, "PR-27")
    actions.bill_patient(denial, by=ben)
    denial.refresh_from_db()
    assert (denial.resolution, denial.resolved_by) == ("patient", ben)
    assert balances(denial.claim) == {"revenue": "-165.00", "patient_receivable": "165.00"}
    posting = Posting.objects.get(origin=f"denial:{denial.pk}:patient")
    assert (posting.service_line, posting.created_by) == (denial.service_line, ben)


def test_more_than_the_payer_owes_cannot_be_moved(north: Practice, ben: User) -> None:
    denial = denied(north, "PR-27")
    actions.claims.replace_claim(denial.claim, by=ben)
    refusal = refused(lambda: actions.bill_patient(denial, by=ben))
    assert refusal.message == "The payer owes $0.00 on this claim, so $165.00 cannot be moved."
    denial.refresh_from_db()
    assert denial.state == "open"


def test_a_write_off_takes_the_amount_off_and_says_why(denial: Denial, ben: User) -> None:
    actions.write_off(denial, note=" Late by our own fault ", by=ben)
    denial.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "written_off")
    assert denial.resolution_note == "Late by our own fault"
    assert balances(denial.claim) == {"revenue": "-165.00", "write_off": "165.00"}


def test_a_write_off_needs_a_reason(denial: Denial, ben: User) -> None:
    refusal = refused(lambda: actions.write_off(denial, note="  ", by=ben))
    assert (refusal.code, refusal.fields) == ("reason_missing", {"note": "Required."})


def test_a_large_write_off_of_a_biller_only_asks(north: Practice, ben: User, mia: User) -> None:
    denial = denied(north, "CO-29", "250.01")
    postings = Posting.objects.count()
    actions.write_off(denial, note="Too late", by=ben)
    denial.refresh_from_db()
    assert (denial.state, Posting.objects.count()) == ("open", postings)
    refusal = refused(lambda: actions.write_off(denial, note="Too late", by=mia))
    assert (refusal.status, refusal.message) == (
        409,
        "A write-off of $250.01 waits for approval. Withdraw it first.",
    )


def test_a_manager_writes_off_any_amount(north: Practice, mia: User) -> None:
    actions.write_off(denied(north, "CO-29", "250.01"), note="Too late", by=mia)
    assert Denial.objects.get().resolution == "written_off"


def test_a_write_off_at_the_limit_needs_nobody_else(north: Practice, ben: User) -> None:
    actions.write_off(denied(north, "CO-29", "250.00"), note="Too late", by=ben)
    assert Denial.objects.get().resolution == "written_off"


def test_a_pended_denial_rests_with_who_pended_it_and_comes_back(denial: Denial, ben: User) -> None:
    until = timezone.localdate() + timedelta(days=3)
    actions.pend(denial, until=until, reason="Waiting for the 277CA", by=ben)
    denial.refresh_from_db()
    assert (denial.state, denial.pended_until, denial.assigned_to) == ("pended", until, ben)
    actions.reopen(denial, by=ben)
    denial.refresh_from_db()
    assert (denial.state, denial.pended_until, denial.assigned_to) == ("open", None, ben)


@pytest.mark.parametrize("until", [date(2020, 1, 1), None])
def test_a_denial_cannot_rest_until_a_day_that_has_come(
    denial: Denial, ben: User, until: date | None
) -> None:
    day = until or timezone.localdate()
    refusal = refused(lambda: actions.pend(denial, until=day, reason="Later", by=ben))
    assert (refusal.message, refusal.fields) == (
        "Choose a day after today.",
        {"until": "In the past."},
    )


VERBS: dict[str, Callable[[Denial, User], object]] = {
    "corrected": lambda denial, by: actions.send_corrected(denial, by=by),
    "route": lambda denial, by: actions.route_to_coder(denial, by=by),
    "patient": lambda denial, by: actions.bill_patient(denial, by=by),
    "write off": lambda denial, by: actions.write_off(denial, note="Late", by=by),
    "pend": lambda denial, by: actions.pend(
        denial, until=timezone.localdate() + timedelta(days=1), reason="Later", by=by
    ),
    "reopen": lambda denial, by: actions.reopen(denial, by=by),
}


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_is_refused_when_somebody_was_first(
    denial: Denial, ben: User, mia: User, verb: str
) -> None:
    seen_before = Denial.objects.get(pk=denial.pk)
    actions.write_off(denial, note="Late", by=mia)
    refusal = refused(lambda: VERBS[verb](seen_before, ben))
    assert (refusal.status, refusal.message) == (
        409,
        "Somebody was first: this denial is resolved now.",
    )
