"""Open insurance balances as work: who follows up, when next, and every touch of it."""

from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Coalesce, Least, Now

from billing.models import Claim
from billing.rules.next_party import RECEIVABLES
from denials.rules.follow_up import OUTCOMES
from payers.models import Payer
from rcm.models import OwnedByPractice, Practice, Provider, ServiceLocation, User


def plain_key(to: Any, **options: Any) -> models.ForeignKey[Any]:
    """A reference without an index of its own: it is looked up by none, or by one below."""
    return models.ForeignKey(
        to, on_delete=models.PROTECT, related_name="+", db_index=False, **options
    )


# Of a clock only what was not reached yet at the last touch counts.
BELL = Case(
    When(Q(touched_on__isnull=True) | Q(touched_on__lt=F("clock_on")), then=F("clock_on")),
    output_field=models.DateField(null=True),
)
AFTER_PROMISE = ExpressionWrapper(
    F("promised_on") + Value(1), output_field=models.DateField(null=True)
)
# denials.rules.follow_up.due_day, in the database.
DUE_ON = Case(
    When(changed_at__gt=F("touched_at"), then=F("date_of_service")),
    default=Coalesce(Least(F("next_on"), AFTER_PROMISE, BELL), F("date_of_service")),
    output_field=models.DateField(),
)


class FollowUp(OwnedByPractice):
    """What one insurer owes of one claim, and the work on it.

    A trigger on the ledger writes a row in the same statement as the moves (migration): `balance`
    always is the sum of the moves of `claim` and `account`, below zero where it is a credit. The
    payer is the claim's, or for the account of another rank the coverage's of that rank on the
    day of service; empty when none is known. `clock_on` is set by the night and by answers.
    """

    practice = plain_key(Practice)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="follow_ups", db_index=False
    )
    account = models.CharField(max_length=22)
    payer = plain_key(Payer, null=True)
    provider = plain_key(Provider, null=True)
    location = plain_key(ServiceLocation, null=True)
    date_of_service = models.DateField()
    balance = models.DecimalField(max_digits=14, decimal_places=2)
    # Cents expected of it times its days, which orders the list: the night sets it for all, a move
    # changes it with the balance (denials.actions.follow_up_refresh).
    weight = models.BigIntegerField(db_default=0)
    owner = plain_key(User, null=True)
    next_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    clock_on = models.DateField(null=True)
    # The payer last moved or answered it; somebody last touched it.
    changed_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)
    touched_on = models.DateField(null=True)
    last_touch = plain_key("FollowUpTouch", null=True)
    escalated_by = plain_key(User, null=True)
    escalated_at = models.DateTimeField(null=True)
    escalation_reason = models.CharField(max_length=200, db_default="", default="")
    due_on = models.GeneratedField(
        expression=DUE_ON, output_field=models.DateField(), db_persist=True
    )

    class Meta:
        constraints = [
            # One balance per claim and account; also how a claim's work is found.
            models.UniqueConstraint(fields=["claim", "account"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(account__in=sorted(RECEIVABLES.values())),
                name="follow_up_of_insurance",
            ),
            # Escalated says by whom, when and why.
            models.CheckConstraint(
                condition=Q(escalated_at__isnull=True, escalated_by__isnull=True)
                & Q(escalation_reason="")
                | Q(escalated_at__isnull=False, escalated_by__isnull=False)
                & ~Q(escalation_reason=""),
                name="follow_up_escalated_whole",
            ),
            # Touched says when, on which day and how.
            models.CheckConstraint(
                condition=Q(touched_at__isnull=True, touched_on__isnull=True)
                & Q(last_touch__isnull=True)
                | Q(touched_at__isnull=False, touched_on__isnull=False)
                & Q(last_touch__isnull=False),
                name="follow_up_touched_whole",
            ),
        ]
        indexes = [
            # The aging matrix and its cells; it holds all the matrix needs.
            models.Index(
                fields=["practice", "payer", "date_of_service"],
                include=["balance", "provider", "location"],
                name="follow_up_aging",
                condition=~Q(balance=0),
            ),
            # What is due, and its count in the sidebar.
            models.Index(
                fields=["practice", "due_on"], name="follow_up_due", condition=Q(balance__gt=0)
            ),
            # The list in its order.
            models.Index(
                fields=["practice", "-weight", "id"],
                name="follow_up_heaviest",
                condition=Q(balance__gt=0),
            ),
            # One person's work.
            models.Index(
                fields=["practice", "owner", "due_on"],
                name="follow_up_of_owner",
                condition=Q(owner__isnull=False, balance__gt=0),
            ),
            # What rests until a day somebody named.
            models.Index(
                fields=["practice", "next_on"],
                name="follow_up_snoozed",
                condition=Q(next_on__isnull=False, balance__gt=0),
            ),
            # Promised days that have passed, and what waits for a lead.
            models.Index(
                fields=["practice", "promised_on"],
                name="follow_up_promised",
                condition=Q(promised_on__isnull=False, balance__gt=0),
            ),
            models.Index(
                fields=["practice", "escalated_at"],
                name="follow_up_escalated",
                condition=Q(escalated_at__isnull=False, balance__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.account}"

    @property
    def is_own(self) -> bool:
        """Does the claim's own payer owe it?"""
        return self.account == RECEIVABLES[self.claim.rank]

    @property
    def is_changed(self) -> bool:
        """Did the payer move or answer it after the last touch?"""
        return bool(self.touched_at and self.changed_at and self.changed_at > self.touched_at)


class FollowUpTouch(OwnedByPractice):
    """One act of a person on one balance. The database refuses to change one.

    `act` is the same for everything done at once: one call for many claims. `before` are the dates,
    the owner and the escalation as they were (ids and days), for the undo; `undoes` the touch that
    was taken back.
    """

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        SNOOZE = "snooze", "Snoozed"
        ESCALATION = "escalation", "Escalated"
        RETURN = "return", "Given back"
        ASSIGNMENT = "assignment", "Assigned"
        INQUIRY = "inquiry", "Status asked"
        UNDO = "undo", "Taken back"

    OUTCOMES = [(key, label) for key, (label, _) in OUTCOMES.items()]

    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, related_name="touches", db_index=False
    )
    act = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    outcome = models.CharField(max_length=20, choices=OUTCOMES, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=50, blank=True)
    promised_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    note = models.CharField(max_length=300, blank=True)
    owner = plain_key(User, null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    before = models.JSONField()
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="undone_by", null=True
    )
    created_by = plain_key(User)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["call", "snooze", "escalation", "return", "assignment"])
                | Q(kind__in=["inquiry", "undo"]),
                name="touch_kind_known",
            ),
            # A call says what came of it, and only a call does.
            models.CheckConstraint(
                condition=Q(kind="call", outcome__in=sorted(OUTCOMES))
                | ~Q(kind="call") & Q(outcome="", answered_by="", promised_on__isnull=True),
                name="touch_call_has_outcome",
            ),
            # What leaves the list says until when.
            models.CheckConstraint(
                condition=Q(next_on__isnull=False) | ~Q(kind__in=["call", "snooze", "inquiry"]),
                name="touch_rest_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(kind="escalation") | ~Q(note=""), name="touch_escalation_says_why"
            ),
            # An undo undoes something.
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False)
                | ~Q(kind="undo") & Q(undoes__isnull=True),
                name="touch_undo_undoes",
            ),
        ]
        indexes = [
            # The history of one balance, newest first.
            models.Index(fields=["follow_up", "-id"], name="touch_of_follow_up"),
            # What was done at once.
            models.Index(fields=["practice", "act"], name="touch_of_act"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """What was done, in a word or two: "In process"."""
        return self.get_outcome_display() if self.outcome else self.get_kind_display()


class PayerPattern(OwnedByPractice):
    """How long a payer takes from submission to its first decision, and what it pays; by night.

    `answers`: decisions of the last year. `paid_share`: paid of what was billed, 0 to 1.
    `past_slow`: claims with the payer on that night for longer than `slow_days`, the 90th
    percentile, and their dollars.
    """

    payer = models.OneToOneField(
        Payer, on_delete=models.PROTECT, related_name="payment_pattern", db_index=False
    )
    answers = models.PositiveIntegerField()
    median_days = models.PositiveIntegerField()
    slow_days = models.PositiveIntegerField()
    paid_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    past_slow = models.PositiveIntegerField(default=0)
    past_slow_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slow_days__gte=F("median_days")), name="payer_pattern_slow_is_later"
            ),
            models.CheckConstraint(
                condition=Q(paid_share__isnull=True) | Q(paid_share__range=(0, 1)),
                name="payer_pattern_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id}: {self.median_days} days"
