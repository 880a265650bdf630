"""What a posted remittance ends: denials of replaced claims it answers, of payments taken back."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Claim, Remittance, RemittedClaim, RemittedLine
from billing.rules.posting import REVERSAL, WITHOUT_PAYMENT
from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.actions.appeal_decisions import end_for
from denials.actions.denials import resolve
from denials.actions.routing import record_each, route_all
from denials.actions.write_offs import lapse
from denials.models import Denial

DENIED_AGAIN_NOTE = "The corrected claim was denied; work goes on there."
APPEAL_DENIED_NOTE = "The payer looked again and denied it again; work goes on there."


def posted_claims(remittance: Remittance) -> QuerySet[RemittedClaim]:
    return RemittedClaim.objects.filter(
        remittance=remittance, state=RemittedClaim.State.POSTED, claim__isnull=False
    )


def close_answered(remittance: Remittance) -> None:
    """Resolve the denials of claims whose replacement was adjudicated: paid, or denied again.

    A replacement replaces the whole claim, so its answer ends every denial of the versions before.
    """
    answers = posted_claims(remittance).exclude(status_code__in=[REVERSAL, *WITHOUT_PAYMENT])
    replaced = earlier_versions(answers)
    if not replaced:
        return
    denied_again = set(
        Denial.objects.filter(remitted_claim__remittance=remittance).values_list(
            "claim_id", flat=True
        )
    )
    ended = Denial.objects.select_for_update(of=("self",)).exclude(state=Denial.State.RESOLVED)
    again: list[Denial] = []
    paid: list[Denial] = []
    for denial in ended.filter(claim_id__in=list(replaced)).order_by("pk"):
        (again if replaced[denial.claim_id] in denied_again else paid).append(denial)
    end(again, Denial.Resolution.DENIED_AGAIN, note=DENIED_AGAIN_NOTE)
    end(paid, Denial.Resolution.PAID)


def earlier_versions(answers: QuerySet[RemittedClaim]) -> dict[int, int]:
    """Claim id of every version before those answered -> id of the claim it ends in.

    One statement per step; the first asks only for claims that replace another.
    """
    first = Claim.objects.filter(
        pk__in=answers.filter(claim__replaces__isnull=False).values("claim_id")
    )
    ends = {before: pk for pk, before in first.values_list("pk", "replaces_id")}
    found: dict[int, int] = {}
    while ends:
        found |= ends
        steps = Claim.objects.filter(pk__in=list(ends), replaces__isnull=False)
        ends = {before: ends[pk] for pk, before in steps.values_list("pk", "replaces_id")}
    return found


def close_reversed(remittance: Remittance) -> None:
    """Resolve the denials stated by payments this remittance takes back.

    A correction beside the reversal keeps its denials. A resubmitted denial waits for the answer to
    its correction; an appealed one has its answer here.
    """
    reversals = posted_claims(remittance).filter(reverses=OuterRef("remitted_claim_id"))
    taken_back = Denial.objects.select_for_update(of=("self",)).filter(
        Exists(reversals),
        practice_id=remittance.practice_id,
        state__in=Denial.UNDECIDED,
    )
    found = list(taken_back.order_by("pk"))
    appealed = [row for row in found if row.state == Denial.State.APPEALED]
    end([row for row in found if row not in appealed], Denial.Resolution.REVERSED)
    answer_appealed(appealed, remittance)


def close_paid_appeals(remittance: Remittance) -> None:
    """Resolve appealed denials whose lines this remittance pays without taking anything back."""
    if remittance.payer_id is None:
        return
    paying = RemittedLine.objects.filter(
        remitted_claim__in=posted_claims(remittance).exclude(
            status_code__in=[REVERSAL, *WITHOUT_PAYMENT]
        ),
        service_line=OuterRef("service_line"),
        amount_paid__gt=0,
    ).exclude(remitted_claim=OuterRef("remitted_claim"))
    paid = Denial.objects.select_for_update(of=("self",)).filter(
        Exists(paying),
        practice_id=remittance.practice_id,
        # What another payer pays decides nothing.
        payer_id=remittance.payer_id,
        state=Denial.State.APPEALED,
    )
    answer_appealed(list(paid.order_by("pk")), remittance)


def answer_appealed(denials: Collection[Denial], remittance: Remittance) -> None:
    """The payer decided appealed lines anew: paid, or denied again in the same payment."""
    if not denials:
        return
    said = Denial.objects.filter(
        remitted_claim__remittance=remittance, claim__in={row.claim_id for row in denials}
    ).exclude(pk__in=[row.pk for row in denials])
    denied = set(said.values_list("claim_id", "service_line_id"))
    again = [row for row in denials if (row.claim_id, row.service_line_id) in denied]
    on = remittance.paid_on
    end(again, Denial.Resolution.DENIED_AGAIN, note=APPEAL_DENIED_NOTE, on=on)
    end([row for row in denials if row not in again], Denial.Resolution.OVERTURNED, on=on)


TAKEN_BACK_NOTE = "The posting of the payment was taken back."


def unposted(practice_id: int) -> QuerySet[Denial]:
    """Denials somebody would work although the payment that states them is not posted any more."""
    states = Denial.UNDECIDED
    return Denial.objects.filter(practice_id=practice_id, state__in=states).exclude(
        remitted_claim__state=RemittedClaim.State.POSTED
    )


@transaction.atomic
def close_unposted(remittance: Remittance) -> int:
    """Rest the denials of claims whose posting a person took back; how many."""
    waiting = unposted(remittance.practice_id).select_for_update(of=("self",))
    found = list(waiting.filter(remitted_claim__remittance=remittance).order_by("pk"))
    end(found, Denial.Resolution.TAKEN_BACK, note=TAKEN_BACK_NOTE)
    return len(found)


def reopen_posted(remittance: Remittance) -> None:
    """Denials that rested while the posting was taken back, and are posted again.

    The coder is asked again where the question was closed; an answer given before stands.
    """
    resting = Denial.objects.select_for_update(of=("self",)).filter(
        remitted_claim__in=posted_claims(remittance), resolution=Denial.Resolution.TAKEN_BACK
    )
    found = list(resting.order_by("pk"))
    if not found:
        return
    rows = Denial.objects.filter(pk__in=[denial.pk for denial in found])
    rows.update(
        state=Denial.State.OPEN,
        resolution="",
        resolution_note="",
        resolved_at=None,
        resolved_by=None,
        pended_until=None,
    )
    rows.filter(coder_task__state__in=[CoderTask.State.OPEN, CoderTask.State.CLOSED]).update(
        coder_task=None
    )
    record_each("denial.reopened", [(denial, {}) for denial in found], by=None)
    route_all(found, by=None)


def end(
    denials: Collection[Denial],
    resolution: Denial.Resolution,
    *,
    note: str = "",
    on: date | None = None,
) -> None:
    """Resolve locked denials nobody needs to work any more, and the questions to the coder.

    Their appeals end with them, by a notice of the day `on`.
    """
    asked = {
        denial.coder_task_id
        for denial in denials
        if denial.state == Denial.State.WITH_CODER and denial.coder_task_id is not None
    }
    for denial in denials:
        resolve(denial, resolution, by=None, note=note)
    end_for(denials, by=None, on=on)
    if denials:
        lapse(denials)
    waiting = Denial.objects.filter(coder_task=OuterRef("pk"), state=Denial.State.WITH_CODER)
    tasks = CoderTask.objects.filter(pk__in=asked).exclude(Exists(waiting))
    for task in tasks.select_related("encounter").order_by("pk") if asked else ():
        coder_tasks.close_task(task)
