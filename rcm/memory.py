"""What a process that serves pages does with its memory once."""

import gc

from django.urls import get_resolver


def keep_loaded() -> None:
    """Load all pages and take what is loaded out of the garbage collector's sight for good.

    Otherwise every few dozen requests one waits a tenth of a second while modules, models and
    templates that live as long as the process are looked through again.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
