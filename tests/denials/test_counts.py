"""Open and late work per practice, for the sidebar and the practice switcher."""

from datetime import timedelta

from django.utils import timezone

from denials.counts import work_by_practice
from denials.models import Denial
from rcm import access
from rcm.models import Practice
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim
from tests.denials.denying import denied


def test_work_is_counted_per_practice_and_late_is_past_its_day(
    north: Practice, south: Practice
) -> None:
    denied(north)
    denied(north, "CO-11")
    late = denied(north)
    Denial.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    make.encounter(north)
    held = ready_claim(north)
    held.status = "held"
    held.save(update_fields=["status"])
    unbalanced = r.content("1.00", r.echo(late.claim, ("0.00", "CO-29 165.00")), number=99)
    assert r.recorded(north, unbalanced).state == "held"
    access.open_walls([north.pk, south.pk])
    work = work_by_practice([north.pk, south.pk])
    # Two open denials, a chart, a held claim and a held payment; the third is with the coder.
    assert (work[north.pk]["open_items"], work[north.pk]["late_items"]) == (5, 1)
    assert (work[south.pk]["open_items"], work[south.pk]["late_items"]) == (0, 0)
