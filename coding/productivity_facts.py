"""What people coded in some days and how long it was in their hands: two statements for all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db import connection

from coding.audit_stats import accuracy_of
from coding.models import ProductivityWeight, QualitySettings
from coding.rules.credentials import Care, VisitKind, care_of
from coding.rules.productivity import (
    DEFAULT_WEIGHTS,
    FINISHED,
    PUT_DOWN,
    Figure,
    WeightRow,
    Work,
    figure_of,
    weight_of,
)
from rcm.days import day_start

# A chart may have been held so long before it was finished.
LOOK_BACK = timedelta(days=31)
# The accuracy beside a speed is that of charts reviewed in so many days.
ACCURACY_DAYS = timedelta(days=180)

# Every event of these people on charts, the time of their next one, and the charts they finished.
# Reads the index event_of_person_on_chart.
STREAM = """
    WITH stream AS (
        SELECT created_by_id AS person, subject_id AS encounter, name, created_at,
            lead(created_at) OVER (PARTITION BY created_by_id ORDER BY created_at, id) AS next_at
        FROM rcm_event
        WHERE practice_id = %(practice)s AND subject_type = 'encounter'
            AND created_by_id = ANY (%(people)s)
            AND created_at >= %(back)s AND created_at < %(until)s
    ), done AS (
        SELECT person, encounter, max(created_at) AS done_at FROM stream
        WHERE name = %(finished)s AND created_at >= %(since)s
        GROUP BY person, encounter
    )
"""
SECONDS = """
    SELECT person, sum(extract(epoch FROM next_at - created_at))
    FROM stream JOIN done USING (person, encounter)
    WHERE name <> ALL (%(put_down)s) AND created_at < done_at
        AND next_at - created_at <= %(idle)s
    GROUP BY person
"""
CHARTS = """
    SELECT person, stay.type_of_bill, specialty, visit_type, count(*)
    FROM done JOIN coding_encounter chart ON chart.id = done.encounter
    LEFT JOIN coding_facilitystay stay ON stay.encounter_id = chart.id
    GROUP BY person, stay.type_of_bill, specialty, visit_type
"""


def settings_of(practice_id: int) -> QualitySettings:
    """What the practice chose, or the defaults, not stored."""
    chosen = QualitySettings.objects.filter(practice_id=practice_id).first()
    return chosen or QualitySettings(practice_id=practice_id)


def weights_of(practice_id: int) -> list[WeightRow]:
    """The practice's own rows, closest first counted by the rule; the defaults beneath them."""
    own = [
        WeightRow(row.weight, cast(Care, row.care), row.specialty, row.visit_type)
        for row in ProductivityWeight.objects.filter(practice_id=practice_id).order_by("pk")
    ]
    named = {(row.care, row.specialty.lower(), row.visit_type.lower()) for row in own}
    return own + [
        row
        for row in DEFAULT_WEIGHTS
        if (row.care, row.specialty.lower(), row.visit_type.lower()) not in named
    ]


def work_of(practice_id: int, people: Iterable[int], start: date, end: date) -> dict[int, Work]:
    """Person -> what they finished on these days, both included; nobody without a chart."""
    told: dict[str, Any] = {
        "practice": practice_id,
        "people": list(people),
        "since": day_start(start),
        "back": day_start(start) - LOOK_BACK,
        "until": day_start(end + timedelta(days=1)),
        "idle": timedelta(minutes=settings_of(practice_id).idle_minutes),
        "finished": FINISHED,
        "put_down": sorted(PUT_DOWN),
    }
    weights = weights_of(practice_id)
    charts: dict[int, int] = defaultdict(int)
    units: dict[int, Decimal] = defaultdict(Decimal)
    with connection.cursor() as db:
        db.execute(STREAM + SECONDS, told)
        seconds = dict(db.fetchall())
        db.execute(STREAM + CHARTS, told)
        for person, bill, specialty, visit_type, count in db.fetchall():
            charts[person] += count
            kind = VisitKind(care_of(bill), specialty, visit_type)
            units[person] += weight_of(kind, weights) * count
    return {
        person: Work(count, units[person], seconds.get(person) or Decimal(0))
        for person, count in charts.items()
    }


def figures_of(
    practice_id: int, people: Iterable[int], start: date, end: date
) -> dict[int, Figure]:
    """Person -> work and accuracy; nobody without a finished chart."""
    work = work_of(practice_id, people, start, end)
    accuracy = accuracy_of(practice_id, work, end - ACCURACY_DAYS, end)
    return {person: figure_of(each, accuracy.get(person)) for person, each in work.items()}
