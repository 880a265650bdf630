"""Pages of lists that may be any length: no page counts more than rcm.counting.MOST rows."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from rcm.counting import MOST, capped

ROWS = 50


class LongPaginator(Paginator):
    """Counts up to MOST rows and offers only their pages; whoever wants more filters."""

    @cached_property
    def count(self) -> int:
        """Rows, or AtLeast(MOST)."""
        rows: Any = self.object_list
        return capped(rows.order_by().values("pk")[: MOST + 1].count())


def page_of(
    request: HttpRequest, rows: QuerySet[Any], per_page: int = ROWS, count: int | None = None
) -> Page[Any]:
    """The page that the address asks for, the nearest one when there is no such page.

    Who knows how many rows there are says so in `count`: then nobody counts them again.
    """
    pages = LongPaginator(rows, per_page)
    if count is not None:
        pages.count = capped(count)
    return pages.get_page(request.GET.get("page"))
