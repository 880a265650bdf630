"""Adjudicated and not paid: whose fault, who works it, until when, how it ended."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models import Claim, RemittedClaim, RemittedLine, ServiceLine
from coding.models import CoderTask
from denials.rules.triage import cause_label
from payers.models import Payer
from rcm.models import OwnedByPractice, User

# Denial.WAITING, for conditions of indexes.
WAITS = Q(state__in=["open", "with_coder", "pended"])
# From here on the worklist calls one large.
LARGE = Decimal("500.01")


# Lists of those that wait: each order and each way to narrow it.
OF_THOSE_THAT_WAIT = [
    models.Index(
        fields=["practice", "assigned_to", "category", "due_on", "id"],
        name="denial_waiting_of_person",
        condition=WAITS,
    ),
    # Walls keep an amount from being looked up in an index (its comparison is not leakproof): the
    # condition is what narrows.
    models.Index(
        fields=["practice", "category", "due_on", "id"],
        name="denial_waiting_large",
        condition=WAITS & Q(amount__gte=LARGE),
    ),
    models.Index(fields=["practice", "amount"], name="denial_waiting_amount", condition=WAITS),
    # Worth most first.
    models.Index(
        fields=["practice", "-worth", "due_on", "id"], name="denial_waiting_best", condition=WAITS
    ),
]
WORTH_IS_SOMETHING = models.CheckConstraint(
    condition=Q(worth__gte=0), name="denial_worth_not_negative"
)


def person(related_name: str) -> "models.ForeignKey[Any]":
    """Somebody who did or has something, without an index of its own."""
    return models.ForeignKey(
        User, models.PROTECT, related_name=related_name, null=True, blank=True, db_index=False
    )


class Weighed(models.Model):
    """What a row is worth per minute of work (denials.actions.weighing).

    In dollars, of its best verb and which that is; nothing while too few like it have ended.
    """

    worth = models.DecimalField(max_digits=10, decimal_places=2, db_default=0)
    worth_verb = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        abstract = True


class Denial(OwnedByPractice, Weighed):
    """Work on one denied line, or on a claim denied as a whole (no line).

    The amount stays in the insurance receivable until somebody resolves it. One per remitted line.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WITH_CODER = "with_coder", "With coder"
        RESUBMITTED = "resubmitted", "Resubmitted"
        APPEALED = "appealed", "Appealed"
        PENDED = "pended", "Pended"
        RESOLVED = "resolved", "Resolved"

    class Resolution(models.TextChoices):
        PAID = "paid", "Paid"
        OVERTURNED = "overturned", "Paid after appeal"
        WRITTEN_OFF = "written_off", "Written off"
        PATIENT = "patient", "Moved to the patient"
        REVERSED = "reversed", "Payer reversed it"
        DENIED_AGAIN = "denied_again", "Denied again"
        TAKEN_BACK = "taken_back", "Posting taken back"

    # Neither ended nor asked for again: somebody on our side has to act.
    WAITING = (State.OPEN, State.WITH_CODER, State.PENDED)
    # The insurer owes nothing until somebody, we or the payer, decides it: worked as a denial.
    UNDECIDED = (*WAITING, State.APPEALED)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="denials")
    service_line = models.ForeignKey(
        ServiceLine, on_delete=models.PROTECT, related_name="denials", null=True
    )
    remitted_claim = models.ForeignKey(RemittedClaim, models.PROTECT, related_name="denials")
    remitted_line = models.OneToOneField(
        RemittedLine, on_delete=models.PROTECT, related_name="denial", null=True
    )
    # Payers and people have too many denials each for an index of theirs alone to narrow a list.
    payer = models.ForeignKey(Payer, models.PROTECT, related_name="denials", db_index=False)
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    remarks = ArrayField(models.CharField(max_length=10), default=list)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    category = models.CharField(max_length=40)
    owner_queue = models.CharField(max_length=40)
    # Why this cause, in plain words.
    why = models.CharField(max_length=500, blank=True, db_default="")
    # A posting rule named this team: it owns the denial whatever its cause.
    team = models.CharField(max_length=40, blank=True, db_default="")
    cause_set_by = person("+")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    denied_on = models.DateField()
    due_on = models.DateField()
    pended_until = models.DateField(null=True, blank=True)
    pend_reason = models.CharField(max_length=200, blank=True)
    assigned_to = person("denials")
    # One task for all lines of a claim that were denied for the same cause.
    coder_task = models.ForeignKey(
        CoderTask,
        on_delete=models.PROTECT,
        related_name="denials",
        related_query_name="denial",
        null=True,
        blank=True,
    )
    corrected_claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="corrects_denials", null=True, blank=True
    )
    resolution = models.CharField(max_length=12, choices=Resolution, blank=True)
    resolution_note = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = person("+")

    class Meta:
        constraints = [
            # A claim denied as a whole is one denial per statement of the payer.
            models.UniqueConstraint(
                fields=["remitted_claim"],
                condition=Q(remitted_line__isnull=True),
                name="denial_of_claim_once",
            ),
            # Resolved says how and when.
            models.CheckConstraint(
                condition=(Q(state="resolved", resolved_at__isnull=False) & ~Q(resolution=""))
                | (~Q(state="resolved") & Q(resolved_at__isnull=True, resolution="")),
                name="denial_resolved_says_how",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="denial_amount_positive"),
            WORTH_IS_SOMETHING,
            models.CheckConstraint(
                condition=Q(state__in=["open", "with_coder", "resubmitted", "appealed"])
                | Q(state__in=["pended", "resolved"]),
                name="denial_state_known",
            ),
        ]
        indexes = [
            # The worklist, next deadline first.
            models.Index(fields=["practice", "state", "due_on", "id"], name="denial_worklist"),
            # The list of one state in its order: by cause, then by deadline.
            models.Index(
                fields=["practice", "state", "category", "due_on", "id"], name="denial_by_cause"
            ),
            # The list of all that wait for us, in the same order.
            models.Index(
                fields=["practice", "category", "due_on", "id"],
                name="denial_waiting_by_cause",
                condition=WAITS,
            ),
            # Groups of cause, payer and code with their sums, from the index alone; and one group.
            models.Index(
                fields=["practice", "state", "category", "payer", "group", "reason"],
                include=["amount"],
                name="denial_groups",
            ),
            *OF_THOSE_THAT_WAIT,
            models.Index(fields=["practice", "claim"], name="denial_of_claim"),
            # Which denials of a year are alike (denials.learning).
            models.Index(fields=["practice", "denied_on"], name="denial_by_day"),
            # An override decides the open ones of its reason anew.
            models.Index(
                fields=["practice", "reason"], name="denial_open_reason", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}-{self.reason} {self.amount}"

    @property
    def cause(self) -> str:
        """The category in words: "Timely filing"."""
        return cause_label(self.category)

    @property
    def case(self) -> str:
        """The same for all lines of one answer of the payer denied with the same code."""
        return f"{self.claim_id}:{self.remitted_claim_id}:{self.code}"

    @property
    def code(self) -> str:
        return f"{self.group}-{self.reason}"
