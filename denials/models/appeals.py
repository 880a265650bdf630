"""Appeals: what was argued at which level, how it was sent, what the payer decided."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models import Claim, RemittedClaim
from denials.models.appeal_templates import AppealTemplate
from denials.models.denials import Denial
from denials.rules.appeals import ITEMS, KINDS, level_words
from payers.models import Payer
from rcm.models import OwnedByPractice, User


class Appeal(OwnedByPractice):
    """One appeal of a denial's case at one level; its lines are in AppealLine.

    `body` is the letter with its merge fields, `sent_letter` the words that left. `version` guards
    against two people saving over each other. `deadline` and `last_safe_day` are those of the
    level when it was opened. `follow_up_on` is when somebody asks for a decision or the payment.
    `decided_on` is the day of the payer's notice: the next level counts from it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        READY = "ready", "Ready"
        SUBMITTED = "submitted", "Submitted"
        DECIDED = "decided", "Decided"

    class Outcome(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        PARTLY = "partly", "Partly favorable"
        UNFAVORABLE = "unfavorable", "Unfavorable"
        DISMISSED = "dismissed", "Dismissed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Way(models.TextChoices):
        MAIL = "mail", "Mail"
        FAX = "fax", "Fax"
        PORTAL = "portal", "Payer’s portal"
        CLEARINGHOUSE = "clearinghouse", "Clearinghouse"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="appeals")
    remitted_claim = models.ForeignKey(
        RemittedClaim, on_delete=models.PROTECT, related_name="appeals"
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="appeals")
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    category = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    deadline = models.DateField()
    last_safe_day = models.DateField()
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="followed_by", null=True, blank=True
    )
    template = models.ForeignKey(
        AppealTemplate, on_delete=models.PROTECT, related_name="appeals", null=True, blank=True
    )
    # "Medical necessity, version 1": what the letter began with.
    template_name = models.CharField(max_length=100)
    body = models.TextField()
    sent_letter = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    submitted_how = models.CharField(max_length=13, choices=Way, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    amount_won = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            # One appeal of a case and level; a withdrawn one may be made anew.
            models.UniqueConstraint(
                fields=["remitted_claim", "group", "reason", "category", "level"],
                condition=~Q(outcome="withdrawn"),
                name="appeal_of_level_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "ready", "submitted", "decided"])
                & Q(kind__in=list(KINDS), level__range=(1, 6), amount__gt=0),
                name="appeal_known",
            ),
            # Decided says how and when, and nothing else does.
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False, decided_on__isnull=False)
                & Q(outcome__in=["favorable", "partly", "unfavorable", "dismissed", "withdrawn"])
                | ~Q(state="decided")
                & Q(decided_at__isnull=True, decided_on__isnull=True, outcome=""),
                name="appeal_decided_says_how",
            ),
            # With the payer means when, by whom, how, with which words, and when to ask.
            models.CheckConstraint(
                condition=Q(
                    submitted_at__isnull=False,
                    submitted_by__isnull=False,
                    follow_up_on__isnull=False,
                )
                & ~Q(submitted_how="")
                & ~Q(sent_letter="")
                | ~Q(state="submitted"),
                name="appeal_submitted_says_how",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | Q(outcome__in=["", "withdrawn"]),
                name="appeal_decided_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(amount_won__isnull=True)
                | Q(amount_won__gte=0, amount_won__lte=F("amount")),
                name="appeal_wins_at_most_all",
            ),
        ]
        indexes = [
            # The list of a state, the first to act on first.
            models.Index(fields=["practice", "state", "last_safe_day", "id"], name="appeal_list"),
            # What to ask the payer about today.
            models.Index(
                fields=["practice", "follow_up_on"],
                condition=Q(follow_up_on__isnull=False),
                name="appeal_follow_up",
            ),
            # The rates: decisions of a cause and payer.
            models.Index(fields=["practice", "category", "payer"], name="appeal_rates"),
        ]

    def __str__(self) -> str:
        return f"{self.level_label} of {self.claim.patient_control_number}"

    @property
    def level_label(self) -> str:
        return level_words(self.level, self.payer.payer_class)

    @property
    def code(self) -> str:
        return f"{self.group}-{self.reason}"


class AppealLine(OwnedByPractice):
    """One denied line of an appeal, as the case was when it was opened."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="lines")
    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="appeal_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "denial"], name="appeal_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.denial_id}"


class AppealItem(OwnedByPractice):
    """One line of the checklist. Whether it is there is computed; that it never will be is said."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=15, choices=list(ITEMS.items()))
    is_required = models.BooleanField(default=False)
    is_included = models.BooleanField(default=True)
    not_available = models.CharField(max_length=300, blank=True)
    not_available_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "kind"], name="appeal_item_once"),
            models.CheckConstraint(
                condition=Q(kind__in=list(ITEMS)), name="appeal_item_kind_known"
            ),
            # A reason has somebody who gave it, and no letter can be done without.
            models.CheckConstraint(
                condition=Q(not_available="", not_available_by__isnull=True)
                | ~Q(not_available="") & Q(not_available_by__isnull=False) & ~Q(kind="letter"),
                name="appeal_item_let_go_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AppealEntry(OwnedByPractice):
    """What was heard of an appeal: a call, a proof of receipt, a note. Never changed."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        RECEIPT = "receipt", "Received by the payer"
        NOTE = "note", "Note"

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=500)
    reference = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["call", "receipt", "note"]) & ~Q(text=""),
                name="appeal_entry_says_what",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
