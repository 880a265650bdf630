"""KPIs of denials."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from billing.models import Claim, RemittedClaim
from billing.rules.posting import REVERSAL, WITHOUT_PAYMENT
from denials.models import Denial
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
    """Those of them the payer's first answer denied a line of."""
    answers = (
        RemittedClaim.objects.filter(
            practice_id=practice_id, claim_id=OuterRef("pk"), state=RemittedClaim.State.POSTED
        )
        .exclude(status_code__in=[REVERSAL, *WITHOUT_PAYMENT])
        .order_by("pk")
    )
    claims = answered_claims(practice_id, period).annotate(
        first_answer=Subquery(answers.values("pk")[:1])
    )
    return claims.filter(Exists(Denial.objects.filter(remitted_claim=OuterRef("first_answer"))))


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
