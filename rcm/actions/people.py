"""What a person changes about themselves (practice, theme, keys), and whose login it is."""

from django.db import transaction
from django.utils import timezone

from rcm import events
from rcm.errors import Refusal
from rcm.models import Membership, Provider, Role, User


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


@transaction.atomic
def link_login(provider: Provider, user: User) -> None:
    """From now on this person answers questions for the provider; one login, one provider.

    Raises Refusal 422 when the person is no provider of the practice, 409 when they answer for
    somebody else there.
    """
    role = {"practice": provider.practice_id, "role": Role.PROVIDER}
    if not Membership.objects.filter(user=user, **role).exists():
        message = f"{user.email} does not have the role Provider in this practice."
        raise Refusal("not_a_provider", message)
    others = Provider.objects.filter(practice=provider.practice_id, user=user)
    if other := others.exclude(pk=provider.pk).first():
        message = f"{user.email} answers for {other.signature} already."
        raise Refusal("login_linked", message, status=409)
    provider.user = user
    provider.save(update_fields=["user"])
    events.record("provider.login_linked", provider, by=None, user=user.pk)
