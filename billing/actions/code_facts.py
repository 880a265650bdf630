"""The facts the checks on codes need, for up to 500 claims in a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from billing.models import ServiceLine
from billing.rules.coded_claim import coded
from billing.rules.findings import AnyClaim, ClaimForm, form_of
from billing.rules.transitions import GONE, UNSENT
from coding.code_lookup import Asked, read_diagnoses, read_tables, with_release
from coding.models import Encounter
from coding.rules.checks.global_surgery import PERIOD_DAYS
from coding.rules.checks.visits import NEW_FOR_YEARS, NEW_VISITS, years_before
from coding.rules.code_facts import CodeFacts, PastLine
from coding.rules.coded_claim import CodedClaim

# An encounter as it is billed to the payer of one rank.
Visit = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim to be judged, and where it comes from; `claim_id` is None for a new draft."""

    content: AnyClaim
    encounter: Encounter
    payer_class: str
    claim_id: int | None = None
    rank: str = "P"
    part: int = 1

    @property
    def visit(self) -> Visit:
        return self.encounter.pk, self.rank


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line of another claim and what decides whether it counts."""

    form: str
    visit: Visit
    part: int
    claim_id: int
    is_sent: bool
    line: PastLine


def code_facts_for(practice_id: int, claims: Sequence[Judged]) -> list[CodeFacts]:
    """The facts of each claim, in the same order. Statements do not grow with the claims.

    The patient's other lines are those of live claims of other encounters of the practice. Of two
    unsent claims only the older counts for the younger, or each would hold the other for ever;
    claims of the same call count for those after them. The other parts of the claim's own visit
    count whatever their age: together they are what was done.
    """
    views = [coded(claim.content) for claim in claims]
    others = read_history(practice_id, claims, views)
    histories = []
    drafted = [list(lines_of_draft(claim, view)) for claim, view in zip(claims, views, strict=True)]
    beside = lines_by_visit(claims, drafted)
    for claim, lines in zip(claims, drafted, strict=True):
        before = others[claim.encounter.patient_id]
        histories.append(
            (*lines_counting(claim, before), *lines_of_parts(claim, beside[claim.visit], before))
        )
        before.extend(lines)
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


def lines_by_visit(
    claims: Sequence[Judged], drafted: Sequence[Sequence[OtherLine]]
) -> Mapping[Visit, list[OtherLine]]:
    """The lines of the claims of one call, by visit."""
    found: defaultdict[Visit, list[OtherLine]] = defaultdict(list)
    for claim, lines in zip(claims, drafted, strict=True):
        found[claim.visit].extend(lines)
    return found


def lines_of_parts(
    claim: Judged, drafted: Iterable[OtherLine], stored: Iterable[OtherLine]
) -> Iterator[PastLine]:
    """Lines of the other parts of a visit: those of this call, and those of claims before it."""
    kept = (other for other in stored if other.claim_id and other.visit == claim.visit)
    for other in (*drafted, *kept):
        if other.part != claim.part:
            yield other.line


def lines_counting(claim: Judged, others: Iterable[OtherLine]) -> Iterator[PastLine]:
    """Lines of other encounters; of one billed twice, part by part those of its newest claim.

    A facility's lines are no part of what a provider did, nor the other way round.
    """
    newest: dict[tuple[int, int], int] = {}
    own = form_of(claim.content)
    others = [other for other in others if other.form == own]
    for other in others:
        is_older = claim.claim_id is None or other.claim_id < claim.claim_id
        encounter_id, _ = other.visit
        part = (encounter_id, other.part)
        if encounter_id != claim.encounter.pk and (other.is_sent or is_older):
            newest[part] = max(other.claim_id, newest.get(part, 0))
    for other in others:
        if newest.get((other.visit[0], other.part)) == other.claim_id:
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
        yield OtherLine(form, claim.visit, claim.part, claim.claim_id or 0, False, past)


HISTORY = (
    *("claim__patient_id", "claim__encounter_id", "claim__rank", "claim__part", "claim_id"),
    "claim__status",
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
        .exclude(claim__status__in=GONE)
        .order_by("date_of_service", "claim_id", "position")
        .values_list(*HISTORY)
    )
    for row in rows:
        patient_id, encounter_id, rank, part, claim_id, status = row[:6]
        form, own_npi, number, code, day, npi, kind, marks, units = row[6:]
        provider = own_npi if form == ClaimForm.INSTITUTIONAL else npi
        past = PastLine(number, code, day, provider, kind, tuple(marks), units)
        is_sent = status not in UNSENT
        visit = (encounter_id, rank)
        found[patient_id].append(OtherLine(form, visit, part, claim_id, is_sent, past))
    return found
