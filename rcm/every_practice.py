"""Work that is the same for every practice, one after the other."""

import logging
from collections.abc import Callable

from django.db import connection, transaction

from rcm.models import Practice

logger = logging.getLogger(__name__)


def for_every_practice(look: Callable[[Practice], object]) -> Callable[[], None]:
    """A sweep that calls `look` with each practice, in the order of their ids.

    `look` opens the practice itself (rcm.access.acting_in), as one transaction or several. One that
    fails does not keep the practices behind it from theirs: its fault is logged, and RuntimeError
    names the practices at the end.
    """

    def sweep() -> None:
        failed = []
        for practice in practices():
            try:
                look(practice)
            except Exception:
                logger.exception("practice %s: %s failed", practice.pk, look.__name__)
                failed.append(practice.pk)
                # A server that went away and came back is there for the practices behind.
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()
        if failed:
            raise RuntimeError(f"{look.__name__} failed for practices {failed}")

    sweep.__name__, sweep.__doc__, sweep.__module__ = look.__name__, look.__doc__, look.__module__
    return sweep


def practices() -> list[Practice]:
    """All of them; which of their rows a task may see is decided by the walls."""
    with transaction.atomic():
        return list(Practice.objects.order_by("pk"))
