"""Coders who ask for a chart while a statement over many charts holds row locks: for real."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from coding.actions import assignment_rules, assignments
from coding.actions.encounters import next_encounter
from coding.models import AssignmentRule, Encounter
from rcm import access
from rcm.models import Practice, Role, User
from tests import make

Stage = tuple[Practice, User, User]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    practice = make.practice()
    with access.acting_in(practice.pk):
        ana = make.member(practice, Role.CODER, "ana@example.test", "Ana", "Brandt")
        bea = make.member(practice, Role.CODER, "bea@example.test", "Bea", "Dorn")
    return practice, ana, bea


def ask(practice: Practice, coder: User) -> Encounter | None:
    """The next chart, on a connection of its own."""
    try:
        with access.acting_in(practice.pk):
            return next_encounter(practice, by=coder)
    finally:
        connection.close()


def test_a_chart_whose_row_is_locked_for_a_moment_is_waited_for(stage: Stage) -> None:
    practice, ana, _ = stage
    with ThreadPoolExecutor(1) as pool:
        with access.acting_in(practice.pk):
            chart = make.encounter(practice)
        with access.acting_in(practice.pk):
            list(Encounter.objects.select_for_update(of=("self",)))
            asked = pool.submit(ask, practice, ana)
            with pytest.raises(TimeoutError):
                asked.result(1)
        assert asked.result(30) == chart


def test_a_chart_given_to_somebody_meanwhile_is_passed_over(stage: Stage) -> None:
    practice, ana, bea = stage
    with ThreadPoolExecutor(1) as pool:
        with access.acting_in(practice.pk):
            given, free = (make.encounter(practice, priority=n) for n in (2, 1))
        with access.acting_in(practice.pk):
            list(Encounter.objects.select_for_update(of=("self",)).order_by("pk"))
            asked = pool.submit(ask, practice, ana)
            with pytest.raises(TimeoutError):
                asked.result(1)
            Encounter.objects.filter(pk=given.pk).update(owner=bea)
        assert asked.result(30) == free


def test_rules_lock_what_they_give_and_nothing_else(stage: Stage) -> None:
    practice, ana, bea = stage
    with access.acting_in(practice.pk):
        other = make.encounter(practice)
        make.encounter(practice, specialty="Cardiology", priority=9)
        made = AssignmentRule(
            practice=practice, name="Hearts", specialty="Cardiology", coders=[bea.pk]
        )
        assignment_rules.save_rule(made, by=None)
    with ThreadPoolExecutor(1) as pool, access.acting_in(practice.pk):
        assert assignments.assign_by_rules(practice) == 1
        assert pool.submit(ask, practice, ana).result(30) == other
