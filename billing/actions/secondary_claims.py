"""Claims to the next payer: drafted when an earlier one has decided and left a share.

What a payer forwarded itself (crossover) is not drafted: nothing is asked for twice. The share
moves from the earlier claim to the new one, so that each claim's account stands alone; revenue is
counted once, by the first claim.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.actions.claim_drafts import (
    CHUNK,
    Draft,
    Share,
    chart_queryset,
    judge_drafts,
    next_claim_numbers,
    write_drafts,
)
from billing.actions.institutional_parts import current_parties
from billing.models import Claim, RemittedClaim, ServiceLine
from billing.next_parties import claims_at, steps_of
from billing.prior_decisions import VisitPart, covers, decisions_of_visits
from billing.rules.claim_content import read_content, with_frequency
from billing.rules.next_party import (
    PATIENT_RECEIVABLE,
    RECEIVABLES,
    SECONDARY_DUE,
    later_than,
)
from billing.rules.secondary import NotExplained, PriorDecision, compose_secondary
from coding.models import Encounter
from payers.models import Coverage
from rcm import events
from rcm.errors import Refusal
from rcm.models import Event, User
from rcm.money import ZERO

REFUSED = "claim.next_payer_refused"
NO_POLICY = "No policy of the next payer is in force on the date of service."
MOST_DUE = 5_000  # a day; the rest the day after


@dataclass(slots=True)
class NextClaims:
    """What was drafted, and why not: the earlier claim's id to a sentence."""

    drafted: list[Claim] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def draft_next_claims(
    practice_id: int, claim_ids: Iterable[int], *, by: User | None, today: date | None = None
) -> NextClaims:
    """A claim to the next payer for each of these claims whose share is to be billed to it.

    Ledger: receivable or patient_receivable of the earlier claim → between_claims → the receivable
    of the new claim's rank. Claims with another next step are left alone; safe to repeat. The
    number of statements does not depend on the number of claims.
    """
    today = today or timezone.localdate()
    result = NextClaims()
    ids = sorted(claim_ids)
    for start in range(0, len(ids), CHUNK):
        _draft_chunk(practice_id, ids[start : start + CHUNK], result, by, today)
    return result


def _draft_chunk(
    practice_id: int, claim_ids: Sequence[int], result: NextClaims, by: User | None, today: date
) -> None:
    locked = {
        claim.pk: claim
        for claim in Claim.objects.select_for_update(of=("self",))
        .filter(practice_id=practice_id, pk__in=claim_ids)
        .order_by("pk")
    }
    steps = steps_of(practice_id, locked, today)
    due = {
        claim_id: step
        for claim_id, step in steps.items()
        if step.code == SECONDARY_DUE and step.amount > 0
    }
    if not due:
        return
    facts = _find_facts(practice_id, [locked[claim_id] for claim_id in due])
    numbers = facts.next_numbers(len(due))
    drafts, refused = [], {}
    for (claim_id, step), number in zip(due.items(), numbers, strict=True):
        try:
            drafts.append(facts.compose(locked[claim_id], step.rank, number))
        except NotExplained as reason:
            refused[claim_id] = str(reason)
    result.refused |= refused
    _tell_refused([(locked[claim_id], reason) for claim_id, reason in refused.items()], by)
    judge_drafts(practice_id, drafts, today)
    result.drafted += write_drafts(drafts, by=by, today=today)


def _tell_refused(refused: Iterable[tuple[Claim, str]], by: User | None) -> None:
    """On the claims' own history; a missing policy may still come and is not told."""
    told = [(claim, reason) for claim, reason in refused if reason != NO_POLICY]
    if told:
        facts = [(claim.pk, claim.patient_id, {"reason": reason[:200]}) for claim, reason in told]
        events.record_each(REFUSED, Claim, told[0][0].practice_id, facts, by=by)


@dataclass(slots=True)
class _Facts:
    """What drafting a chunk looks up."""

    charts: Mapping[int, Encounter]
    decisions: Mapping[VisitPart, Sequence[tuple[int, PriorDecision]]]
    policies: Mapping[int, Sequence[Coverage]]
    lines: Mapping[int, Sequence[ServiceLine]]
    balances: Mapping[int, Mapping[str, Decimal]]

    def compose(self, claim: Claim, rank: str, number: str) -> Draft:
        """The draft to the payer of `rank`. Raises NotExplained without a policy or a sum."""
        chart = self.charts[claim.encounter_id]
        coverage = next(
            (
                policy
                for policy in self.policies.get(claim.patient_id, ())
                if policy.rank == rank and covers(policy, claim.date_of_service)
            ),
            None,
        )
        if coverage is None:
            raise NotExplained(NO_POLICY)
        decided_so_far = self.decisions.get((claim.encounter_id, claim.part), ())
        decisions = [decision for _, decision in decided_so_far]
        earlier = [decision for decision in decisions if decision.payer.rank < rank]
        parties = current_parties(chart, coverage)
        decided = read_content(claim.content)
        content = compose_secondary(decided, earlier, number=number, parties=parties)
        share = self.share(claim)
        if share is None:
            raise NotExplained("The earlier payers left nothing to bill to the next one.")
        return Draft(
            chart,
            coverage,
            self.lines[claim.pk],
            content,
            [],
            share=share,
            part=claim.part,
            parts=claim.parts,
        )

    def next_numbers(self, count: int) -> list[str]:
        """Claim numbers of the practice, all charts being its own."""
        return next_claim_numbers(next(iter(self.charts.values())).practice.initials, count)

    def share(self, claim: Claim) -> Share | None:
        """What the earlier claim holds for later payers: in their receivable, or the patient's."""
        balances = self.balances[claim.pk]
        accounts = [*(RECEIVABLES[rank] for rank in later_than(claim.rank)), PATIENT_RECEIVABLE]
        for account in accounts:
            if balances.get(account, ZERO) > ZERO:
                return Share(claim.pk, account, balances[account])
        return None


def _find_facts(practice_id: int, claims: Sequence[Claim]) -> _Facts:
    visits = {claim.encounter_id for claim in claims}
    ids = [claim.pk for claim in claims]
    return _Facts(
        {chart.pk: chart for chart in chart_queryset().filter(pk__in=visits)},
        decisions_of_visits(practice_id, visits),
        _next_policies(practice_id, claims),
        _lines_of(ids),
        ledger.claim_balances(practice_id, ids),
    )


def _next_policies(practice_id: int, claims: Sequence[Claim]) -> dict[int, list[Coverage]]:
    """Patient to policies, those of the earliest rank first."""
    found: dict[int, list[Coverage]] = defaultdict(list)
    patients = {claim.patient_id for claim in claims}
    rows = Coverage.objects.filter(practice_id=practice_id, patient_id__in=patients)
    rows = rows.select_related("payer", "plan").prefetch_related("payer__contracts")
    for coverage in rows.order_by("rank", "-starts_on"):
        found[coverage.patient_id].append(coverage)
    return found


def _lines_of(claim_ids: Iterable[int]) -> dict[int, list[ServiceLine]]:
    found: dict[int, list[ServiceLine]] = defaultdict(list)
    for line in ServiceLine.objects.filter(claim_id__in=list(claim_ids)).order_by("position"):
        found[line.claim_id].append(line)
    return found


def draft_next_claim(claim: Claim, *, by: User, today: date | None = None) -> Claim:
    """The same for one claim. Raises Refusal with the reason when there is nothing to draft."""
    result = draft_next_claims(claim.practice_id, [claim.pk], by=by, today=today)
    if reason := result.refused.get(claim.pk):
        raise Refusal("not_explained", reason)
    if not result.drafted:
        raise Refusal("no_next_payer", f"Claim {claim} has no share to bill to another payer.")
    return result.drafted[0]


def recompose(claim: Claim, *, frequency: str, payer_number: str, replaces: Claim | None) -> Draft:
    """The successor of a claim that follows another, as the earlier payers see the visit by now.

    Its share must have gone back to the earlier claim before. Raises Refusal when nothing is left
    to bill.
    """
    earlier = claim.follows
    assert earlier is not None  # noqa: S101  # callers ask only for claims that follow one
    facts = _find_facts(claim.practice_id, [earlier])
    [number] = facts.next_numbers(1)
    try:
        draft = facts.compose(earlier, claim.rank, number)
    except NotExplained as reason:
        raise Refusal("not_explained", str(reason)) from reason
    draft.replaces = replaces
    draft.content = with_frequency(draft.content, frequency, payer_number)
    return draft


def draft_after_posting(practice_id: int, remittance_id: int) -> int:
    """Draft the next claims for what a payment left to other payers; how many."""
    ids = (
        RemittedClaim.objects.filter(practice_id=practice_id, remittance_id=remittance_id)
        .filter(state=RemittedClaim.State.POSTED, claim__isnull=False)
        .values_list("claim_id", flat=True)
    )
    found = draft_next_claims(practice_id, {pk for pk in ids if pk is not None}, by=None)
    return len(found.drafted)


def draft_all_due(practice_id: int) -> int:
    """Every share that is to be billed to a next payer; how many claims were drafted.

    What cannot be drafted is not told again each time: its reason stands with the claim.
    """
    today = timezone.localdate()
    told = Event.objects.filter(practice_id=practice_id, name=REFUSED, subject_type="claim")
    refused = set(told.values_list("subject_id", flat=True))
    due = claims_at(practice_id, SECONDARY_DUE, today, 0, MOST_DUE + len(refused))
    found = draft_next_claims(practice_id, set(due) - refused, by=None, today=today)
    return len(found.drafted)
