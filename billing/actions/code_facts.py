"""The facts the checks on codes need, for up to 500 claims in a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from billing.models import Claim, ServiceLine
from billing.rules.coded_claim import coded
from billing.rules.findings import AnyClaim, ClaimForm, form_of
from billing.rules.transitions import UNSENT
from coding.code_lookup import Asked, read_diagnoses, read_tables, with_release
from coding.models import Encounter
from coding.rules.checks.global_surgery import PERIOD_DAYS
from coding.rules.checks.visits import NEW_FOR_YEARS, NEW_VISITS, years_before
from coding.rules.code_facts import CodeFacts, PastLine
from coding.rules.coded_claim import CodedClaim


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim to be judged, and where it comes from; `claim_id` is None for a new draft."""

    content: AnyClaim
    encounter: Encounter
    payer_class: str
    claim_id: int | None = None


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line of another claim and what decides whether it counts."""

    form: str
    encounter_id: int
    claim_id: int
    is_sent: bool
    line: PastLine


def code_facts_for(practice_id: int, claims: Sequence[Judged]) -> list[CodeFacts]:
    """The facts of each claim, in the same order. Statements do not grow with the claims.

    The patient's other lines are those of live claims of other encounters of the practice. Of two
    unsent claims only the older counts for the younger, or each would hold the other for ever;
    claims of the same call count for those after them.
    """
    views = [coded(claim.content) for claim in claims]
    others = read_history(practice_id, claims, views)
    histories = []
    for claim, view in zip(claims, views, strict=True):
        patient_id = claim.encounter.patient_id
        histories.append(tuple(lines_counting(claim, others[patient_id])))
        others[patient_id].extend(lines_of_draft(claim, view))
    entries = with_release(views, read_diagnoses(views))
    tables = read_tables(
        [
            Asked(view, history, payer_class=claim.payer_class)
            for claim, view, history in zip(claims, views, histories, strict=True)
        ]
    )
    return [
        CodeFacts(
            tables=found,
            payer_class=claim.payer_class,
            specialty=claim.encounter.specialty,
            diagnoses=known,
            history=history,
        )
        for claim, known, history, found in zip(claims, entries, histories, tables, strict=True)
    ]


def code_facts_of_foreign(claims: Sequence[AnyClaim]) -> list[CodeFacts]:
    """The facts of claims that are not ours: code set and tables, no history, no payer."""
    views = [coded(claim) for claim in claims]
    entries = with_release(views, read_diagnoses(views))
    tables = read_tables([Asked(view, ()) for view in views])
    return [
        CodeFacts(tables=found, diagnoses=known)
        for known, found in zip(entries, tables, strict=True)
    ]


def lines_counting(claim: Judged, others: Iterable[OtherLine]) -> Iterator[PastLine]:
    """Lines of other encounters; of a twice billed encounter only those of its newest claim.

    A facility's lines are no part of what a provider did, nor the other way round.
    """
    newest: dict[int, int] = {}
    own = form_of(claim.content)
    others = [other for other in others if other.form == own]
    for other in others:
        is_older = claim.claim_id is None or other.claim_id < claim.claim_id
        if other.encounter_id != claim.encounter.pk and (other.is_sent or is_older):
            newest[other.encounter_id] = max(other.claim_id, newest.get(other.encounter_id, 0))
    for other in others:
        if newest.get(other.encounter_id) == other.claim_id:
            yield other.line


def lines_of_draft(claim: Judged, view: CodedClaim) -> Iterator[OtherLine]:
    """The claim's own lines, as those after it in the same call see them."""
    number = claim.content.patient_control_number
    for line in view.lines:
        past = PastLine(
            number,
            line.code,
            line.starts_on,
            line.provider,
            claim.encounter.specialty,
            line.modifiers,
            line.units,
        )
        # A draft has no id yet; it must count as older than any claim that has one.
        form = form_of(claim.content)
        yield OtherLine(form, claim.encounter.pk, claim.claim_id or 0, False, past)


HISTORY = (
    *("claim__patient_id", "claim__encounter_id", "claim_id", "claim__status"),
    *("claim__form", "claim__practice__npi", "claim__patient_control_number", "procedure_code"),
    *("date_of_service", "claim__encounter__provider__npi", "claim__encounter__specialty"),
    *("modifiers", "units"),
)


def read_history(
    practice_id: int, claims: Sequence[Judged], views: Sequence[CodedClaim]
) -> dict[int, list[OtherLine]]:
    """Other lines of the patients, by patient. One statement.

    Ninety days back for global periods, a day ahead for the surgery after a visit, and three years
    back for patients billed as new.
    """
    found: dict[int, list[OtherLine]] = defaultdict(list)
    days = [line.starts_on for view in views for line in view.lines]
    if not days:
        return found
    patients = {claim.encounter.patient_id for claim in claims}
    new = {
        claim.encounter.patient_id
        for claim, view in zip(claims, views, strict=True)
        if view.codes & NEW_VISITS
    }
    first, last = min(days), max(days)
    near = Q(claim__patient_id__in=patients, date_of_service__gte=first - timedelta(PERIOD_DAYS))
    since = years_before(first, NEW_FOR_YEARS)
    far = Q(claim__patient_id__in=new, date_of_service__gte=since)
    rows = (
        ServiceLine.objects.filter(
            near | far,
            practice_id=practice_id,
            date_of_service__lte=last + timedelta(1),
        )
        .exclude(claim__status__in=[Claim.Status.VOIDED, Claim.Status.CLOSED])
        .order_by("date_of_service", "claim_id", "position")
        .values_list(*HISTORY)
    )
    for row in rows:
        patient_id, encounter_id, claim_id, status = row[:4]
        form, own_npi, number, code, day, npi, kind, marks, units = row[4:]
        provider = own_npi if form == ClaimForm.INSTITUTIONAL else npi
        past = PastLine(number, code, day, provider, kind, tuple(marks), units)
        is_sent = status not in UNSENT
        found[patient_id].append(OtherLine(form, encounter_id, claim_id, is_sent, past))
    return found
