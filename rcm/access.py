"""The only doors to a row. "Not yours" and "not there" are the same answer.

First lock: the ORM filter here. Second lock: row-level security, opened per transaction for the
practices named (rcm.walls).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from rcm.errors import Refusal
from rcm.models import Membership, Practice, Role, User

Row = TypeVar("Row", bound=Model)

# What each role may do. A verb is <area>.<view|work|approve>; pages and actions name one.
CAPABILITIES: dict[str, frozenset[str]] = {
    Role.CODER: frozenset({"coding.view", "coding.work"}),
    Role.BILLER: frozenset(
        {"coding.view", "billing.view", "billing.work", "denials.view", "denials.work"}
        | {"dashboard.view"}
    ),
    Role.CODER_BILLER: frozenset(
        {"coding.view", "coding.work", "billing.view", "billing.work"}
        | {"denials.view", "denials.work", "dashboard.view"}
    ),
    Role.AUDITOR: frozenset(
        {"coding.view", "billing.view", "denials.view", "dashboard.view", "audit.view"}
        | {"quality.view", "quality.work"}
    ),
    Role.MANAGER: frozenset(
        {"coding.view", "coding.work", "coding.assign", "coding.approve"}
        | {"billing.view", "billing.work", "billing.approve"}
        | {"denials.view", "denials.work", "denials.approve", "dashboard.view", "audit.view"}
        | {"quality.view", "quality.work", "quality.approve"}
    ),
    # A provider sees the own visits and the questions about them, nothing else.
    Role.PROVIDER: frozenset({"inbox.view", "inbox.work"}),
    Role.CLIENT_VIEWER: frozenset({"dashboard.view"}),
}


def open_walls(practice_ids: Iterable[int]) -> None:
    """Let the current transaction see these practices and no others.

    Raises RuntimeError outside a transaction: the setting would leak to the next request.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("open_walls needs a transaction")
    ids = ",".join(str(int(practice_id)) for practice_id in practice_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rcm.practices', %s, true)", ["{" + ids + "}"])


@contextmanager
def acting_in(*practice_ids: int) -> Iterator[None]:
    """A transaction that sees exactly these practices: for tasks and commands."""
    with transaction.atomic():
        open_walls(practice_ids)
        yield


def practices_of(user: User) -> QuerySet[Practice]:
    """The practices a person is a member of."""
    return Practice.objects.filter(memberships__user=user).order_by("name")


def membership_of(user: User, practice_id: int) -> Membership | None:
    return (
        Membership.objects.select_related("practice")
        .filter(user=user, practice_id=practice_id)
        .first()
    )


def may(request: HttpRequest, capability: str) -> bool:
    """Does the person's role in the chosen practice allow this?"""
    membership = getattr(request, "membership", None)
    return membership is not None and capability in CAPABILITIES[membership.role]


def roles_with(capability: str) -> list[str]:
    """The roles that allow this."""
    return [role for role, allowed in CAPABILITIES.items() if capability in allowed]


def require(request: HttpRequest, capability: str) -> None:
    """Raises Refusal 403 when the role does not allow it."""
    if not may(request, capability):
        raise Refusal(
            "not_allowed",
            "Your role in this practice does not allow this. A manager can change your role.",
            status=403,
        )


def in_practice(request: HttpRequest, queryset: QuerySet[Row]) -> QuerySet[Row]:
    """The rows of the practice the person has chosen."""
    practice = getattr(request, "practice", None)
    return queryset.filter(practice=practice) if practice is not None else queryset.none()


def get(request: HttpRequest, queryset: QuerySet[Row], pk: int) -> Row:
    """One row of the chosen practice. Raises Http404 for "not there" and "not yours" alike."""
    row = in_practice(request, queryset).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
