"""Questions to the provider of a visit, and the practice's own templates for them."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThanOrEqual

from coding.models.encounters import Document, Encounter
from rcm.models import OwnedByPractice, Provider, User


class QueryKind(models.TextChoices):
    OPEN = "open", "Open question"
    MULTIPLE_CHOICE = "multiple_choice", "Multiple choice"
    YES_NO = "yes_no", "Yes or no"


class QueryPurpose(models.TextChoices):
    """What a yes/no query may be about; empty for the other kinds."""

    PRESENT_ON_ADMISSION = "present_on_admission", "Present on admission"
    DOCUMENTED = "documented", "Confirm a documented diagnosis"
    RELATIONSHIP = "relationship", "Cause of a documented condition"
    CONFLICT = "conflict", "Conflicting documentation"


class QueryTemplate(OwnedByPractice):
    """A practice's own wording, beside the built-in ones (coding.rules.query_templates).

    `options` are the clinical ones; "other" and "clinically undetermined" come by themselves.
    """

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=15, choices=QueryKind, default=QueryKind.OPEN)
    purpose = models.CharField(max_length=20, choices=QueryPurpose, blank=True)
    title = models.CharField(max_length=80)
    question = models.TextField(max_length=1000)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            # Two templates of one name could not be told apart in the list.
            models.UniqueConstraint(
                fields=["practice", "name"],
                condition=Q(retired_at__isnull=True),
                name="query_template_name_once",
            ),
            # A yes/no wording says what it may be used for, and no other does.
            models.CheckConstraint(
                condition=Q(kind="yes_no", purpose__in=QueryPurpose.values)
                | (Q(kind__in=["open", "multiple_choice"], purpose="")),
                name="query_template_purpose_of_yes_no",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProviderQuery(OwnedByPractice):
    """A question of a coder to a provider about one visit, asked once and answered once.

    `indicators` are quotes of the chart: document (id), start, end (characters of its text),
    quote. `options` is what the provider may choose, as shown. `answer_option` is one of them, or
    empty when an open question was answered in words. The answer is `addendum`, a signed document
    of the visit. `settled_at` is when it stopped waiting, whatever the reason.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="queries")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="queries")
    template = models.ForeignKey(
        QueryTemplate, on_delete=models.PROTECT, related_name="queries", null=True, blank=True
    )
    kind = models.CharField(max_length=15, choices=QueryKind)
    purpose = models.CharField(max_length=20, choices=QueryPurpose, blank=True)
    title = models.CharField(max_length=80)
    question = models.TextField()
    options = ArrayField(models.CharField(max_length=120))
    indicators = models.JSONField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="queries_asked")
    asked_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    answer_option = models.CharField(max_length=120, blank=True)
    answer_text = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="queries_answered", null=True, blank=True
    )
    addendum = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="answers", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "withdrawn", "expired"]),
                name="query_state_known",
            ),
            # What waits is not settled, and what is settled has its time.
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="query_settled_has_time",
            ),
            # An answer is signed by somebody and says something; nothing else has one.
            models.CheckConstraint(
                condition=(
                    Q(state="answered", answered_by__isnull=False, addendum__isnull=False)
                    & (~Q(answer_option="") | ~Q(answer_text=""))
                )
                | (
                    ~Q(state="answered")
                    & Q(answered_by__isnull=True, addendum__isnull=True)
                    & Q(answer_option="", answer_text="")
                ),
                name="query_answer_is_signed",
            ),
            # Yes or no is for four purposes only.
            models.CheckConstraint(
                condition=Q(kind="yes_no", purpose__in=QueryPurpose.values)
                | (Q(kind__in=["open", "multiple_choice"], purpose="")),
                name="query_purpose_of_yes_no",
            ),
            # Nobody is driven to an answer: there is always a way out.
            models.CheckConstraint(
                condition=Q(options__contains=["Clinically undetermined"])
                & (Q(kind="open") | Q(options__contains=["Other"])),
                name="query_leaves_a_way_out",
            ),
            # A question without an indicator of the chart leads.
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    models.Func(
                        models.F("indicators"),
                        function="jsonb_array_length",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="query_quotes_the_chart",
            ),
        ]
        indexes = [
            # The provider's inbox; overdue ones of the daily task.
            models.Index(
                fields=["practice", "provider", "due_on", "id"],
                condition=Q(state="open"),
                name="query_inbox",
            ),
            # The list of sent queries, newest first.
            models.Index(fields=["practice", "state", "-id"], name="query_sent"),
            # "Next chart": answers that came back to a coder.
            models.Index(
                fields=["practice", "asked_by", "settled_at"],
                condition=Q(state="answered"),
                name="query_back",
            ),
            # The figures of a period.
            models.Index(fields=["practice", "asked_at"], name="query_figures"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def quotes(self) -> list[dict[str, Any]]:
        """The indicators as pages print them."""
        return list(self.indicators)
