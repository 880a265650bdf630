"""Keeping a filter of the coder queue under a name."""

from django.db import transaction

from coding.models import SavedView
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

MOST = 30


@transaction.atomic
def save_view(
    practice: Practice, name: str, query: str, *, is_shared: bool = False, by: User
) -> SavedView:
    """Keep a list of the queue; the same name again changes one's own view of that name.

    Raises Refusal: no name, a list that is everything, too long, or too many views.
    """
    name = name.strip()[:40]
    if not name:
        message = "Give the view a name."
        raise Refusal("name_missing", message, fields={"name": message})
    if not query:
        raise Refusal("view_is_everything", "Choose a view or a filter first, then save it.")
    if len(query) > 300:
        raise Refusal("view_too_long", "This is too much for one view. Filter by less.")
    mine = SavedView.objects.filter(practice=practice, owner=by)
    if mine.exclude(name=name).count() >= MOST:
        raise Refusal("too_many_views", f"You have {MOST} views. Remove one first.")
    view, _ = SavedView.objects.update_or_create(
        practice=practice,
        owner=by,
        name=name,
        defaults={"query": query, "is_shared": is_shared},
    )
    events.record("saved_view.saved", view, by=by, is_shared=is_shared)
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: User, is_lead: bool = False) -> None:
    """One's own; a lead also removes shared ones. Raises Refusal 403 for anybody else's."""
    if view.owner_id != by.pk and not (is_lead and view.is_shared):
        message = f"This view is {view.owner}'s. Ask for its removal."
        raise Refusal("not_your_view", message, status=403)
    events.record("saved_view.removed", view, by=by)
    view.delete()
