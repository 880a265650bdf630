"""What a posted remittance ends: denials of replaced claims it answers, of payments taken back."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing.models import Claim, Remittance, RemittedClaim, RemittedLine
from billing.rules.posting import REVERSAL, WITHOUT_PAYMENT
from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.actions.moves import resolve_rows
from denials.actions.routing import record_each, route_all
from denials.actions.write_offs import lapse
from denials.models import Denial
from rcm.money import ZERO

DENIED_AGAIN_NOTE = "The corrected claim was denied; work goes on there."
LOOKED_AGAIN_NOTE = "The payer looked again and denied it again; work goes on there."
PAID_LATER_NOTE = "The payer paid it later, without a correction."


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
    ends = {before: pk for pk, before in first.values_list("pk", "replaces_id") if before}
    found: dict[int, int] = {}
    while ends:
        found |= ends
        steps = Claim.objects.filter(pk__in=list(ends), replaces__isnull=False)
        ends = {before: ends[pk] for pk, before in steps.values_list("pk", "replaces_id")}
    return found


def close_reversed(remittance: Remittance) -> None:
    """Resolve the denials stated by payments this remittance takes back.

    A correction beside the reversal keeps its denials. A resubmitted denial waits for the answer to
    its correction; an appealed one has its answer here if the payment decides its claim anew.
    """
    reversals = posted_claims(remittance).filter(reverses=OuterRef("remitted_claim_id"))
    taken_back = Denial.objects.select_for_update(of=("self",)).filter(
        Exists(reversals),
        practice_id=remittance.practice_id,
        state__in=Denial.UNDECIDED,
    )
    found = list(taken_back.order_by("pk"))
    appealed = [row for row in found if row.state == Denial.State.APPEALED]
    others = [row for row in found if row.state != Denial.State.APPEALED]
    end(others, Denial.Resolution.REVERSED)
    answer_undecided(appealed, remittance)
    if any(row.assigned_to_id is not None for row in others):
        hand_on(others, read_said(others, remittance))


def close_paid(remittance: Remittance) -> None:
    """Resolve denials whose line or whole claim this remittance pays, taking nothing back.

    What another payer pays decides nothing, nor what was said before the denial. Resubmitted ones
    wait for the answer to their correction.
    """
    if remittance.payer_id is None:
        return
    answers = posted_claims(remittance).exclude(status_code__in=[REVERSAL, *WITHOUT_PAYMENT])
    earlier = stated_earlier(answers)
    if not earlier:
        return
    later = answers.filter(pk__gt=OuterRef("remitted_claim"), reversed_by__isnull=True)
    lines = RemittedLine.objects.filter(
        remitted_claim__in=answers.filter(reversed_by__isnull=True),
        remitted_claim__gt=OuterRef("remitted_claim"),
        service_line=OuterRef("service_line"),
        amount_paid__gt=0,
    )
    of_claim = later.filter(claim=OuterRef("claim"), amount_paid__gt=0)
    paid = Denial.objects.select_for_update(of=("self",)).filter(
        Exists(lines) | Q(Exists(of_claim), service_line__isnull=True),
        practice_id=remittance.practice_id,
        payer_id=remittance.payer_id,
        pk__in=earlier,
        state__in=Denial.UNDECIDED,
        denied_on__lte=remittance.paid_on,
    )
    answer_undecided(list(paid.order_by("pk")), remittance)


def stated_earlier(answers: QuerySet[RemittedClaim]) -> list[int]:
    """Undecided denials of the claims answered here that an earlier answer stated; mostly none.

    One join over all of them: asked denial by denial a large payment would take minutes.
    """
    told = answers.filter(
        claim__denials__state__in=Denial.UNDECIDED,
        claim__denials__remitted_claim__lt=F("pk"),
    )
    return list(told.order_by().values_list("claim__denials", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Said:
    """What a payment says of claims.

    `denied` are its denials by claim and line (None: the whole claim), `paid` the claims it pays,
    `decided` those it decides at all; of others it only takes back what was said.
    """

    denied: Mapping[int, Mapping[int | None, Denial]]
    paid: Collection[int]
    decided: Collection[int]

    def again(self, row: Denial) -> list[Denial]:
        """The new denials of what an older one is about."""
        return [
            new
            for line_id, new in self.denied.get(row.claim_id, {}).items()
            if line_id is None or row.service_line_id in (None, line_id)
        ]

    def is_denied_again(self, row: Denial) -> bool:
        """Of a whole claim that is paid in part, only the rest is denied again."""
        is_part = row.service_line_id is None and row.claim_id in self.paid
        return bool(self.again(row)) and not is_part


def read_said(denials: Collection[Denial], remittance: Remittance) -> Said:
    """Two statements."""
    claims = {row.claim_id for row in denials}
    new = Denial.objects.filter(remitted_claim__remittance=remittance, claim__in=claims)
    denied: defaultdict[int, dict[int | None, Denial]] = defaultdict(dict)
    for row in new.exclude(pk__in=[row.pk for row in denials]).order_by("pk"):
        denied[row.claim_id][row.service_line_id] = row
    decisions = posted_claims(remittance).filter(claim__in=claims).exclude(status_code=REVERSAL)
    decided = list(decisions.values_list("claim_id", "amount_paid"))
    paid = {claim_id for claim_id, amount in decided if amount > 0}
    return Said(denied, paid, {claim_id for claim_id, _ in decided})


def answer_undecided(denials: Sequence[Denial], remittance: Remittance) -> None:
    """The payer spoke anew of denied lines: paid, denied again in the same payment, or taken back
    without another decision.
    """
    if not denials:
        return
    said, on = read_said(denials, remittance), remittance.paid_on
    end([row for row in denials if row.claim_id not in said.decided], Denial.Resolution.REVERSED)
    decided = [row for row in denials if row.claim_id in said.decided]
    again = [row for row in decided if said.is_denied_again(row)]
    paid = [row for row in decided if not said.is_denied_again(row)]
    appealed = [row for row in paid if row.state == Denial.State.APPEALED]
    others = [row for row in paid if row.state != Denial.State.APPEALED]
    rests = {row.pk: sum((new.amount for new in said.again(row)), ZERO) for row in appealed}
    kept = {pk: amount for pk, amount in rests.items() if amount}
    end(again, Denial.Resolution.DENIED_AGAIN, note=LOOKED_AGAIN_NOTE, on=on)
    end(appealed, Denial.Resolution.OVERTURNED, on=on, kept=kept)
    end(others, Denial.Resolution.PAID, note=PAID_LATER_NOTE, on=on)
    hand_on(denials, said)


def hand_on(denials: Collection[Denial], said: Said) -> None:
    """Whoever had a line that this payment denies again has the new denial, too. Two statements."""
    owned = [row for row in denials if row.assigned_to_id is not None]
    given: dict[int, Denial] = {}
    for before in owned:
        for new in said.again(before):
            if new.assigned_to_id is None:
                new.assigned_to_id = before.assigned_to_id
                given[new.pk] = new
    Denial.objects.bulk_update(given.values(), ["assigned_to"])
    facts = [(new, {"before": None, "after": new.assigned_to_id}) for new in given.values()]
    record_each("denial.assigned", facts, by=None)


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
    kept: Mapping[int, Decimal] | None = None,
) -> None:
    """Resolve locked denials nobody needs to work any more, and the questions to the coder.

    Their appeals end with them, by a notice of the day `on`; `kept` is what it denies again of a
    paid one. A constant number of statements.
    """
    if not denials:
        return
    asked = {
        denial.coder_task_id
        for denial in denials
        if denial.state == Denial.State.WITH_CODER and denial.coder_task_id is not None
    }
    resolve_rows(denials, resolution, by=None, note=note, on=on, kept=kept)
    lapse(denials)
    if asked:
        waiting = Denial.objects.filter(coder_task=OuterRef("pk"), state=Denial.State.WITH_CODER)
        tasks = CoderTask.objects.filter(pk__in=asked, state=CoderTask.State.OPEN)
        coder_tasks.close_tasks(tasks.exclude(Exists(waiting)), by=None)
