"""What the pages of credentials show: who holds what, and how it stands today."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from coding.models import Credential
from coding.rules.credentials import HeldCredential, Standing, standing
from rcm import access
from rcm.models import Membership, Practice

# Who codes or judges codes.
CODING_ROLES = frozenset([*access.roles_with("coding.work"), *access.roles_with("quality.work")])
VIEWS: dict[str, tuple[str, frozenset[str]]] = {
    "all": ("All", frozenset()),
    "expired": ("Expired", frozenset({"expired"})),
    "in_30_days": ("Within 30 days", frozenset({"in_30_days"})),
    "in_90_days": ("Within 90 days", frozenset({"in_30_days", "in_90_days"})),
    "none": ("None on file", frozenset({"none"})),
}


@dataclass(frozen=True)
class CredentialRow:
    """A credential of a person, or a person without any; `left` are days to its expiry."""

    membership: Membership
    credential: Credential | None
    standing: Standing | str
    left: int | None


def row_of(membership: Membership, credential: Credential, today: date) -> CredentialRow:
    facts = HeldCredential(credential.kind, credential.issued_on, credential.expires_on)
    left = (credential.expires_on - today).days if credential.expires_on else None
    return CredentialRow(membership, credential, standing(facts, today), left)


def team_rows(practice: Practice, today: date) -> list[CredentialRow]:
    """Everybody who codes here with what they hold, in two statements; by name, then expiry."""
    credentials = Credential.objects.filter(practice=practice)
    held = defaultdict(list)
    for credential in credentials.order_by("expires_on", "pk"):
        held[credential.person_id].append(credential)
    members = Membership.objects.filter(practice=practice).select_related("user")
    rows = []
    for member in members.order_by("user__last_name", "user__first_name", "pk"):
        own = held[member.user_id]
        if not own and member.role in CODING_ROLES:
            rows.append(CredentialRow(member, None, "none", None))
        rows += [row_of(member, credential, today) for credential in own]
    return rows


def person_rows(membership: Membership, today: date) -> list[CredentialRow]:
    """What one person holds in the practice."""
    rows = Credential.objects.filter(
        practice_id=membership.practice_id, person_id=membership.user_id
    )
    return [row_of(membership, row, today) for row in rows.order_by("expires_on", "pk")]


def in_view(rows: Iterable[CredentialRow], view: str) -> list[CredentialRow]:
    """The rows of a view; an unknown view shows all."""
    _, wanted = VIEWS.get(view, VIEWS["all"])
    return [row for row in rows if not wanted or row.standing in wanted]


def tabs(rows: list[CredentialRow], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "count": len(in_view(rows, key)),
            "url": f"?view={key}",
            "is_current": key == chosen,
        }
        for key, (label, _) in VIEWS.items()
    ]
