"""Which charts an audit draws, by query: a pool of some days, an order by seed, risks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import MD5, Cast, Concat, RowNumber, TruncWeek

from coding.models import AuditChart, Charge, CodingAudit, Encounter, QualitySettings
from coding.models.quality import HIGH_CHARGE
from coding.rules.audit_lines import FIRST_VISIT, LAST_VISIT
from coding.rules.audit_samples import (
    DRUG_MODIFIERS,
    HIGH_SHARE_PERCENT,
    HIGH_VISITS,
    LEAST_VISITS,
    NEW_CODER_DAYS,
    RISKS,
    SEPARATING,
    Risk,
)
from rcm.days import day_start
from rcm.models import Event

MOST_CHARTS = 500


@dataclass(frozen=True)
class Drawn:
    """A chart of the sample and why it carries a risk."""

    encounter: Encounter
    risks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """The charts in order, and how many there were to draw from."""

    charts: Sequence[Drawn]
    pool_count: int


def coded_between(practice_id: int, start: date, end: date) -> QuerySet[Encounter]:
    """Visits finalized on these days, both included."""
    after = day_start(start)
    before = day_start(end + timedelta(days=1))
    return Encounter.objects.filter(
        practice_id=practice_id,
        state=Encounter.State.FINALIZED,
        finalized_at__gte=after,
        finalized_at__lt=before,
    )


def draw(audit: CodingAudit) -> Sample:
    """The sample of an audit as its method, size and seed say; writes nothing.

    The same pool and seed give the same sample. A chart is drawn once unless it is chosen by hand;
    nobody audits charts they coded.
    """
    ranked: QuerySet[Any] = pool_of(audit).annotate(rank=rank(audit.seed))
    charts = DRAWS[CodingAudit.Method(audit.method)](audit, ranked)
    rows = charts.select_related("patient", "provider", "finalized_by")[:MOST_CHARTS]
    drawn = [Drawn(row, risks_of(row)) for row in rows]
    return Sample(drawn, pool_of(audit).count())


def pool_of(audit: CodingAudit) -> QuerySet[Encounter]:
    """The charts an audit may draw."""
    coded = coded_between(audit.practice_id, audit.coded_from, audit.coded_to)
    if audit.method == CodingAudit.Method.MANUAL:
        named = Encounter.objects.filter(
            practice_id=audit.practice_id, number__in=audit.numbers, state="finalized"
        )
        coded = named
    else:
        drawn = AuditChart.objects.filter(
            practice_id=audit.practice_id, encounter=OuterRef("pk")
        ).exclude(audit=audit.pk)
        coded = coded.filter(~Exists(drawn))
    if audit.coder_id:
        coded = coded.filter(finalized_by=audit.coder_id)
    return coded.filter(finalized_by__isnull=False).exclude(finalized_by=audit.auditor_id)


def rank(seed: int) -> MD5:
    """coding.rules.audit_samples.rank_of, in the database."""
    return MD5(Concat(Value(f"{seed}:"), Cast("pk", TextField()), output_field=TextField()))


def draw_random(audit: CodingAudit, ranked: QuerySet[Any]) -> QuerySet[Any]:
    return ranked.order_by("rank")[: audit.size]


def draw_manual(audit: CodingAudit, ranked: QuerySet[Any]) -> QuerySet[Any]:
    return ranked.order_by("number")


def draw_new_coders(audit: CodingAudit, ranked: QuerySet[Any]) -> QuerySet[Any]:
    """So many a week of everybody whose first chart here is not long ago."""
    since = audit.coded_from - timedelta(days=NEW_CODER_DAYS)
    coders = Encounter.objects.filter(practice_id=audit.practice_id, finalized_by__isnull=False)
    firsts = coders.values("finalized_by").annotate(first=Min("finalized_at"))
    new = firsts.filter(first__date__gte=since).values_list("finalized_by")
    place = Window(
        RowNumber(),
        partition_by=[F("finalized_by"), TruncWeek("finalized_at")],
        order_by=F("rank").asc(),
    )
    weekly = ranked.filter(finalized_by__in=new).annotate(place=place)
    return weekly.filter(place__lte=audit.size).order_by("finalized_by", "finalized_at", "pk")


def draw_high_risk(audit: CodingAudit, ranked: QuerySet[Any]) -> QuerySet[Any]:
    """Most reasons first, then by seed; a chart without any is not drawn."""
    conditions = risk_conditions(audit, ranked)
    flagged = ranked.annotate(
        **{f"has_{risk}": one_when(condition) for risk, condition in conditions.items()}
    )
    reasons: Any = sum((F(f"has_{risk}") for risk in conditions), Value(0))
    found = flagged.annotate(reasons=reasons).filter(reasons__gt=0)
    return found.order_by("-reasons", "rank")[: audit.size]


def one_when(condition: Any) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def risk_conditions(audit: CodingAudit, pool: QuerySet[Encounter]) -> dict[Risk, Any]:
    """What makes a chart risky, each as a condition on the encounter."""
    charges = Charge.objects.filter(encounter=OuterRef("pk"))
    high_total = charges.values("encounter").annotate(total=Sum("amount_billed"))
    events = Event.objects.filter(
        practice_id=audit.practice_id,
        subject_type="encounter",
        subject_id=OuterRef("pk"),
        name="encounter.finalized",
        data__warnings__gt=0,
    )
    waste = Q(modifiers__overlap=list(DRUG_MODIFIERS)) | ~Q(drug_code="")
    return {
        "level_4_5": Exists(charges.filter(procedure_code__in=HIGH_VISITS)),
        "level_share": Q(provider__in=high_level_providers(pool)),
        "modifier_25_59": Exists(charges.filter(modifiers__overlap=list(SEPARATING))),
        "high_charge": Exists(high_total.filter(total__gte=high_charge(audit.practice_id))),
        "open_edits": Exists(events),
        "drug_waste": Exists(charges.filter(waste)),
    }


def high_charge(practice_id: int) -> Any:
    chosen = QualitySettings.objects.filter(practice_id=practice_id)
    return chosen.values_list("high_charge", flat=True).first() or HIGH_CHARGE


def high_level_providers(pool: QuerySet[Encounter]) -> list[int]:
    """Providers with LEAST_VISITS visits in the pool, over HIGH_SHARE_PERCENT of level 4 or 5."""
    visits = Charge.objects.filter(
        encounter__in=pool.values("pk"),
        procedure_code__gte=FIRST_VISIT,
        procedure_code__lte=LAST_VISIT,
    )
    counted = visits.values_list("encounter__provider").annotate(
        every=Count("pk"), high=Count("pk", filter=Q(procedure_code__in=HIGH_VISITS))
    )
    return [
        provider
        for provider, every, high in counted
        if every >= LEAST_VISITS and high * 100 > every * HIGH_SHARE_PERCENT
    ]


def risks_of(row: Encounter) -> tuple[str, ...]:
    return tuple(risk for risk in RISKS if getattr(row, f"has_{risk}", 0))


DRAWS = {
    CodingAudit.Method.RANDOM: draw_random,
    CodingAudit.Method.HIGH_RISK: draw_high_risk,
    CodingAudit.Method.NEW_CODER: draw_new_coders,
    CodingAudit.Method.MANUAL: draw_manual,
}


def unknown_numbers(audit: CodingAudit, drawn: Iterable[Drawn]) -> list[str]:
    """Numbers typed by hand that are no coded chart here, in the order typed."""
    found = {each.encounter.number for each in drawn}
    return [number for number in audit.numbers if number not in found]
