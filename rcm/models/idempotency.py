"""Requests that take effect once: the key a program chose, and what it was answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rcm.models.people import User
from rcm.models.practice import OwnedByPractice

KEY_LENGTH = 200


class IdempotencyKey(OwnedByPractice):
    """A key of the REST API with its request and the answer. Kept for ever, like what it caused.

    `endpoint` is method and address, `body_sha256` a digest of what was sent. `status_code` and
    `answer` are None only inside the transaction that takes the key; the database refuses to
    change an answer or to delete a key.
    """

    key = models.CharField(max_length=KEY_LENGTH)
    endpoint = models.CharField(max_length=300)
    body_sha256 = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One key is one request; who comes second waits here for the answer of the first.
            models.UniqueConstraint(fields=["practice", "key"], name="idempotency_key_once"),
            # A key without a character names no request.
            models.CheckConstraint(condition=~Q(key=""), name="idempotency_key_visible"),
        ]

    def __str__(self) -> str:
        return self.key
