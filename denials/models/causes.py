"""What a practice says a code means, where the shipped table does not fit."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Payer
from rcm.models import OwnedByPractice, User


class CauseOverride(OwnedByPractice):
    """The cause and owner of a reason (CARC), for one payer or all (`payer` empty).

    Without a group any group fits, without a remark any remark or none. The queue "coder" asks the
    coder at once. One is never edited: a change ends it (`ended_at`) and makes a new one.
    """

    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="cause_overrides", null=True, blank=True
    )
    group = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=5)
    remark = models.CharField(max_length=10, blank=True)
    category = models.CharField(max_length=40)
    owner_queue = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One answer in force per payer, group, reason and remark.
            models.UniqueConstraint(
                fields=["practice", "payer", "group", "reason", "remark"],
                name="cause_override_once",
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(group__in=["", "CO", "PR", "OA", "PI"])
                & ~Q(reason="")
                & ~Q(category__in=["", "unknown"])
                & ~Q(owner_queue=""),
                name="cause_override_says_what",
            ),
            # Ended says when and by whom.
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="cause_override_end_whole",
            ),
        ]

    def __str__(self) -> str:
        code = f"{self.group}-{self.reason}" if self.group else self.reason
        return f"{code} {self.remark}".strip()
