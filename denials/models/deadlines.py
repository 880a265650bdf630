"""What payers say of corrections and appeals, and until when each denial's remedies are open."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from denials.models.denials import Denial
from payers.models import Payer, Plan
from payers.models.parties import DateRange
from rcm.models import OwnedByPractice


class AppealTerms(OwnedByPractice):
    """A payer's windows, for all of its plans or one, for denials of these days.

    `corrected_claim_days` are calendar days after the remittance; empty leaves those of contract,
    plan and payer. Of a level they leave out the program's window or the payer's appeal days hold.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="appeal_terms")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="appeal_terms", null=True, blank=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    corrected_claim_days = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # Two terms on a day would make a deadline a matter of luck.
            ExclusionConstraint(
                name="appeal_terms_one_a_day",
                expressions=[
                    ("payer", RangeOperators.EQUAL),
                    (Coalesce("plan", 0), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appeal_terms_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(corrected_claim_days__isnull=True)
                | Q(corrected_claim_days__range=(1, 3650)),
                name="appeal_terms_days_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer.short_name} {self.plan or 'all plans'}"


class AppealLevel(OwnedByPractice):
    """The window of one level of a payer's terms; level 6 is the external review."""

    class DayKind(models.TextChoices):
        CALENDAR = "calendar", "Calendar days"
        BUSINESS = "business", "Business days"

    terms = models.ForeignKey(AppealTerms, on_delete=models.PROTECT, related_name="levels")
    level = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    day_kind = models.CharField(max_length=8, choices=DayKind, default=DayKind.CALENDAR)
    presumed_receipt_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "level"], name="appeal_level_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 6), days__range=(1, 3650))
                & Q(presumed_receipt_days__lte=30),
                name="appeal_level_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.days} {self.day_kind} days"

    @property
    def label(self) -> str:
        return "External review" if self.level == 6 else f"Level {self.level}"


class DenialDeadline(OwnedByPractice):
    """Until when one remedy of a denial is open.

    `deadline` is the rule's day, `last_safe_day` the last business day on or before it. `met_at`:
    the remedy was used; `missed_at`: we saw that its day had passed. `warned_days`: the smallest
    step (14, 7, 3, 1 days) somebody was told of.
    """

    class Remedy(models.TextChoices):
        NEW_CLAIM = "new_claim", "New claim"
        CORRECTED_CLAIM = "corrected_claim", "Corrected claim"
        REOPENING = "reopening", "Reopening"
        APPEAL_1 = "appeal_1", "Appeal, level 1"
        APPEAL_2 = "appeal_2", "Appeal, level 2"
        APPEAL_3 = "appeal_3", "Appeal, level 3"
        APPEAL_4 = "appeal_4", "Appeal, level 4"
        APPEAL_5 = "appeal_5", "Appeal, level 5"
        EXTERNAL_REVIEW = "external_review", "External review"
        DECISION = "decision", "Decision"

    APPEALS = (
        *(Remedy.APPEAL_1, Remedy.APPEAL_2, Remedy.APPEAL_3, Remedy.APPEAL_4, Remedy.APPEAL_5),
        Remedy.EXTERNAL_REVIEW,
    )

    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="deadlines")
    remedy = models.CharField(max_length=15, choices=Remedy)
    starts_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    day_kind = models.CharField(max_length=13)
    deadline = models.DateField()
    last_safe_day = models.DateField()
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=10)
    met_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["denial", "remedy"], name="denial_deadline_once"),
            # Later than the rule's day would lose the remedy.
            models.CheckConstraint(
                condition=Q(last_safe_day__lte=F("deadline")), name="denial_deadline_is_safe"
            ),
        ]
        indexes = [
            # The API's list of what runs, soonest first.
            models.Index(
                fields=["practice", "last_safe_day"],
                condition=Q(met_at__isnull=True, missed_at__isnull=True),
                name="denial_deadline_running",
            ),
            # The dashboard's count of what was missed lately.
            models.Index(
                fields=["practice", "missed_at"],
                condition=Q(missed_at__isnull=False),
                name="denial_deadline_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_remedy_display()} by {self.last_safe_day:%m/%d/%Y}"

    @property
    def is_open_appeal(self) -> bool:
        """May it be said that the appeal was filed?"""
        return self.remedy in self.APPEALS and self.met_at is None and self.missed_at is None
