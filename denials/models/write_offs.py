"""Money given up: how much a role may give up alone, and what was asked for and decided."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from denials.models.denials import Denial
from denials.rules.write_offs import REASONS
from rcm.models import OwnedByPractice, Role, User


class WriteOffLimit(OwnedByPractice):
    """What a role may write off of one case without a second person; no amount is no limit."""

    role = models.CharField(max_length=20, choices=Role)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "role"], name="write_off_limit_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="write_off_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="write_off_limit_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.amount}"


class WriteOffRequest(OwnedByPractice):
    """A write-off of one case: done at once up to the limit, above it once somebody approves.

    `needs_approval` is decided when it is asked for and stays, so that a later limit changes
    nothing. The database lets no money of a denial go to write-off without one that is approved.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Needs approval"
        APPROVED = "approved", "Written off"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Settled otherwise"
        UNDONE = "undone", "Taken back"

    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=20, choices=list(REASONS.items()))
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State)
    needs_approval = models.BooleanField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_amount_positive"),
            models.CheckConstraint(
                condition=Q(reason__in=list(REASONS)), name="write_off_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("requested", "approved", "declined", "withdrawn", "lapsed", "undone")
                    ]
                ),
                name="write_off_state_known",
            ),
            # Above the limit a second person decides.
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("requested_by")),
                name="write_off_decided_by_another",
            ),
            # Nothing above the limit is given up undecided.
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | ~Q(state__in=["approved", "undone"])
                | Q(decided_by__isnull=False),
                name="write_off_approved_by_somebody",
            ),
            # Only what needs approval waits for it.
            models.CheckConstraint(
                condition=Q(needs_approval=True) | Q(state__in=["approved", "undone"]),
                name="write_off_waits_for_approval",
            ),
        ]
        indexes = [
            # The view "To approve", the oldest first.
            models.Index(
                fields=["practice", "id"],
                condition=Q(state="requested"),
                name="write_off_to_approve",
            ),
        ]

    def __str__(self) -> str:
        return f"Write-off {self.pk}"


class WriteOffLine(OwnedByPractice):
    """A denial of a write-off. `is_open` while the request waits, so that one waits at a time."""

    request = models.ForeignKey(WriteOffRequest, on_delete=models.PROTECT, related_name="lines")
    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="write_off_lines")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    is_open = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # A denial waits for one approval at a time.
            models.UniqueConstraint(
                fields=["denial"], condition=Q(is_open=True), name="write_off_line_open_once"
            ),
            models.UniqueConstraint(fields=["request", "denial"], name="write_off_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.denial_id}: {self.amount}"
