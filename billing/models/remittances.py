"""Exactly what a payer said of one payment. Recorded once, never interpreted, never edited."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from billing.models.claims import Claim, ServiceLine
from billing.models.fields import trace_key_field
from billing.models.files import InterchangeFile
from billing.models.policies import PostingRule
from payers.models import Payer
from rcm.models import OwnedByPractice, Practice, User


def bulk_key(
    to: type[models.Model], related_name: str, *, db_index: bool = False, **options: Any
) -> models.ForeignKey:
    """A key of rows that arrive by the hundred thousand.

    PostgreSQL checks a foreign key row by row, which was a quarter of what posting costs. These are
    checked once per statement by a trigger instead, and more strictly: the row referred to must be
    of the same practice (migration 0006).
    """
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        related_name=related_name,
        db_constraint=False,
        db_index=db_index,
        **options,
    )


class Remittance(OwnedByPractice):
    """One payment: one check or EFT (BPR, TRN). Amounts as the payer stated them.

    `held` carries its reason; nothing of a held remittance reaches the ledger. `differences` lists
    the equations that do not hold. `details` keeps every further REF, address and contact.
    A payer may state one payment in several transactions: `copy_number` counts the remittances of
    one payer, trace number and day, `amount_elsewhere` is what of `amount_paid` an earlier one of
    them deposited. A manual one was keyed from paper and has no file.
    """

    class Source(models.TextChoices):
        FILE = "835", "835"
        MANUAL = "manual", "Keyed by hand"

    class State(models.TextChoices):
        RECORDED = "recorded", "Recorded"
        HELD = "held", "Held"
        READY = "ready", "Ready to post"
        PARTLY_POSTED = "partly_posted", "Partly posted"
        POSTED = "posted", "Posted"
        REPLACED = "replaced", "Replaced"

    source = models.CharField(max_length=6, choices=Source, default=Source.FILE)
    file = models.ForeignKey(
        InterchangeFile,
        on_delete=models.PROTECT,
        related_name="remittances",
        null=True,
        blank=True,
    )
    transaction_number = models.CharField(max_length=12, blank=True)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="remittances", null=True, blank=True
    )
    payer_name = models.CharField(max_length=60, blank=True)
    payer_identifier = models.CharField(max_length=10)
    payee_identifier = models.CharField(max_length=80, blank=True)
    trace_number = models.CharField(max_length=50)
    trace_key = trace_key_field()
    method = models.CharField(max_length=3, blank=True)
    paid_on = models.DateField()
    copy_number = models.PositiveSmallIntegerField(default=1)
    amount_paid = models.DecimalField(max_digits=14, decimal_places=2)
    amount_elsewhere = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount_claims = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount_provider_adjustments = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    claims_count = models.PositiveIntegerField(default=0)
    lines_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=14, choices=State, default=State.RECORDED)
    hold_code = models.CharField(max_length=40, blank=True)
    hold_message = models.CharField(max_length=300, blank=True)
    differences = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    posting_round = models.PositiveSmallIntegerField(default=0)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replaces", null=True, blank=True
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two readers of one payment meet here: the second looks at what the first recorded.
            models.UniqueConstraint(
                fields=["practice", "payer_identifier", "trace_number", "paid_on", "copy_number"],
                name="remittance_copy_once",
            ),
            # What came from a payer has its file, what a person keyed has none.
            models.CheckConstraint(
                condition=models.Q(source="835", file__isnull=False)
                | models.Q(source="manual", file__isnull=True),
                name="remittance_source_has_file",
            ),
            # Replaced says by what.
            models.CheckConstraint(
                condition=~models.Q(state="replaced") | models.Q(replaced_by__isnull=False),
                name="remittance_replaced_by_something",
            ),
            # Held says why.
            models.CheckConstraint(
                condition=~models.Q(state="held") | ~models.Q(hold_message=""),
                name="remittance_hold_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "-id"], name="remittance_newest"),
            # Which payment does a bank line name?
            models.Index(fields=["practice", "trace_key"], name="remittance_trace_key"),
            # What waits for a person, counted beside every page.
            models.Index(
                fields=["practice", "state"],
                name="remittance_waiting",
                condition=models.Q(state__in=["held", "ready", "partly_posted"]),
            ),
            # The sweep posts what is ready.
            models.Index(
                fields=["practice", "id"],
                name="remittance_ready",
                condition=models.Q(state__in=["recorded", "ready"]),
            ),
        ]

    def __str__(self) -> str:
        return self.trace_number


class RemittanceCopy(OwnedByPractice):
    """A transaction that says again, in full or in part, what a remittance already said.

    `known_count` of its `claims_count` claims (and provider adjustments) had been recorded before.
    """

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", "Duplicate"
        ADDITION = "addition", "Repeats and adds"
        PART = "part", "Further part"
        NEW_VERSION = "new_version", "New version"

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="copies")
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="remittance_copies"
    )
    transaction_number = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    claims_count = models.PositiveIntegerField()
    known_count = models.PositiveIntegerField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # A repeated transaction does not know more than it says.
            models.CheckConstraint(
                condition=models.Q(known_count__lte=models.F("claims_count")),
                name="remittance_copy_known_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.remittance_id}"


class RemittedClaim(OwnedByPractice):
    """What the payer says of one claim (CLP, loop 2100).

    `details` keeps names, REF, DTM, AMT, QTY, MIA and MOA. `claim` is our match; `match_method`
    says how it was found, `match_score` how well in percent when it was not by a number.
    `exception` says in one sentence why it waits for a person, `exception_code` the same for
    programs, `held_by_rule` which posting rule wants it so. A posted reversal (22) `reverses` the
    payment it took back. `posting_round` counts how often its posting was taken back; `is_released`
    means a person wants it posted in spite.
    """

    class State(models.TextChoices):
        RECORDED = "recorded", "Recorded"
        MATCHED = "matched", "Matched"
        UNMATCHED = "unmatched", "Not matched"
        POSTED = "posted", "Posted"

    practice = bulk_key(Practice, "+")
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    position = models.PositiveIntegerField()
    patient_control_number = models.CharField(max_length=38)
    status_code = models.CharField(max_length=2)
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2)
    amount_paid = models.DecimalField(max_digits=12, decimal_places=2)
    amount_patient = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    filing_indicator = models.CharField(max_length=2, blank=True)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    patient_last_name = models.CharField(max_length=60, blank=True)
    patient_first_name = models.CharField(max_length=35, blank=True)
    member_id = models.CharField(max_length=80, blank=True)
    remarks = ArrayField(models.CharField(max_length=10), default=list)
    details = models.JSONField(default=dict)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="remitted", null=True, blank=True
    )
    match_method = models.CharField(max_length=20, blank=True)
    match_score = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECORDED)
    exception_code = models.CharField(max_length=30, blank=True, db_default="")
    exception = models.CharField(max_length=300, blank=True)
    held_by_rule = models.ForeignKey(
        PostingRule,
        on_delete=models.PROTECT,
        related_name="holds",
        null=True,
        blank=True,
        db_index=False,
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="reversed_by",
        null=True,
        blank=True,
        db_index=False,
    )
    posting_round = models.PositiveSmallIntegerField(db_default=0)
    is_released = models.BooleanField(db_default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            # A payment is taken back once.
            models.UniqueConstraint(
                fields=["reverses"],
                name="remitted_claim_reversed_once",
                condition=models.Q(reverses__isnull=False),
            ),
            # Every CLP of a remittance has its ordinal; reading twice adds nothing.
            models.UniqueConstraint(
                fields=["remittance", "position"], name="remitted_claim_position_once"
            ),
        ]
        indexes = [
            # Matching by claim number, and the claim's history.
            models.Index(
                fields=["practice", "patient_control_number"], name="remitted_claim_number"
            ),
            # What waits for a person: few of many.
            models.Index(
                fields=["practice", "remittance"],
                name="remitted_claim_waiting",
                condition=~models.Q(exception=""),
            ),
            # What a rule holds.
            models.Index(
                fields=["held_by_rule"],
                name="remitted_claim_held_by",
                condition=models.Q(held_by_rule__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.patient_control_number

    @property
    def is_reversal(self) -> bool:
        """CLP02 22: all amounts negated, un-posts an earlier one."""
        return self.status_code == "22"


class RemittedLine(OwnedByPractice):
    """What the payer says of one line (SVC, loop 2110)."""

    practice = bulk_key(Practice, "+")
    remittance = bulk_key(Remittance, "lines")
    remitted_claim = bulk_key(RemittedClaim, "lines")
    position = models.PositiveSmallIntegerField()
    qualifier = models.CharField(max_length=2)
    procedure_code = models.CharField(max_length=48)
    modifiers = ArrayField(models.CharField(max_length=2), default=list)
    submitted_code = models.CharField(max_length=48, blank=True)
    revenue_code = models.CharField(max_length=4, blank=True)
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2)
    amount_paid = models.DecimalField(max_digits=12, decimal_places=2)
    amount_allowed = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    units_paid = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    line_control_number = models.CharField(max_length=50, blank=True)
    date_of_service = models.DateField(null=True)
    remarks = ArrayField(models.CharField(max_length=10), default=list)
    details = models.JSONField(default=dict)
    service_line = bulk_key(ServiceLine, "remitted", null=True, blank=True, db_index=True)
    match_method = models.CharField(max_length=20, blank=True, db_default="")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remitted_claim", "position"], name="remitted_line_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.amount_paid}"


class Adjustment(OwnedByPractice):
    """One CAS triplet, of a line or (without `remitted_line`) of the claim."""

    practice = bulk_key(Practice, "+")
    remittance = bulk_key(Remittance, "adjustments")
    remitted_claim = bulk_key(RemittedClaim, "adjustments", db_index=True)
    remitted_line = bulk_key(RemittedLine, "adjustments", null=True, db_index=True)
    position = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    quantity = models.DecimalField(max_digits=15, decimal_places=3, null=True)

    class Meta:
        ordering = ["remitted_line_id", "position"]
        indexes = [
            # A remittance's adjustments, claim by claim.
            models.Index(fields=["remittance", "remitted_claim"], name="adjustment_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.group}-{self.reason} {self.amount}"


class ProviderAdjustment(OwnedByPractice):
    """One PLB pair: positive reduces the payment, negative increases it.

    `claim` and `refers_to` are what its reference (PLB03-2) names of ours; found after posting,
    when `looked_at` is set. What is open of it follows from its links (billing.models.offsets).
    """

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="provider_adjustments"
    )
    position = models.PositiveSmallIntegerField()
    provider_identifier = models.CharField(max_length=50)
    fiscal_period_end = models.DateField(null=True)
    code = models.CharField(max_length=2)
    reference = models.CharField(max_length=50, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="provider_adjustments", null=True, blank=True
    )
    refers_to = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="referred_by", null=True, blank=True
    )
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "position"], name="provider_adjustment_position_once"
            ),
        ]
        indexes = [
            # The sweep looks for what was not looked at after posting.
            models.Index(
                fields=["practice", "remittance"],
                name="provider_adjustment_fresh",
                condition=models.Q(looked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"
