"""Lets a request of the REST API take effect once, however often it is sent."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from rcm.errors import Refusal
from rcm.models import IdempotencyKey, Practice, User
from rcm.models.idempotency import KEY_LENGTH

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a request is answered; `is_replayed` when an earlier request caused it."""

    status_code: int
    content: Any
    is_replayed: bool = False


@transaction.atomic
def answer_once(
    practice: Practice,
    key: str,
    endpoint: str,
    body_sha256: str,
    act: Callable[[], Answer],
    *,
    by: User,
) -> Answer:
    """Run `act` and keep its answer, or give the answer kept under this key.

    The key is taken before the act, in one transaction with it: of requests that race with one key
    the first acts, the others wait for its commit and get its answer. A Refusal takes back what the
    act wrote and is an answer like any other: the same key never acts later. After any other error
    the key is free again. Raises Refusal 400 for a key that is missing or cannot be one, and 409
    for a key that stands for another request.
    """
    check_key(key)
    row = take_key(practice, key, endpoint, body_sha256, by=by)
    if row.status_code is not None:
        if (row.endpoint, row.body_sha256) != (endpoint, body_sha256):
            message = "This Idempotency-Key was used for another request. Choose a new one."
            raise Refusal("idempotency_key_reused", message, status=409)
        return Answer(row.status_code, row.answer, is_replayed=True)
    try:
        with transaction.atomic():
            answer = act()
    except Refusal as refusal:
        answer = Answer(refusal.status, refusal.content)
    row.status_code = answer.status_code
    row.answer = answer.content
    row.save(update_fields=["status_code", "answer"])
    return answer


def check_key(key: str) -> None:
    """Raises Refusal 400 unless the key has 1 to 200 visible ASCII characters."""
    if not key:
        message = "Send an Idempotency-Key header, so that a repeated request acts once."
        raise Refusal("idempotency_key_missing", message, status=400)
    if len(key) > KEY_LENGTH or not all("!" <= character <= "~" for character in key):
        message = f"An Idempotency-Key has 1 to {KEY_LENGTH} visible ASCII characters, no blanks."
        raise Refusal("idempotency_key_invalid", message, status=400)


def take_key(
    practice: Practice, key: str, endpoint: str, body_sha256: str, *, by: User
) -> IdempotencyKey:
    """The row of the key: a new one without an answer, or the one another request took."""
    rows = IdempotencyKey.objects.filter(practice=practice, key=key)
    fresh = IdempotencyKey(
        practice=practice, key=key, endpoint=endpoint, body_sha256=body_sha256, created_by=by
    )
    # Waits while another transaction holds the key; afterwards that key stands here, or ours.
    IdempotencyKey.objects.bulk_create([fresh], ignore_conflicts=True)
    return rows.get()


def digest_of(fields: Any, files: Mapping[str, UploadedFile]) -> str:
    """SHA-256 over the parsed fields and the files: a repeated form has another boundary."""
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode())
    for name in sorted(files):
        file = files[name]
        digest.update(f"\0{name}\0{file.name}\0{file.size}\0".encode())
        for chunk in chunks_of(file):
            digest.update(chunk)
    return digest.hexdigest()


def chunks_of(file: UploadedFile) -> Iterator[bytes]:
    """The bytes of an upload from its start, leaving it at its start."""
    file.seek(0)
    yield from file.chunks(CHUNK)
    file.seek(0)
