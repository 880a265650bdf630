"""A sweep over all practices: one that fails keeps no other from its turn."""

import pytest
from django.db import connection

from rcm import access
from rcm.every_practice import for_every_practice
from rcm.models import Practice


def test_a_practice_that_fails_does_not_keep_those_behind_it(
    north: Practice, south: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    seen = []

    @for_every_practice
    def look_around(practice: Practice) -> None:
        """Looks."""
        with access.acting_in(practice.pk), connection.cursor() as db:
            seen.append(practice)
            if practice == first:
                db.execute("SELECT 1 / 0")

    first, second = sorted([north, south], key=lambda each: each.pk)
    with pytest.raises(RuntimeError) as failure:
        look_around()
    assert seen == [first, second]
    assert str(failure.value) == f"look_around failed for practices [{first.pk}]"
    assert f"practice {first.pk}: look_around failed" in caplog.text
    assert (look_around.__name__, look_around.__doc__) == ("look_around", "Looks.")
