"""Who pays, at what price, in what code language, and over which channel we reach them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q

from rcm.models import OwnedByPractice, Patient


class DateRange(Func):
    """daterange(starts_on, ends_on, '[]'): both ends belong to it, an open end is NULL."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Rank(models.TextChoices):
    """SBR01: who pays first."""

    PRIMARY = "P", "Primary"
    SECONDARY = "S", "Secondary"
    TERTIARY = "T", "Tertiary"


class Payer(OwnedByPractice):
    """Who adjudicates and pays (NM1*PR). `payer_id` is its electronic id at the clearinghouse.

    `trace_identifier` is TRN03 on its 835s: "1" and its nine-digit tax id. A claim it has been
    silent about for `status_inquiry_after_days` is asked about (276), then every
    `status_inquiry_every_days`; 0 days means never.
    """

    class PayerClass(models.TextChoices):
        MEDICARE = "medicare", "Medicare"
        MEDICAID = "medicaid", "Medicaid"
        BLUE = "blue", "Blue plan"
        COMMERCIAL = "commercial", "Commercial"
        ADVANTAGE = "advantage", "Medicare Advantage"
        OTHER = "other", "Other"

    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=24)
    payer_id = models.CharField(max_length=20)
    trace_identifier = models.CharField(max_length=10, blank=True)
    payer_class = models.CharField(max_length=12, choices=PayerClass)
    filing_indicator = models.CharField(max_length=2)
    member_id_pattern = models.CharField(max_length=60, blank=True)
    timely_filing_days = models.PositiveSmallIntegerField(default=365)
    corrected_claim_days = models.PositiveSmallIntegerField(default=365)
    appeal_days = models.PositiveSmallIntegerField(default=120)
    takes_replacement_claims = models.BooleanField(default=True)
    requires_eligibility = models.BooleanField(default=False)
    status_inquiry_after_days = models.PositiveSmallIntegerField(default=30)
    status_inquiry_every_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        constraints = [
            # Asking every 0 days would never end.
            models.CheckConstraint(
                condition=Q(status_inquiry_every_days__gte=1), name="payer_asked_at_most_daily"
            ),
            # One payer per electronic id, or claims and remittances meet two rows.
            models.UniqueConstraint(fields=["practice", "payer_id"], name="payer_id_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Plan(OwnedByPractice):
    """One plan of a payer. What is empty is as the payer has it; days are calendar days.

    `group_pattern` is a regular expression a policy's whole group number fits.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="plans")
    name = models.CharField(max_length=60)
    group_pattern = models.CharField(max_length=60, blank=True)
    filing_indicator = models.CharField(max_length=2, blank=True)
    timely_filing_days = models.PositiveSmallIntegerField(null=True, blank=True)
    corrected_claim_days = models.PositiveSmallIntegerField(null=True, blank=True)
    requires_referral = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "name"], name="plan_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="plan_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Coverage(OwnedByPractice):
    """One patient's policy with one payer (2000B). `relationship` 18 means the patient holds it.

    `medicare_secondary_type` (SBR05: 12, 13, 14, 15, 16, 41, 42, 43, 47) says why Medicare is not
    the first to pay.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="coverages", null=True, blank=True
    )
    rank = models.CharField(max_length=1, choices=Rank, default=Rank.PRIMARY)
    member_id = models.CharField(max_length=30)
    group_number = models.CharField(max_length=30, blank=True)
    relationship = models.CharField(max_length=2, default="18")
    medicare_secondary_type = models.CharField(max_length=2, blank=True, db_default="")
    subscriber_first_name = models.CharField(max_length=35, blank=True)
    subscriber_last_name = models.CharField(max_length=60, blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=1, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            # One active coverage per patient and rank on any day.
            ExclusionConstraint(
                name="coverage_one_per_rank",
                expressions=[
                    ("practice", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    ("rank", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
            ),
            models.CheckConstraint(condition=Q(rank__in=Rank.values), name="coverage_rank_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rank_display()}: {self.payer}"


class FeeSchedule(OwnedByPractice):
    """The practice's charges; with a payer, what that payer's contract allows."""

    name = models.CharField(max_length=60)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="fee_schedules", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="fee_schedule_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Fee(OwnedByPractice):
    """The price of one procedure (and modifier) on a schedule from a date."""

    schedule = models.ForeignKey(FeeSchedule, on_delete=models.PROTECT, related_name="fees")
    procedure_code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two prices on one day would make a charge a matter of luck.
            ExclusionConstraint(
                name="fee_one_price_a_day",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("procedure_code", RangeOperators.EQUAL),
                    ("modifier", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
            ),
            # A price below zero would pay patients to come.
            models.CheckConstraint(condition=Q(amount__gte=0), name="fee_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.amount}"


class ReasonCode(models.Model):
    """A CARC by number with our own label, its usual cause and who works it. Not tenant data."""

    code = models.CharField(max_length=5, primary_key=True)
    label = models.CharField(max_length=160)
    category = models.CharField(max_length=40)
    subcategory = models.CharField(max_length=60, blank=True)
    routes_to_coder = models.BooleanField(default=False)
    owner_queue = models.CharField(max_length=40)
    default_action = models.CharField(max_length=200, blank=True)
    appealable = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class RemarkCode(models.Model):
    """A RARC by number with our own label; it sharpens the cause a CARC leaves open."""

    code = models.CharField(max_length=5, primary_key=True)
    label = models.CharField(max_length=160)
    category = models.CharField(max_length=40)
    routes_to_coder = models.BooleanField(default=False)
    owner_queue = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Treatment(OwnedByPractice):
    """How one payer's group and reason are to be taken when our default does not fit."""

    class Kind(models.TextChoices):
        CONTRACTUAL = "contractual", "Contractual"
        PATIENT = "patient", "Patient share"
        DENIAL = "denial", "Denial"
        NONE = "none", "No move"

    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="treatments", null=True, blank=True
    )
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        constraints = [
            # One answer per payer, group and reason.
            models.UniqueConstraint(
                fields=["practice", "payer", "group", "reason"],
                name="treatment_once",
                nulls_distinct=False,
            ),
            # Only what the payer left to the patient (PR) may become the patient's.
            models.CheckConstraint(
                condition=~Q(kind="patient") | Q(group="PR"), name="treatment_patient_is_pr"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}-{self.reason}: {self.kind}"


class Channel(OwnedByPractice):
    """A clearinghouse over SFTP. The password stays in the environment, under `secret_name`.

    An active channel is read. What is sent over it the routes say (payers.models.PayerRoute); a
    payer without any goes over the practice's only active channel, or over its default one.
    """

    name = models.CharField(max_length=60)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=22)
    host_key = models.CharField(max_length=1000, blank=True)
    username = models.CharField(max_length=60)
    secret_name = models.CharField(max_length=60)
    folder_out = models.CharField(max_length=200, default="inbound")
    folder_in = models.CharField(max_length=200, default="outbound")
    submitter_id = models.CharField(max_length=15)
    receiver_id = models.CharField(max_length=15)
    receiver_name = models.CharField(max_length=60)
    is_test = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="channel_name_once"),
            # A payer without routes has one way at most.
            models.UniqueConstraint(
                fields=["practice"], condition=Q(is_default=True), name="channel_default_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
