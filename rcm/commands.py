"""What management commands share."""

from django.core.management.base import CommandError
from django.db.models import Q

from rcm.models import Practice


def find_practice(text: str) -> Practice:
    """By NPI, id, initials or name. Raises CommandError unless exactly one fits."""
    wanted = Q(npi=text) | Q(initials__iexact=text) | Q(name__iexact=text)
    if text.isdecimal() and len(text) < 10:
        wanted |= Q(pk=int(text))
    found = list(Practice.objects.filter(wanted)[:2])
    if len(found) != 1:
        many = "Several practices are" if found else "No practice is"
        raise CommandError(f"{many} named {text}. Give its NPI.")
    return found[0]
