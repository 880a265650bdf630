"""The queue of a long list: every view and the next chart are read through an index in order."""

import os
import re
from datetime import date

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from coding.bench_queue import make_queue_practice, seed_queue
from coding.board_page import GROUPS, oldest_of
from coding.models import CodeChange, Encounter
from coding.queue_page import SPECIALTIES, charts_of, list_rows, patients_called, views_of
from coding.race import race
from coding.release_impact import CHARTS as TOUCHED
from coding.release_impact import impact_of
from coding.work_order import view_order, work_order
from rcm import access
from rcm.models import Practice, User
from tests import make

CHARTS = 12_000
# A whole table read, or all matching rows put in order; an incremental sort takes a few at a time.
WRONG = re.compile(r"Seq Scan on coding_encounter|(?<!Incremental )Sort  .*rows=(\d{3,})")


def analyze(*more: str) -> None:
    """As the owner of the tables: the application may not."""
    owner = psycopg2.connect(os.environ["RCM_TEST_OWNER_DATABASE_URL"])
    name = settings.DATABASES["default"]["NAME"]
    parts = owner.get_dsn_parameters() | {"dbname": connection.settings_dict["NAME"] or name}
    owner.close()
    with psycopg2.connect(**parts) as made, made.cursor() as db:
        for table in ("coding_encounter", "rcm_patient", "payers_coverage", *more):
            db.execute(f"ANALYZE {table}")  # noqa: S608  tables of ours


def plan_of(rows: QuerySet[Encounter]) -> str:
    return str(rows.explain())


@pytest.mark.django_db(transaction=True)
def test_every_view_and_the_next_chart_are_read_through_an_index() -> None:
    practice, coders, ids = make_queue_practice()
    seed_queue(practice, coders, ids, CHARTS)
    analyze()
    today = timezone.localdate()
    with access.acting_in(practice.pk):
        plans = list_plans(practice, coders[1])
        plans |= next_plans(practice, coders[1])
        plans |= other_plans(practice)
        plans |= search_plans(practice, coders[1])
        assert len(oldest_of(practice, {"specialty": "Cardiology"}, 20, today).ids) == 20
    assert {name: plan for name, plan in plans.items() if WRONG.search(plan)} == {}
    assert len(plans) == 9 + 9 + 7 + 3 + 3 + 2


def list_plans(practice: Practice, coder: User) -> dict[str, str]:
    """Fifty rows of each view, and its count."""
    plans = {}
    for key, view in views_of(practice, coder, timezone.localdate()).items():
        if key == "answered":  # empty while there are no queries
            plans[f"rows {key}"] = plans[f"count {key}"] = ""
            continue
        plans[f"rows {key}"] = plan_of(list_rows(view.charts)[:50])
        plans[f"count {key}"] = plan_of(view.charts.order_by().values("pk")[:10_001])
    return plans


def search_plans(practice: Practice, coder: User) -> dict[str, str]:
    """A name: fifty rows of the charts of the patients found before, and the count.

    The patients themselves are read by their practice: names are private, and a search in any
    letter case is no condition an index may answer under row security.
    """
    assert patients_called(practice, ["Queue1236"]).count() == 3
    rows = charts_of(practice, coder, {"q": "Queue1236"})
    return {
        "rows found": plan_of(list_rows(rows)[:50]),
        "count found": plan_of(rows.order_by().values("pk")[:10_001]),
    }


def next_plans(practice: Practice, coder: User) -> dict[str, str]:
    plans = {f"next {n}": plan_of(rows[:1]) for n, rows in enumerate(work_order(practice, coder))}
    within = charts_of(practice, coder, {"view": "late"})
    places = enumerate(view_order(within, coder))
    return plans | {f"next of a list {n}": plan_of(rows[:1]) for n, rows in places}


def other_plans(practice: Practice) -> dict[str, str]:
    values = {"practice": practice.pk, "today": timezone.localdate(), "most": 101}
    plans = {}
    with connection.cursor() as db:
        for name, sql in (("groups", GROUPS), ("specialties", SPECIALTIES)):
            db.execute(f"EXPLAIN {sql}", values)  # noqa: S608  statements of ours
            plans[name] = "\n".join(line for (line,) in db.fetchall())
    mine = Encounter.objects.filter(practice=practice, state__in=["new", "in_coding", "returned"])
    oldest = mine.filter(owner__isnull=True).order_by("date_of_service", "pk")[:20]
    return plans | {"oldest": plan_of(oldest)}


@pytest.mark.django_db(transaction=True)
def test_processes_that_ask_at_the_same_moment_get_different_charts() -> None:
    practice, coders, ids = make_queue_practice()
    seed_queue(practice, coders, ids, 5)
    found = race(practice.pk, [user.pk for user in coders[:5]], rounds=6)
    assert (found.charts_given, found.doubles, found.missed) == (30, 0, 0)
    assert found.is_right


@pytest.mark.django_db(transaction=True)
def test_charts_coded_long_ago_are_not_read_for_a_release() -> None:
    release = make.code_release()
    gone = {"kind": "ended", "last_on": date(2026, 10, 31)}
    CodeChange.objects.create(release=release, system="icd10cm", code="I10", **gone)
    practice, coders, ids = make_queue_practice()
    seed_queue(practice, coders, ids, CHARTS)
    values = {"practice": practice.pk, "release": release.pk, "most": 201}
    with access.acting_in(practice.pk), connection.cursor() as db:
        db.execute(CODE_MOST, values)
    analyze("coding_encounterdiagnosis", "coding_charge")
    with access.acting_in(practice.pk), connection.cursor() as db:
        db.execute(f"EXPLAIN ANALYZE {TOUCHED}", values)
        plan = "\n".join(line for (line,) in db.fetchall())
        assert len(impact_of(practice.pk, release).charts) == 60
    assert "encounter_open_day" in plan
    assert re.findall(r"Seq Scan on coding_enc.*|Rows Removed by Filter: \d{3,}", plan) == []


# Of every hundred charts one waits, served before or after a day; each has a diagnosis.
CODE_MOST = """
    UPDATE coding_encounter SET state = 'finalized', hold_reason = '', hold_until = NULL,
        finalized_at = now(), date_of_service = date '2026-10-01' + (substr(number, 2)::int %% 60)
    WHERE practice_id = %(practice)s AND substr(number, 2)::int %% 100 > 0;
    UPDATE coding_encounter
    SET date_of_service = date '2026-10-31' + (substr(number, 2)::int / 100 %% 2)
    WHERE practice_id = %(practice)s AND substr(number, 2)::int %% 100 = 0;
    INSERT INTO coding_encounterdiagnosis
        (practice_id, encounter_id, position, code, label, evidence)
    SELECT practice_id, id, 1, 'I10', 'Essential (primary) hypertension', ''
    FROM coding_encounter WHERE practice_id = %(practice)s
"""
