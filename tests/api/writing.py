"""Requests of a program that writes."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing.models import Remittance
from rcm.models import Practice
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge


def send(client: Client, url: str, key: str = "", body: Any = None, **more: Any) -> Any:
    """A JSON POST with a key."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, body or {}, content_type="application/json", headers=headers, **more)


def upload(client: Client, content: bytes, key: str, name: str = "a.835") -> Any:
    """A file as a form field."""
    file = SimpleUploadedFile(name, content)
    return client.post("/api/files/", {"file": file}, headers={"Idempotency-Key": key})


def ready(practice: Practice) -> Remittance:
    """A payment of 72.00 on a charge of 165.00, not posted yet."""
    claim = make.claim(practice)
    charge(claim)
    return r.recorded(practice, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
