"""KPIs of denials."""

from decimal import Decimal

from django.db.models import QuerySet

from billing.models import Claim
from rcm.kpi import Definition, Figure, Period


def answered_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    """Original primary claims a payer answered in the period."""
    return Claim.objects.filter(
        practice_id=practice_id,
        frequency=Claim.Frequency.ORIGINAL,
        rank="P",
        adjudicated_at__date__range=(period.start, period.end),
    )


def denied_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    return answered_claims(practice_id, period).filter(denials__isnull=False).distinct()


def initial_denial_figure(practice_id: int, period: Period) -> Figure:
    denied = denied_claims(practice_id, period).count()
    return Figure(Decimal(denied), Decimal(answered_claims(practice_id, period).count()))


INITIAL_DENIAL_RATE = Definition(
    key="initial_denial_rate",
    label="Initial denial rate",
    unit="percent",
    better="down",
    target=Decimal("0.05"),
    numerator="Of those, claims with at least one line denied in the first answer",
    denominator="Original primary claims answered by a payer in the period",
    source="HFMA MAP AR-5, by remittance date",
    compute=initial_denial_figure,
    numerator_rows=denied_claims,
    denominator_rows=answered_claims,
)
