"""The named filters of the coder queue that a person sees."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from coding.models import SavedView
from rcm.models import Practice, User

# As many are counted on every page and have a key.
SHOWN = 9


def visible_views(practice: Practice, user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), practice=practice)


def saved_views_of(practice: Practice, user: User) -> list[SavedView]:
    """The first SHOWN: one's own, then shared ones of others, by name. One statement."""
    rows = visible_views(practice, user).select_related("owner").order_by("name", "pk")
    return sorted(rows, key=lambda view: view.owner_id != user.pk)[:SHOWN]


def saved_tabs(
    saved: Sequence[SavedView], counts: Mapping[str, int], query: str
) -> list[dict[str, Any]]:
    """Each with its number for the key, its count if it was counted, and whether it is shown."""
    return [
        {
            "view": view,
            "key": number,
            "count": counts.get(f"saved-{view.pk}"),
            "url": f"?{view.query}",
            "is_current": view.query == query,
        }
        for number, view in enumerate(saved, 1)
    ]
