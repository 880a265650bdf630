"""Codes the text of a chart suggests, and what the coder decided on each."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models.encounters import Document, Encounter
from coding.rules.written_codes import dotted
from rcm.models import OwnedByPractice, User


class CodingSuggestion(OwnedByPractice):
    """One code with the words that suggest it. Offsets are characters of the document's text.

    `explanation` holds term, source, reason, gaps (kind, question, codes), hints, also (document,
    start, end, quote); for services units, modifiers, supports (codes of diagnoses) and ndc.
    Superseded: the code came onto the chart another way.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        SUPERSEDED = "superseded", "Coded by hand"

    class Kind(models.TextChoices):
        DIAGNOSIS = "diagnosis", "Diagnosis"
        PROCEDURE = "procedure", "Service"
        DRUG = "drug", "Drug"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="suggestions")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="suggestions")
    system = models.CharField(max_length=10)
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.CharField(max_length=500)
    explanation = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()
    score = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            # A code is suggested once, however often the chart is read. Its index is also the
            # list of a chart.
            models.UniqueConstraint(
                fields=["encounter", "system", "code"], name="suggestion_code_once"
            ),
            # Decided means when.
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="suggestion_decided_has_time",
            ),
            # Words have a beginning before their end.
            models.CheckConstraint(
                condition=Q(end__gt=models.F("start")), name="suggestion_words_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.dotted

    @property
    def dotted(self) -> str:
        """The code as people read it."""
        return dotted(self.code) if self.kind == self.Kind.DIAGNOSIS else self.code


class ChartReading(OwnedByPractice):
    """The chart was read for codes: which text (SHA-256 of its documents) by which dictionary.

    `withheld` lists what was found and must not be coded: quote, code, why, trigger. `visit_level`
    holds what the text says of the E/M level (coding.rules.em_level): problems, what was
    reviewed (data) and risk from 0 to 4, minutes, and why; `chosen_level` what the coder put in
    place of one.
    """

    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="reading")
    text_sha256 = models.CharField(max_length=64)
    dictionary = models.CharField(max_length=40)
    withheld = models.JSONField(default=list)
    visit_level = models.JSONField(default=dict, db_default={})
    chosen_level = models.JSONField(default=dict, db_default={})
    read_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.text_sha256
