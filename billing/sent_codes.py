"""Do the codes of a chart still say what its claim said when it was sent?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet

from billing.models import Claim, ClaimFinding, ServiceLine
from billing.rules.claim_content import read_content
from billing.rules.transitions import GONE
from coding.models import Charge, Encounter, EncounterDiagnosis
from rcm.models import Event
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.items import AnyClaim

# The finding of a sent claim that its chart has left behind.
CODED_ANEW = "coded_anew"
SERVICE = ("procedure_code", "revenue_code", "units", "modifiers", "pointers")
# What changes the codes of a chart; a suggestion accepted adds its code by the same act.
CHANGES = (
    *("encounter.codes_added", "encounter.code_removed", "encounter.code_replaced"),
    *("encounter.diagnoses_reordered", "encounter.charge_changed", "encounter.change_undone"),
    *("encounter.stay_set", "encounter.stay_removed"),
)
SENT = (Claim.Status.SUBMITTED, Claim.Status.ACCEPTED, Claim.Status.ADJUDICATED)


def is_as_sent(claim: Claim) -> bool:
    """Does the chart of a claim still say what was sent?"""
    return not unlike_their_charts([claim])


def unlike_their_charts(claims: Sequence[Claim]) -> list[Claim]:
    """Of sent claims of one practice those whose chart says other codes by now: their order,
    modifiers, units, pointers. Five statements, however many claims.

    The parts of a visit have orders and pointers of their own, and a stay's lines have no pointers:
    there the codes alone are compared. A chart nobody changed since is as sent, whatever a rule of
    the practice or a fix made of its claim.
    """
    claims = changed_since(claims)
    parts = parts_of(claims)
    rows = ServiceLine.objects.filter(
        claim__in={part.pk for each in parts.values() for part in each}
    )
    lines = gather(rows.values_list("claim", *SERVICE))
    visits = {claim.encounter_id for claim in claims}
    coded_now = EncounterDiagnosis.objects.filter(encounter__in=visits).order_by("position")
    diagnoses = gather(coded_now.values_list("encounter", "code", "present_on_admission"))
    charges = gather(Charge.objects.filter(encounter__in=visits).values_list("encounter", *SERVICE))
    return [
        claim
        for claim in claims
        if not is_like(
            parts[claim.pk],
            [(code, answer) for code, answer in diagnoses[claim.encounter_id]],
            charges[claim.encounter_id],
            [line for part in parts[claim.pk] for line in lines[part.pk]],
        )
    ]


def changed_since(claims: Sequence[Claim]) -> list[Claim]:
    """Those whose chart's codes were changed after they were drafted, by its events."""
    if not claims:
        return []
    told = Event.objects.filter(
        practice_id=claims[0].practice_id,
        subject_type="encounter",
        subject_id__in={claim.encounter_id for claim in claims},
        name__in=CHANGES,
    )
    last = dict(told.values_list("subject_id").annotate(Max("created_at")))
    return [
        claim
        for claim in claims
        if (changed := last.get(claim.encounter_id)) is not None and changed > claim.created_at
    ]


def gather(rows: Iterable[Sequence[Any]]) -> defaultdict[int, list[Sequence[Any]]]:
    """The rest of each row under its first column."""
    found: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
    for key, *rest in rows:
        found[key].append(rest)
    return found


def parts_of(claims: Sequence[Claim]) -> dict[int, list[Claim]]:
    """Each claim with the newest claims of the other parts of its visit."""
    visits = {claim.encounter_id for claim in claims if claim.parts > 1}
    living = Claim.objects.filter(encounter__in=visits).exclude(status__in=GONE) if visits else ()
    together: defaultdict[tuple[int, str], list[Claim]] = defaultdict(list)
    for other in living:
        together[other.encounter_id, other.rank].append(other)
    return {
        claim.pk: [
            claim,
            *(
                other
                for other in together[claim.encounter_id, claim.rank]
                if claim.parts > 1 and other.part != claim.part
            ),
        ]
        for claim in claims
    }


def is_like(
    parts: Sequence[Claim],
    diagnoses: Sequence[tuple[str, str]],
    charges: Iterable[Sequence[Any]],
    lines: Iterable[Sequence[Any]],
) -> bool:
    is_institutional = parts[0].form == Claim.Form.INSTITUTIONAL
    if not is_institutional:
        diagnoses = [(code, "") for code, _ in diagnoses]
    sent = [diagnoses_of(read_content(part.content)) for part in parts]
    if len(parts) == 1:
        is_listed = list(diagnoses) == sent[0]
    else:
        is_listed = {*diagnoses} == {each for part in sent for each in part}
    has_pointers = len(parts) == 1 and not is_institutional
    return is_listed and counted(charges, has_pointers) == counted(lines, has_pointers)


def diagnoses_of(content: AnyClaim) -> list[tuple[str, str]]:
    """The codes of a claim in order, each with its answer to present on admission."""
    if not isinstance(content, InstitutionalClaim):
        return [(code, "") for code in content.diagnoses]
    listed = (content.principal_diagnosis, *content.other_diagnoses)
    return [(each.code, each.present_on_admission) for each in listed if each.code]


def counted(rows: Iterable[Sequence[Any]], has_pointers: bool) -> Counter[tuple[object, ...]]:
    """Each service with how often it stands there; its pointers where they are the chart's."""
    return Counter(
        (code, room, units, tuple(marks), tuple(pointers) if has_pointers else ())
        for code, room, units, marks, pointers in rows
    )


def coded_after_sending(practice_id: int, since: datetime) -> QuerySet[Claim]:
    """Sent claims whose chart was coded again after `since`, and that nobody was told of yet.

    Driven by the few charts coded since, through encounter_finalized. A claim of the next payer
    follows the first one, and a void repeats what it takes back.
    """
    told = ClaimFinding.objects.filter(
        claim=OuterRef("pk"), code=CODED_ANEW, found_at__gte=OuterRef("encounter__finalized_at")
    )
    rows = Claim.objects.filter(
        practice_id=practice_id,
        encounter__practice_id=practice_id,
        encounter__state=Encounter.State.FINALIZED,
        encounter__finalized_at__gte=since,
        encounter__finalized_at__gt=F("created_at"),
        status__in=SENT,
        follows__isnull=True,
        replaced_by__isnull=True,
    )
    rows = rows.exclude(frequency=Claim.Frequency.VOID).exclude(Exists(told))
    return rows.select_related("encounter").order_by("pk")


def left_behind(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of some claims those whose codes are no longer the chart's, until replaced or left so."""
    findings = ClaimFinding.objects.filter(code=CODED_ANEW, resolved_at__isnull=True)
    return claims.filter(pk__in=findings.values("claim"), status__in=SENT, replaced_by=None)
