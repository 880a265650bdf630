"""Units, hours and the accuracy beside them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.actions import audit_reviews, quality
from coding.models import Encounter, ProductivityWeight, QualitySettings
from coding.productivity_facts import figures_of, weights_of, work_of
from coding.rules.audit_scores import Count
from coding.rules.credentials import VisitKind
from coding.rules.productivity import (
    DEFAULT_WEIGHTS,
    Stamp,
    WeightRow,
    Work,
    figure_of,
    weight_of,
    worked_seconds,
)
from rcm import access
from rcm.models import Event, Practice, User
from tests import make
from tests.coding.auditing import auditor_of, coded_chart, opened
from tests.coding.test_credentials import stay_of

DAY = date(2026, 11, 10)
NINE = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
IDLE = 15 * 60
SHORT = {
    "v": "encounter.viewed",
    "c": "encounter.codes_added",
    "f": "encounter.finalized",
    "h": "encounter.held",
    "s": "encounter.skipped",
    "a": "encounter.assigned",
}


def stamps(text: str) -> list[Stamp]:
    """stamps("0v1 5c1 9f1"): minute, event, chart."""
    found = []
    for word in text.split():
        minute, name, chart = word[:-2], word[-2], word[-1]
        found.append(Stamp(NINE + timedelta(minutes=int(minute)), int(chart), SHORT[name]))
    return found


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        ("0v1", 0),
        ("0v1 5c1 9f1", 9),
        # A pause of fifteen minutes is reading, a longer one is not work.
        ("0v1 15f1", 15),
        ("0v1 16f1", 0),
        ("0v1 5c1 45c1 48f1", 8),
        # Held at 5 (a question to the provider), back at 10: the five minutes are not counted.
        ("0v1 5h1 10v1 13f1", 8),
        # Another chart in between takes its own time.
        ("0v1 3v2 7v1 9f1 9v2 12f2", 3 + 4 + 2 + 3),
        # What was not finished is not counted, nor what is done after finishing.
        ("0v1 4s1 4v2 9f2 9v2 12v2", 5),
        ("0v1 5v2 9f2", 4),
        # Finished twice counts once, up to the last time.
        ("0v1 4f1 8v1 10f1", 6),
    ],
)
def test_time_is_counted_while_a_finished_chart_is_in_hand(text: str, minutes: int) -> None:
    assert worked_seconds(stamps(text), NINE, IDLE) == minutes * 60


def test_what_was_finished_before_the_first_day_is_not_counted() -> None:
    later = NINE + timedelta(minutes=8)
    assert worked_seconds(stamps("0v1 5f1 6v2 9f2"), later, IDLE) == 180


@pytest.mark.parametrize(
    ("visit", "weight"),
    [
        (VisitKind("professional", "Primary care", "Established"), "1.00"),
        (VisitKind("professional", "Primary care", "new"), "1.25"),
        (VisitKind("outpatient", "Surgery", "Procedure"), "1.50"),
        (VisitKind("inpatient"), "4.00"),
        (VisitKind("professional", "Orthopedics", "Operative"), "2.50"),
    ],
)
def test_a_visit_has_the_units_of_its_closest_row(visit: VisitKind, weight: str) -> None:
    assert weight_of(visit, DEFAULT_WEIGHTS) == D(weight)


def test_specialty_is_closer_than_visit_type() -> None:
    rows = [WeightRow(D(2), visit_type="New"), WeightRow(D(3), specialty="Cardiology")]
    assert weight_of(VisitKind("professional", "Cardiology", "New"), rows) == 3
    assert weight_of(VisitKind("professional", "Urology", "New"), rows) == 2
    assert weight_of(VisitKind("professional", "Urology", "Old"), rows) == 1


@pytest.mark.parametrize(
    ("accuracy", "seconds", "per_hour"),
    [
        (None, 3600, None),
        (Count(19, 19), 3600, None),
        (Count(19, 20), 3600, "12.00"),
        (Count(19, 20), 5400, "8.00"),
        (Count(19, 20), 0, None),
    ],
)
def test_speed_is_never_shown_without_accuracy(
    accuracy: Count | None, seconds: int, per_hour: str | None
) -> None:
    figure = figure_of(Work(10, D(12), D(seconds)), accuracy)
    assert figure.per_hour == (None if per_hour is None else D(per_hour))


# In the database ---------------------------------------------------------------------------


def happen(chart: Encounter, person: User, *marks: str) -> None:
    """happen(chart, ana, "0v", "5f"): events at these minutes after nine."""
    for mark in marks:
        Event.objects.create(
            practice_id=chart.practice_id,
            name=SHORT[mark[-1]],
            subject_type="encounter",
            subject_id=chart.pk,
            created_by=person,
            created_at=NINE + timedelta(minutes=int(mark[:-1])),
        )


def test_the_database_counts_as_the_rule_does(north: Practice, ana: User) -> None:
    charts = [make.encounter(north) for _ in range(4)]
    random = Random(16)
    for _ in range(12):
        savepoint = transaction.savepoint()
        told, minute = [], -400
        for _ in range(40):
            minute += random.choice([0, 1, 2, 3, 9, 15, 16, 40])
            chart = random.choice(charts)
            name = random.choice("vvcchsffa")
            told.append(Stamp(NINE + timedelta(minutes=minute), chart.pk, SHORT[name]))
            happen(chart, ana, f"{minute}{name}")
        start = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)  # midnight in Chicago
        expected = worked_seconds(told, start, IDLE)
        found = work_of(north.pk, [ana.pk], DAY, DAY)
        assert found.get(ana.pk, Work()).seconds == expected
        transaction.savepoint_rollback(savepoint)


def test_units_and_hours_are_each_persons_own(
    north: Practice, south: Practice, ana: User, mia: User
) -> None:
    office, stay = make.encounter(north), stay_of(north, by=None)
    other = make.encounter(north)
    happen(office, ana, "0v", "6f")
    happen(stay, ana, "10a", "22c", "30f")
    happen(other, mia, "0v", "3c")
    found = work_of(north.pk, [ana.pk, mia.pk], DAY, DAY)
    # One office visit and one inpatient stay: 1 + 4 units; 6 + 12 + 8 minutes.
    assert found == {ana.pk: Work(2, D("5.00"), D(26 * 60))}
    assert found[ana.pk].hours == D("0.43")
    assert work_of(north.pk, [ana.pk], date(2026, 11, 11), date(2026, 11, 12)) == {}
    access.open_walls([south.pk])
    assert work_of(south.pk, [ana.pk], DAY, DAY) == {}


def test_a_practice_weighs_and_limits_for_itself(north: Practice, ana: User, mia: User) -> None:
    chart = make.encounter(north)
    happen(chart, ana, "0v", "12f")
    quality.save_settings(north, by=mia, idle_minutes=10)
    row = quality.save_weight(north, D(3), by=mia, specialty="primary care")
    assert work_of(north.pk, [ana.pk], DAY, DAY) == {ana.pk: Work(1, D(3), D(0))}
    quality.save_weight(north, D(2), by=mia, specialty="primary care")
    assert [each.weight for each in ProductivityWeight.objects.all()] == [D(2)]
    row.refresh_from_db()
    quality.remove_weight(row, by=mia)
    assert weights_of(north.pk) == list(DEFAULT_WEIGHTS)


def test_the_figures_cost_the_same_statements_for_any_number_of_people(
    north: Practice, ana: User, mia: User
) -> None:
    counts = []
    for people in ([ana.pk], [ana.pk, mia.pk]):
        for person in (ana, mia)[: len(people)]:
            happen(make.encounter(north), person, "0v", "5f")
        with CaptureQueriesContext(connection) as captured:
            assert len(figures_of(north.pk, people, DAY, DAY)) == len(people)
        counts.append(len(captured))
    assert counts == [5, 5]


@pytest.mark.parametrize(
    ("make_row", "constraint"),
    [
        (lambda p: QualitySettings(practice=p, idle_minutes=0), "idle_minutes"),
        (lambda p: QualitySettings(practice=p, high_charge=0), "quality_settings_amounts"),
        (lambda p: ProductivityWeight(practice=p, weight=0), "weight_positive"),
        (lambda p: ProductivityWeight(practice=p, weight=1, care="x"), "weight_care"),
    ],
)
def test_the_database_keeps_the_settings_whole(
    north: Practice, make_row: Any, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_row(north).save()


# Pages -------------------------------------------------------------------------------------

DAYS = "?start=2026-11-10&end=2026-11-10"


def audit_twenty_lines(practice: Practice, coder: User) -> None:
    """Four charts of five lines, all right."""
    ada = auditor_of(practice)
    for _ in range(4):
        coded_chart(practice, coder)
    for chart in opened(practice, ada).charts.all():
        audit_reviews.agree_rest(chart, by=ada)
        audit_reviews.finish_review(chart, by=ada)


def test_a_coder_sees_her_own_figures_and_no_speed_without_accuracy(
    north: Practice, ana: User, mia: User, ana_client: Client
) -> None:
    happen(make.encounter(north), ana, "0v", "6f")
    happen(make.encounter(north), mia, "0v", "6f", "7v")
    page = ana_client.get(f"/productivity/{DAYS}").content.decode()
    assert "Not shown: no accuracy on 20 audited lines beside it" in page
    assert "0.10" in page
    assert "Mia Dunn" not in page
    assert ana_client.get("/productivity/people/").status_code == 403
    assert ana_client.get("/productivity/settings/").status_code == 403
    assert ana_client.post("/productivity/settings/", {}).status_code == 403


def test_the_board_of_people_is_off_until_a_manager_switches_it_on(
    north: Practice, ana: User, mia_client: Client
) -> None:
    happen(make.encounter(north), ana, "0v", "6f")
    page = mia_client.get(f"/productivity/people/{DAYS}").content.decode()
    assert "Figures of single people are off in this practice." in page
    assert "Ana Brandt" not in page.split("<main")[1]
    form = {"idle_minutes": 15, "high_charge": "500", "target_percent": "95", "shows_board": "on"}
    wrong = mia_client.post("/productivity/settings/", form | {"idle_minutes": 0})
    assert wrong.status_code == 422
    mia_client.post("/productivity/settings/", form)
    page = mia_client.get(f"/productivity/people/{DAYS}").content.decode()
    assert "Ana Brandt" in page
    assert "no accuracy yet" in page
    mia_client.post("/productivity/weights/", {"care": "professional", "weight": "2"})
    row = ProductivityWeight.objects.get()
    assert "Professional visits" in mia_client.get("/productivity/settings/").content.decode()
    mia_client.post(f"/productivity/weights/{row.pk}/removal/")
    assert ProductivityWeight.objects.count() == 0


def test_speed_and_accuracy_stand_side_by_side(
    north: Practice, ana: User, mia: User, mia_client: Client
) -> None:
    quality.save_settings(north, by=mia, shows_board=True)
    today = datetime.now(tz=UTC).date()
    audit_twenty_lines(north, ana)
    chart = make.encounter(north)
    now = datetime.now(tz=UTC)
    for name, minutes in (("v", 10), ("f", 4)):
        Event.objects.create(
            practice=north,
            name=SHORT[name],
            subject_type="encounter",
            subject_id=chart.pk,
            created_by=ana,
            created_at=now - timedelta(minutes=minutes),
        )
    start = (today - timedelta(days=2)).isoformat()
    url = f"/productivity/people/?start={start}&end={(today + timedelta(days=1)).isoformat()}"
    page = mia_client.get(url).content.decode()
    # One unit in six minutes; twenty of twenty lines.
    assert "10.00" in page
    assert "100.00%" in page
    assert "83.89–100.00%" in page
    export = mia_client.get(f"{url}&format=csv").content.decode().splitlines()
    assert export[1] == "Ana Brandt,1,1.00,0.10,10.00,20,20"
