"""What a person changes about themselves: the chosen practice, the theme."""

from django.utils import timezone

from rcm import events
from rcm.errors import Refusal
from rcm.models import Membership, User


def choose_practice(membership: Membership, *, by: User) -> None:
    """Note when a practice was last used and that somebody entered it."""
    Membership.objects.filter(pk=membership.pk).update(last_used_at=timezone.now())
    events.record("practice.chosen", membership.practice, by=by)


def set_theme(user: User, *, theme: str) -> None:
    """Light, dark, or the system's choice. Raises Refusal for anything else."""
    if theme not in User.Theme.values:
        raise Refusal("unknown_theme", "Choose light, dark or the same as the system.")
    user.theme = theme
    user.save(update_fields=["theme"])


def set_keys(user: User, *, keys: str) -> None:
    """Single-letter keys on, off or only after a prefix. Raises Refusal for anything else."""
    if keys not in User.Keys.values:
        raise Refusal("unknown_keys", "Choose on, only after ; or off.")
    user.keys = keys
    user.save(update_fields=["keys"])
