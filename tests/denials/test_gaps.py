"""Denials nobody would come to: counted by the night, on demand and by the dashboard."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.models import CoderTask
from denials.gaps import count_forgotten, count_gaps, gaps_of
from denials.models import Denial, DenialDeadline
from denials.tasks import watch_deadlines as watch_task
from rcm import access
from rcm.models import Practice
from tests.denials.denying import denied


def check() -> dict[str, int]:
    out = StringIO()
    call_command("check_denials", "--json", stdout=out)
    found: dict[str, int] = json.loads(out.getvalue())
    return found


def test_check_denials_counts_what_nobody_would_come_to(north: Practice) -> None:
    denial = denied(north, "CO-22")
    clean = {"without_deadline": 0, "without_owner": 0, "without_next_action": 0}
    assert check() == clean
    access.open_walls([north.pk])
    Denial.objects.filter(pk=denial.pk).update(owner_queue="", state="with_coder")
    DenialDeadline.objects.all().delete()
    out = StringIO()
    with pytest.raises(CommandError, match="3 gaps in the work on denials"):
        call_command("check_denials", "--json", stdout=out)
    assert json.loads(out.getvalue()) == dict.fromkeys(clean, 1)
    access.open_walls([north.pk])
    Denial.objects.filter(pk=denial.pk).update(
        state="resolved", resolution="paid", resolved_at="2026-12-01T00:00:00Z"
    )
    assert check() == clean


def test_a_denial_with_a_coder_nobody_asks_has_no_next_action(north: Practice) -> None:
    denial = denied(north, "CO-11")
    assert count_gaps(north.pk)["without_next_action"] == 0
    CoderTask.objects.update(state="closed", resolved_at="2026-12-01T00:00:00Z")
    assert count_gaps(north.pk)["without_next_action"] == 1
    Denial.objects.filter(pk=denial.pk).update(coder_task=None)
    assert count_gaps(north.pk)["without_next_action"] == 1


def test_a_denial_with_three_gaps_is_one_denial(north: Practice) -> None:
    denial = denied(north, "CO-22")
    denied(north, "CO-22")
    assert list(gaps_of(north.pk)) == []
    Denial.objects.filter(pk=denial.pk).update(owner_queue="", state="with_coder")
    DenialDeadline.objects.filter(denial=denial).delete()
    assert sum(count_gaps(north.pk).values()) == 3
    assert list(gaps_of(north.pk)) == [denial]


def test_a_night_without_gaps_is_believed_and_one_with_gaps_is_counted_again(
    north: Practice,
) -> None:
    denial = denied(north, "CO-22")
    rows_of = Denial.objects.filter(pk=denial.pk)
    rows_of.update(owner_queue="")
    assert count_forgotten(north.pk) == 1
    watch_task()
    access.open_walls([north.pk])
    assert count_forgotten(north.pk) == 1
    rows_of.update(owner_queue="biller")
    assert count_forgotten(north.pk) == 0
    watch_task()
    access.open_walls([north.pk])
    with CaptureQueriesContext(connection) as captured:
        assert count_forgotten(north.pk) == 0
    assert len(captured) == 1
