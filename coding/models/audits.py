"""Second-level review of coded charts: what was drawn, how it was judged, what the coder said."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from coding.models.encounters import Encounter
from coding.models.tasks import CoderTask
from coding.rules.audit_scores import ChartScore, Count
from coding.rules.written_codes import dotted
from rcm.models import OwnedByPractice, User


class CodingAudit(OwnedByPractice):
    """A sample of coded charts looked at again. Drawn when it is opened; until then a draft.

    `seed` makes the sample repeatable, `pool_count` is how many charts it was drawn from. For new
    coders `size` is charts a week and coder, else charts in all. `weights` are those of its scores.
    """

    class Method(models.TextChoices):
        RANDOM = "random", "Random"
        HIGH_RISK = "high_risk", "High risk"
        NEW_CODER = "new_coder", "New coders"
        MANUAL = "manual", "Chosen charts"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    name = models.CharField(max_length=80)
    auditor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="audits")
    method = models.CharField(max_length=10, choices=Method)
    numbers = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    size = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    target_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(95))
    is_blind = models.BooleanField(default=False)
    coded_from = models.DateField()
    coded_to = models.DateField()
    coder = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    pool_count = models.PositiveIntegerField(null=True, blank=True)
    weights = models.JSONField(default=dict)
    lesson = models.TextField(blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=["random", "high_risk", "new_coder", "manual"]),
                name="audit_method_known",
            ),
            models.CheckConstraint(condition=Q(name__gt=""), name="audit_named"),
            models.CheckConstraint(
                condition=Q(coded_to__gte=F("coded_from")), name="audit_days_in_order"
            ),
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=500), name="audit_size_fits"),
            models.CheckConstraint(
                condition=Q(target_percent__gte=0, target_percent__lte=100),
                name="audit_target_percent",
            ),
            # Opened and closed mean when, and a pool was counted when charts were drawn.
            models.CheckConstraint(
                condition=Q(
                    state="draft",
                    opened_at__isnull=True,
                    closed_at__isnull=True,
                    pool_count__isnull=True,
                )
                | Q(
                    state="open",
                    opened_at__isnull=False,
                    closed_at__isnull=True,
                    pool_count__isnull=False,
                )
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="audit_state_has_time",
            ),
        ]
        indexes = [
            # The list of audits, newest first.
            models.Index(fields=["practice", "state", "-id"], name="audit_list"),
        ]

    def __str__(self) -> str:
        return self.name


class AuditChart(OwnedByPractice):
    """A chart in an audit as it was coded when it was drawn, and how many of its lines were right.

    `snapshot` is {"diagnoses": [[code, label]], "lines": [[code, label, [modifiers], units,
    [diagnoses pointed to]]]}. `own_codes` is what the auditor typed in a blind audit. The counts
    are set when it is reviewed and again when a dispute is decided.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "To review"
        REVIEWED = "reviewed", "With coder"
        DISPUTED = "disputed", "Disputed"
        SETTLED = "settled", "Settled"

    audit = models.ForeignKey(CodingAudit, on_delete=models.PROTECT, related_name="charts")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="audit_charts")
    coder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="audited_charts")
    position = models.PositiveSmallIntegerField()
    risks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    snapshot = models.JSONField()
    own_codes = models.CharField(max_length=400, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    was_seen_before = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    lesson = models.CharField(max_length=500, blank=True)
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    task = models.OneToOneField(
        CoderTask, on_delete=models.PROTECT, related_name="audit_chart", null=True, blank=True
    )
    dx_right = models.PositiveSmallIntegerField(default=0)
    dx_total = models.PositiveSmallIntegerField(default=0)
    procedure_right = models.PositiveSmallIntegerField(default=0)
    procedure_total = models.PositiveSmallIntegerField(default=0)
    modifier_right = models.PositiveSmallIntegerField(default=0)
    modifier_total = models.PositiveSmallIntegerField(default=0)
    right = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit", "encounter"], name="audit_chart_once"),
            models.UniqueConstraint(fields=["audit", "position"], name="audit_chart_position_once"),
            # Reviewed means by whom and when; settled means when.
            models.CheckConstraint(
                condition=Q(state="waiting", reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(
                    state__in=["reviewed", "disputed", "settled"],
                    reviewed_at__isnull=False,
                    reviewed_by__isnull=False,
                ),
                name="audit_chart_reviewed_by",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False)
                | (~Q(state="settled") & Q(settled_at__isnull=True)),
                name="audit_chart_settled_has_time",
            ),
            # Nobody judges their own coding.
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("coder")),
                name="audit_chart_not_own",
            ),
            models.CheckConstraint(
                condition=Q(dx_right__lte=F("dx_total"))
                & Q(procedure_right__lte=F("procedure_total"))
                & Q(modifier_right__lte=F("modifier_total"))
                & Q(right__lte=F("total")),
                name="audit_chart_counts",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="audit_chart_score_percent",
            ),
        ]
        indexes = [
            # "My audits" of a coder, and a coder's trend.
            models.Index(fields=["practice", "coder", "reviewed_at"], name="audit_chart_of_coder"),
            # Which charts were drawn before.
            models.Index(fields=["practice", "encounter"], name="audit_chart_drawn"),
        ]

    def __str__(self) -> str:
        return f"{self.audit_id}/{self.position}"

    @property
    def is_hidden(self) -> bool:
        """Must the coder's codes still be hidden from the auditor?"""
        return self.audit.is_blind and self.compared_at is None

    @property
    def shown_risks(self) -> list[str]:
        """Why it was drawn; nothing while it is hidden, because a reason tells what was coded."""
        return [] if self.is_hidden else self.risks

    @property
    def counts(self) -> ChartScore:
        return ChartScore(
            dx=Count(self.dx_right, self.dx_total),
            procedure=Count(self.procedure_right, self.procedure_total),
            modifier=Count(self.modifier_right, self.modifier_total),
            every=Count(self.right, self.total),
            overall=self.score,
        )


class AuditLine(OwnedByPractice):
    """One judged statement of a chart: the coder's value, the auditor's, and what follows."""

    class Kind(models.TextChoices):
        DX = "dx", "Diagnosis"
        PROCEDURE = "procedure", "Procedure"
        EM = "em", "E/M"
        MODIFIER = "modifier", "Modifier"
        UNITS = "units", "Units"
        POINTER = "pointer", "Pointers"

    class Verdict(models.TextChoices):
        OPEN = "", "Not judged"
        AGREE = "agree", "Agree"
        DISAGREE = "disagree", "Disagree"
        MISSED = "missed", "Missed"
        ADDED = "added", "Not supported"

    class Reason(models.TextChoices):
        NONE = "", "–"
        NOT_DOCUMENTED = "not_documented", "Not documented"
        NOT_SPECIFIC = "not_specific", "More specific code documented"
        WRONG_CODE = "wrong_code", "Another code is right"
        LEVEL = "level", "Level of the visit not met"
        BUNDLED = "bundled", "Part of another service"
        SEQUENCE = "sequence", "Order or pointers"
        GUIDELINE = "guideline", "Coding guideline"
        OVERLOOKED = "overlooked", "Documented, not coded"
        UNITS = "units", "Units or waste"

    class Severity(models.TextChoices):
        NONE = "", "–"
        EDUCATION = "education", "Education only"
        MINOR = "minor", "Minor"
        MAJOR = "major", "Major"

    class Effect(models.TextChoices):
        NONE = "none", "None"
        OVER = "over_coded", "Over-coded"
        UNDER = "under_coded", "Under-coded"

    class Answer(models.TextChoices):
        NONE = "", "Not answered"
        ACCEPTED = "accepted", "Accepted"
        DISPUTED = "disputed", "Disputed"

    class Outcome(models.TextChoices):
        NONE = "", "Not decided"
        STANDS = "stands", "Finding stands"
        OVERTURNED = "overturned", "Coder was right"

    chart = models.ForeignKey(AuditChart, on_delete=models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField()
    position = models.CharField(max_length=3)
    kind = models.CharField(max_length=9, choices=Kind)
    coder_value = models.CharField(max_length=60, blank=True)
    auditor_value = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    reason = models.CharField(max_length=15, choices=Reason, blank=True, default="")
    severity = models.CharField(max_length=9, choices=Severity, blank=True, default="")
    effect = models.CharField(max_length=11, choices=Effect, default=Effect.NONE)
    note = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default="")
    answer_words = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    outcome_words = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["chart", "order"], name="audit_line_order_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["dx", "procedure", "em", "modifier", "units", "pointer"]),
                name="audit_line_kind_known",
            ),
            # A verdict says what the two values say.
            models.CheckConstraint(
                condition=Q(verdict="")
                | Q(verdict="agree", auditor_value=F("coder_value"))
                | (
                    Q(verdict="disagree", coder_value__gt="", auditor_value__gt="")
                    & ~Q(auditor_value=F("coder_value"))
                )
                | Q(verdict="missed", coder_value="", auditor_value__gt="")
                | Q(verdict="added", coder_value__gt="", auditor_value=""),
                name="audit_line_verdict_of_values",
            ),
            # Only a finding is answered, and a dispute says why.
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (
                    Q(verdict__in=["disagree", "missed", "added"], answered_at__isnull=False)
                    & (Q(answer="accepted") | Q(answer="disputed", answer_words__gt=""))
                ),
                name="audit_line_answer_of_finding",
            ),
            # Only a dispute is decided, by somebody, in words.
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    outcome__in=["stands", "overturned"],
                    answer="disputed",
                    outcome_words__gt="",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="audit_line_outcome_of_dispute",
            ),
        ]
        indexes = [
            # Which errors are made most, newest charts first.
            models.Index(
                fields=["practice", "kind", "reason"],
                name="audit_line_errors",
                condition=Q(verdict__in=["disagree", "missed", "added"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    @property
    def is_finding(self) -> bool:
        return self.verdict not in ("", "agree")

    @property
    def shown_coder(self) -> str:
        return self.shown(self.coder_value)

    @property
    def shown_auditor(self) -> str:
        return self.shown(self.auditor_value)

    def shown(self, value: str) -> str:
        """A diagnosis with its dot; anything else as it is."""
        return dotted(value) if self.kind == self.Kind.DX else value
