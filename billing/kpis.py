"""KPIs of claims and money. Definitions follow HFMA MAP and MGMA, with the choices written out."""

from decimal import Decimal

from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from billing.models import Account, Claim, Posting
from rcm.kpi import Definition, Figure, Period

MONEY: DecimalField = DecimalField(max_digits=14, decimal_places=2)
RECEIVABLES = (
    Account.PRIMARY_RECEIVABLE,
    Account.SECONDARY_RECEIVABLE,
    Account.TERTIARY_RECEIVABLE,
    Account.PATIENT_RECEIVABLE,
)


def scrubbed_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    """Original claims first sent in the period, and those drafted in it that are still held.

    Without the held ones the rate would rise when nobody works them.
    """
    days = (period.start, period.end)
    return Claim.objects.filter(
        Q(submitted_at__date__range=days) | Q(status="held", created_at__date__range=days),
        practice_id=practice_id,
        frequency=Claim.Frequency.ORIGINAL,
    )


def clean_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    return (
        scrubbed_claims(practice_id, period)
        .filter(was_clean=True)
        .exclude(acknowledgments__action="U")
    )


def clean_claim_figure(practice_id: int, period: Period) -> Figure:
    clean = clean_claims(practice_id, period).distinct().count()
    return Figure(Decimal(clean), Decimal(scrubbed_claims(practice_id, period).count()))


CLEAN_CLAIM_RATE = Definition(
    key="clean_claim_rate",
    label="Clean claim rate",
    unit="percent",
    better="up",
    target=Decimal("0.95"),
    numerator="Of those, claims that passed the first scrub untouched and were never rejected",
    denominator="Original claims first sent in the period, and those the scrubber still holds",
    source="HFMA MAP CL-1",
    compute=clean_claim_figure,
    numerator_rows=lambda practice_id, period: clean_claims(practice_id, period).distinct(),
    denominator_rows=scrubbed_claims,
)


def balance(*accounts: str) -> Sum:
    """Debits minus credits of these accounts over a queryset of postings."""
    signed = Case(
        When(destination__in=accounts, source__in=accounts, then=Value(Decimal(0))),
        When(destination__in=accounts, then=F("amount")),
        default=-F("amount"),
        output_field=MONEY,
    )
    touched = Q(destination__in=accounts) | Q(source__in=accounts)
    return Sum(signed, filter=touched, output_field=MONEY)


def total(postings: QuerySet[Posting], *accounts: str) -> Decimal:
    found = postings.aggregate(total=Coalesce(balance(*accounts), Decimal(0), output_field=MONEY))
    return found["total"]


def days_in_ar_figure(practice_id: int, period: Period) -> Figure:
    """Receivable at the end of the period over the average day's charges in it."""
    until = Posting.objects.filter(practice_id=practice_id, posted_on__lte=period.end)
    owed = total(until, *RECEIVABLES)
    charged = -total(until.filter(posted_on__gte=period.start), Account.REVENUE)
    return Figure(owed, charged / period.days)


def open_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    """Claims with money still owed by somebody."""
    owing = (
        Posting.objects.filter(practice_id=practice_id, posted_on__lte=period.end)
        .values("claim_id")
        .annotate(owed=balance(*RECEIVABLES))
        .exclude(owed=0)
        .values("claim_id")
    )
    return Claim.objects.filter(practice_id=practice_id, pk__in=owing)


def charged_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    charged = Posting.objects.filter(
        practice_id=practice_id,
        posted_on__range=(period.start, period.end),
        source=Account.REVENUE,
    ).values("claim_id")
    return Claim.objects.filter(practice_id=practice_id, pk__in=charged)


DAYS_IN_AR = Definition(
    key="days_in_ar",
    label="Days in AR",
    unit="days",
    better="down",
    target=Decimal(35),
    numerator="Owed by payers and patients at the end of the period",
    denominator="Charges of the period per calendar day",
    source="MGMA: total AR over gross charges per day",
    compute=days_in_ar_figure,
    numerator_rows=open_claims,
    denominator_rows=charged_claims,
)


def adjudicated_claims(practice_id: int, period: Period) -> QuerySet[Claim]:
    """Claims with services in the period that a payer has answered, their versions included."""
    return Claim.objects.filter(
        practice_id=practice_id,
        date_of_service__range=(period.start, period.end),
        adjudicated_at__isnull=False,
    )


def net_collection_figure(practice_id: int, period: Period) -> Figure:
    """Payments over charges less contractual adjustments, of one cohort by date of service."""
    cohort = adjudicated_claims(practice_id, period)
    moves = Posting.objects.filter(practice_id=practice_id, claim__in=cohort)
    paid = total(moves, Account.UNAPPLIED, Account.CASH, Account.PATIENT_PREPAYMENT)
    charged = -total(moves, Account.REVENUE)
    contractual = total(moves, Account.CONTRACTUAL)
    return Figure(paid, charged - contractual)


NET_COLLECTION_RATE = Definition(
    key="net_collection_rate",
    label="Net collection rate",
    unit="percent",
    better="up",
    target=Decimal("0.96"),
    numerator="Payments on those claims",
    denominator="Charges less contractual adjustments of claims with services in the period"
    " that a payer has answered",
    source="MGMA net collection percentage, cohort by date of service",
    compute=net_collection_figure,
    numerator_rows=adjudicated_claims,
    denominator_rows=adjudicated_claims,
)
