"""What the rules of credentials look at, read from the rows; and the door they keep."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from coding.audit_samples import coded_between
from coding.models import Credential, CredentialRequirement, Encounter, FacilityStay
from coding.rules.credentials import (
    INPATIENT_BILLS,
    NOT_FOR_CODING,
    Care,
    HeldCredential,
    VisitKind,
    WantedCredential,
    care_of,
    is_kept_from,
    lacking_for,
    unmet_of,
)
from rcm import access
from rcm.errors import Refusal
from rcm.models import Membership, User

INPATIENT = f"^({'|'.join(sorted(INPATIENT_BILLS))})"


def wanted_in(practice_id: int) -> list[WantedCredential]:
    rows = CredentialRequirement.objects.filter(practice_id=practice_id).order_by("pk")
    return [
        WantedCredential(tuple(row.kinds), cast(Care, row.care), row.specialty, row.visit_type)
        for row in rows
    ]


def visit_kind(encounter: Encounter) -> VisitKind:
    stays = FacilityStay.objects.filter(encounter=encounter.pk)
    bill = stays.values_list("type_of_bill", flat=True).first()
    return VisitKind(care_of(bill), encounter.specialty, encounter.visit_type)


def unmet_by(practice_id: int, people: Iterable[int]) -> dict[int, list[WantedCredential]]:
    """Person -> the requirements that no credential of theirs meets today.

    One statement, a second one where anything is required.
    """
    wanted = wanted_in(practice_id)
    unmet: dict[int, list[WantedCredential]] = {person: [] for person in people}
    if not wanted or not unmet:
        return unmet
    held: defaultdict[int, list[HeldCredential]] = defaultdict(list)
    rows = Credential.objects.filter(practice_id=practice_id, person__in=unmet)
    for row in rows:
        held[row.person_id].append(HeldCredential(row.kind, row.issued_on, row.expires_on))
    today = timezone.localdate()
    return {person: unmet_of(wanted, held[person], today) for person in unmet}


def credential_gate(practice_id: int, user: User | None) -> Q:
    """The encounters this person may be given today, as a condition; the system may take all.

    Empty for whoever meets every requirement: then it costs the queue nothing. At most two
    statements.
    """
    if user is None:
        return Q()
    return gate_past(unmet_by(practice_id, [user.pk])[user.pk])


def gate_past(unmet: Iterable[WantedCredential]) -> Q:
    """The encounters of which none of these requirements speaks (coding.rules: applies)."""
    gate = Q()
    for each in unmet:
        kind = visits_of(each)
        # A requirement without conditions speaks of every visit.
        gate &= ~kind if kind else Q(pk__in=[])
    return gate


def visits_of(wanted: WantedCredential) -> Q:
    """The encounters a requirement speaks of; empty when it speaks of all."""
    kind = Q()
    if wanted.care:
        stays = FacilityStay.objects.filter(encounter=OuterRef("pk"))
        inpatient = stays.filter(type_of_bill__regex=INPATIENT)
        kind &= {
            "inpatient": Q(Exists(inpatient)),
            "outpatient": Q(Exists(stays), ~Exists(inpatient)),
            "professional": Q(~Exists(stays)),
        }[wanted.care]
    if wanted.specialty:
        kind &= Q(specialty__iexact=wanted.specialty)
    if wanted.visit_type:
        kind &= Q(visit_type__iexact=wanted.visit_type)
    return kind


def may_be_given(encounter: Encounter, person: int) -> bool:
    """Does this person code here, and meet what the visit wants? At most four statements."""
    members = Membership.objects.filter(practice_id=encounter.practice_id, user=person)
    if not members.filter(role__in=access.roles_with("coding.work")).exists():
        return False
    unmet = unmet_by(encounter.practice_id, [person])[person]
    return not unmet or not is_kept_from(unmet, visit_kind(encounter))


def require_credential(encounter: Encounter, user: User | None) -> None:
    """Raises Refusal 403 naming what the person lacks to code this visit. The system may."""
    unmet = unmet_by(encounter.practice_id, [user.pk])[user.pk] if user is not None else []
    if missing := lacking_for(unmet, visit_kind(encounter)) if unmet else []:
        kinds = " and ".join(names_of(each.kinds) for each in missing)
        raise Refusal(
            "credential_missing",
            f"This visit may be coded by a person with {kinds} only; none of yours is valid today.",
            status=403,
        )


def names_of(kinds: Iterable[str]) -> str:
    return " or ".join(str(Credential.Kind(kind).label) for kind in kinds)


@dataclass(frozen=True)
class CertifiedShare:
    """Finalized visits of some days, and how many of them a certified person coded."""

    coded: int
    certified: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.certified) / self.coded if self.coded else None


def coded_visits(practice_id: int, start: date, end: date) -> QuerySet[Encounter]:
    """Visits finalized on these days, with `is_certified`: its coder was certified then."""
    valid = Credential.objects.exclude(kind__in=NOT_FOR_CODING).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=OuterRef("coded_on")),
        practice_id=practice_id,
        person=OuterRef("finalized_by"),
        issued_on__lte=OuterRef("coded_on"),
    )
    rows = coded_between(practice_id, start, end)
    dated = rows.annotate(coded_on=TruncDate("finalized_at"))
    return dated.annotate(is_certified=Exists(valid)).order_by("finalized_at", "pk")


def certified_share(practice_id: int, start: date, end: date) -> CertifiedShare:
    """In one statement."""
    found = coded_visits(practice_id, start, end).aggregate(
        coded=Count("pk"), certified=Count("pk", filter=Q(is_certified=True))
    )
    return CertifiedShare(found["coded"], found["certified"])


def uncertified_visits(practice_id: int, start: date, end: date) -> QuerySet[Encounter]:
    """The exceptions, oldest first, with their coder."""
    rows = coded_visits(practice_id, start, end).filter(Q(is_certified=False))
    return rows.select_related("finalized_by").annotate(care=F("stay__type_of_bill"))


def care_label(type_of_bill: str | None) -> str:
    return str(CredentialRequirement.Care(care_of(type_of_bill)).label)
