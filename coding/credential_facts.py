"""What the rules of credentials look at, read from the rows; and the door they keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
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
    may_code,
)
from rcm.errors import Refusal
from rcm.models import User

INPATIENT = f"^({'|'.join(sorted(INPATIENT_BILLS))})"


class IsAnyOf(Func):
    """Whether the first is an element of the second, an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def held_by(practice_id: int, person: User) -> list[HeldCredential]:
    rows = Credential.objects.filter(practice_id=practice_id, person=person)
    return [HeldCredential(*row) for row in rows.values_list("kind", "issued_on", "expires_on")]


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


def credential_gate(practice_id: int, user: User | None) -> Q:
    """The encounters this person may be given today, as a condition: it costs no statement.

    Decides as coding.rules.credentials.may_code does, in the database; the system may take all.
    """
    if user is None:
        return Q()
    today = timezone.localdate()
    opening = Credential.objects.filter(
        IsAnyOf(F("kind"), OuterRef("kinds")),
        Q(expires_on__isnull=True) | Q(expires_on__gte=today),
        practice_id=practice_id,
        person=user,
        issued_on__lte=today,
    )
    unmet = CredentialRequirement.objects.annotate(visit_care=care_of_outer()).filter(
        Q(care="") | Q(care=F("visit_care")),
        Q(specialty="") | Q(specialty__iexact=OuterRef("specialty")),
        Q(visit_type="") | Q(visit_type__iexact=OuterRef("visit_type")),
        ~Exists(opening),
        practice_id=practice_id,
    )
    return Q(~Exists(unmet))


def care_of_outer() -> Case:
    """The care of the encounter of the outer query (care_of, in the database)."""
    stays = FacilityStay.objects.filter(encounter=OuterRef(OuterRef("pk")))
    return Case(
        When(Exists(stays.filter(type_of_bill__regex=INPATIENT)), then=Value("inpatient")),
        When(Exists(stays), then=Value("outpatient")),
        default=Value("professional"),
        output_field=CharField(),
    )


def require_credential(encounter: Encounter, user: User | None) -> None:
    """Raises Refusal 403 naming what the person lacks to code this visit. The system may."""
    wanted = wanted_in(encounter.practice_id) if user is not None else []
    if user is None or not wanted:
        return
    held = held_by(encounter.practice_id, user)
    if missing := may_code(visit_kind(encounter), wanted, held, timezone.localdate()):
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
