"""What we ask one payer for, how it was sent, and whether it was taken in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.files import InterchangeFile
from billing.rules.findings import BLOCKING
from billing.rules.splitting import STANDING
from coding.models import Charge, Encounter
from payers.models import Channel, Coverage, Payer, Rank, Transaction
from rcm.models import OwnedByPractice, Patient, Practice, User


class Claim(OwnedByPractice):
    """One claim to one payer (CLM). `status` is only the submission's progress.

    Paid, denied, owed by whom: computed from postings and denials, never stored. `content` is the
    whole claim as it will be sent (billing.rules.claim_content), so that later edits to a patient
    or a practice never change what was sent. `form` says by which guide: 837P or 837I. `replaces`
    links the versions of one claim, `follows` a later payer's claim to the one whose share it took
    over; both keep its `part` of the `parts` a visit too large for one claim became. Checks in
    `overridden_codes` no longer hold the claim: a person decided so.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        HELD = "held", "Held"
        READY = "ready", "Ready"
        SUBMITTED = "submitted", "Submitted"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        ADJUDICATED = "adjudicated", "Adjudicated"
        VOIDED = "voided", "Voided"
        CLOSED = "closed", "Closed"

    class Frequency(models.TextChoices):
        ORIGINAL = "1", "Original"
        REPLACEMENT = "7", "Replacement"
        VOID = "8", "Void"

    class Form(models.TextChoices):
        PROFESSIONAL = "professional", "Professional"
        INSTITUTIONAL = "institutional", "Institutional"

    # The indexes below begin with practice, patient and payer. A claim is updated with all of its
    # indexes whenever its status moves, so it has no more of them than are asked for.
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="claims")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    rank = models.CharField(max_length=1, choices=Rank, default=Rank.PRIMARY)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    frequency = models.CharField(max_length=1, choices=Frequency, default=Frequency.ORIGINAL)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="followed_by",
        null=True,
        blank=True,
        db_index=False,
    )
    form = models.CharField(
        max_length=13, choices=Form, default=Form.PROFESSIONAL, db_default=Form.PROFESSIONAL
    )
    part = models.PositiveSmallIntegerField(default=1, db_default=1)
    parts = models.PositiveSmallIntegerField(default=1, db_default=1)
    patient_control_number = models.CharField(max_length=20)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    date_of_service = models.DateField()
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2)
    content = models.JSONField()
    was_clean = models.BooleanField(null=True)
    overridden_codes = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    adjudicated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # The payer echoes it back as CLP01; it must mean one claim for ever.
            models.UniqueConstraint(
                fields=["practice", "patient_control_number"], name="claim_number_once"
            ),
            # One original claim per encounter, rank and part: nothing is billed twice.
            models.UniqueConstraint(
                fields=["encounter", "rank", "part"],
                condition=Q(replaces__isnull=True) & ~Q(status="voided"),
                name="claim_original_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        *("draft", "held", "ready", "submitted", "accepted"),
                        *("rejected", "adjudicated", "voided", "closed"),
                    ]
                ),
                name="claim_status_known",
            ),
            # Sent exactly when it says so.
            models.CheckConstraint(
                condition=Q(status__in=["draft", "held", "ready"], submitted_at__isnull=True)
                | Q(
                    status__in=["submitted", "accepted", "rejected", "adjudicated", "closed"],
                    submitted_at__isnull=False,
                )
                | Q(status="voided"),
                name="claim_submitted_has_time",
            ),
            # A replacement or void replaces something.
            models.CheckConstraint(
                condition=Q(frequency="1") | Q(replaces__isnull=False),
                name="claim_replacement_has_original",
            ),
            models.CheckConstraint(
                condition=Q(form__in=["professional", "institutional"]), name="claim_form_known"
            ),
            # Parts are counted from 1.
            models.CheckConstraint(
                condition=Q(part__gte=1, part__lte=models.F("parts")), name="claim_part_of_parts"
            ),
            # X12 R 2499: a claim is never negative.
            models.CheckConstraint(condition=Q(amount_billed__gte=0), name="claim_not_negative"),
        ]
        indexes = [
            # The claims list by status, newest service first.
            models.Index(
                fields=["practice", "status", "-date_of_service", "-id"], name="claim_list"
            ),
            models.Index(fields=["practice", "payer", "status"], name="claim_by_payer"),
            # Matching by the payer's own number.
            models.Index(
                fields=["practice", "payer_claim_control_number"],
                name="claim_by_payer_number",
                condition=~Q(payer_claim_control_number=""),
            ),
            # A patient's claims, and matching by patient, day and charge.
            models.Index(fields=["practice", "patient"], name="claim_of_patient"),
            models.Index(
                fields=["practice", "date_of_service", "amount_billed"], name="claim_by_day_charge"
            ),
        ]

    def __str__(self) -> str:
        return self.patient_control_number

    @property
    def guide(self) -> str:
        """The transaction that carries it, 837P or 837I (payers.models.Transaction)."""
        is_institutional = self.form == self.Form.INSTITUTIONAL
        return Transaction.INSTITUTIONAL if is_institutional else Transaction.PROFESSIONAL


class ServiceLine(OwnedByPractice):
    """One line of a claim (LX/SV1, LX/SV2). `line_control_number` comes back as REF*6R.

    A facility's line has a revenue code and may have no procedure. The line keeps all it was sent
    with; recoding may remove its charge, never the line.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(
        Charge, on_delete=models.SET_NULL, related_name="service_lines", null=True
    )
    position = models.PositiveSmallIntegerField()
    line_control_number = models.CharField(max_length=30)
    procedure_code = models.CharField(max_length=5)
    revenue_code = models.CharField(max_length=4, blank=True, default="", db_default="")
    label = models.CharField(max_length=160, blank=True)
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4)
    units = models.DecimalField(max_digits=8, decimal_places=2)
    pointers = ArrayField(models.PositiveSmallIntegerField(), default=list, size=4)
    date_of_service = models.DateField()
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="line_position_once"),
            models.UniqueConstraint(
                fields=["practice", "line_control_number"], name="line_number_once"
            ),
            models.CheckConstraint(condition=Q(amount_billed__gte=0), name="line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.line_control_number


class ClaimFinding(OwnedByPractice):
    """What the scrubber found on a claim, in the release it ran. Resolved ones are kept.

    `line` is the position of the service line it is about.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=300)
    element = models.CharField(max_length=40, blank=True)
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    fix = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100, blank=True)
    found_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The scrub worklist groups open findings by code.
            models.Index(
                fields=["practice", "code"],
                name="finding_open",
                condition=Q(resolved_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def is_overridable(self) -> bool:
        """May a person send the claim in spite of it?"""
        return self.severity == BLOCKING and self.code not in STANDING


class Batch(OwnedByPractice):
    """One 837 file: claims of one payer and form over one channel, in the outbox till `send_after`.

    `unknown` means the line broke while sending: a person or the clearinghouse's answer decides,
    it is never sent twice by itself. Interchange and group control numbers come from sequences.
    `payer_identifier` is the payer's id on this channel, written into every claim of the file
    (2010BB NM109); empty leaves the one of the claim. `was_unknown`: the receiver may have it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "In the outbox"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        REJECTED = "rejected", "Rejected"
        UNKNOWN = "unknown", "Outcome unknown"
        FAILED = "failed", "Not sent"
        PULLED_BACK = "pulled_back", "Pulled back"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="batches")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="batches")
    transaction = models.CharField(
        max_length=4, choices=Transaction, default=Transaction.PROFESSIONAL
    )
    payer_identifier = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    was_unknown = models.BooleanField(default=False)
    interchange_control_number = models.PositiveIntegerField()
    group_control_number = models.PositiveIntegerField()
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="batches", null=True, blank=True
    )
    claims_count = models.PositiveIntegerField(default=0)
    amount_billed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    send_after = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    interchange_code = models.CharField(max_length=1, blank=True)
    group_code = models.CharField(max_length=1, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    # The first 999, from which the payer's clock is learned.
    form_answered_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # A control number is never used twice.
            models.UniqueConstraint(
                fields=["practice", "interchange_control_number"], name="batch_control_number_once"
            ),
            # What the receiver may have keeps its claims: they must not go out by another batch.
            models.CheckConstraint(
                condition=Q(was_unknown=False) | ~Q(state__in=["failed", "pulled_back"]),
                name="batch_unknown_keeps_claims",
            ),
            # A file follows one guide.
        ]
        indexes = [
            models.Index(fields=["practice", "-id"], name="batch_newest"),
            # The outbox.
            models.Index(
                fields=["practice", "send_after"], name="batch_due", condition=Q(state="queued")
            ),
            # Batches whose form nobody has answered (999), for the clock of silence.
            models.Index(
                fields=["practice", "sent_at"],
                name="batch_form_silent",
                condition=Q(form_answered_at__isnull=True)
                & Q(state__in=["sent", "acknowledged", "unknown"]),
            ),
            # What a payer's last answers took, newest first.
            models.Index(
                fields=["practice", "payer", "-sent_at"],
                name="batch_form_answered",
                condition=Q(form_answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Batch {self.interchange_control_number}"


class Submission(OwnedByPractice):
    """One sending of one claim version in one batch. `scrub` is the last check before it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="submissions")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="submissions")
    scrub = models.ForeignKey(
        "billing.ClaimScrub",
        on_delete=models.PROTECT,
        related_name="submissions",
        null=True,
        db_index=False,
    )
    is_pulled_back = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # A claim is in a batch once.
            models.UniqueConstraint(fields=["claim", "batch"], name="submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} in {self.batch}"


class ClaimAcknowledgment(OwnedByPractice):
    """A 277CA status of one claim. Rejected is not denied: it never entered adjudication.

    `batch` is the sending it answers. `statuses` are all composites of all STC as [category, code,
    entity], `lines` those of 2220D with their line numbers; `answer_number` is ISA13/ST02 of the
    277CA, `reference` its BHT03.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="acknowledgments")
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="claim_acknowledgments"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="claim_acknowledgments", null=True, blank=True
    )
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=2)
    verdict = models.CharField(max_length=8, default="accepted")
    category = models.CharField(max_length=3)
    status_code = models.CharField(max_length=4, blank=True)
    entity = models.CharField(max_length=3, blank=True)
    message = models.CharField(max_length=264, blank=True)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    clearinghouse_number = models.CharField(max_length=50, blank=True)
    source_name = models.CharField(max_length=60, blank=True)
    statuses = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    effective_on = models.DateField(null=True, blank=True)
    answer_number = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=50, blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One row per statement of the file, however often it is read.
            models.UniqueConstraint(fields=["file", "position"], name="acknowledgment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.status_code}"

    @property
    def is_rejection(self) -> bool:
        return self.action == "U" or self.verdict == "rejected"
