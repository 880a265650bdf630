"""Seals over the audit log: each one vouches for a run of events and for the seal before it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from rcm.models.practice import OwnedByPractice

# What the first seal of a practice stands on.
NO_HASH = "0" * 64


class EventSeal(OwnedByPractice):
    """The hash of all events after the previous seal's last one, through `last_id`.

    Append-only like Event. `hash` covers `previous_hash`, so that changing, removing or slipping
    in one old event breaks every later seal (rcm.actions.seals says what exactly is hashed).
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # The chain never forks: two seals cannot stand on the same one.
            models.UniqueConstraint(
                fields=["practice", "previous_hash"], name="event_seal_chain_once"
            ),
            # An event is under one seal; the newest seal is found by this index, too.
            models.UniqueConstraint(fields=["practice", "last_id"], name="event_seal_end_once"),
            # A seal over nothing says nothing.
            models.CheckConstraint(
                condition=Q(count__gt=0) & Q(last_id__gte=F("first_id")),
                name="event_seal_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.pk} of events {self.first_id} to {self.last_id}"
