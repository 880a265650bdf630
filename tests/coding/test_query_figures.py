"""Figures of queries, counted by hand."""

from datetime import date, timedelta

from pytest_django import DjangoAssertNumQueries

from coding.actions.queries import answer_query, withdraw
from coding.models import ProviderQuery
from coding.query_figures import Figures, figures_of
from rcm.models import Practice, User
from tests import make
from tests.coding import asking


def test_the_figures_are_counted_by_provider(
    north: Practice, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lindqvist = make.provider(north)
    annika = asking.login(lindqvist)
    quist = asking.colleague(north, first_name="Anna")
    for option in ("With hyperglycemia", "Without hyperglycemia", "Other"):
        query = asking.ask(asking.chart(north), ana)
        answer_query(query, option=option, text="Diet only.", by=annika)
    withdraw(asking.ask(asking.chart(north), ana), by=ana)
    late = asking.ask(asking.chart(north), ana, provider=quist)
    today = late.asked_at.date() + timedelta(days=1)
    ProviderQuery.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))
    with django_assert_num_queries(2):
        total, *rows = figures_of(north, today=today)
    assert [row.name for row in rows] == ["Quist, Anna", "Lindqvist, Annika"]
    assert (total.asked, total.waiting, total.overdue, total.answered) == (5, 1, 1, 3)
    assert (rows[1].asked, rows[1].answered, rows[1].agreed, rows[1].in_time) == (4, 3, 2, 3)
    assert (rows[1].agreed_percent, rows[1].in_time_percent) == ("66 %", "100 %")
    assert rows[1].median is not None
    assert (rows[0].median, rows[0].median_label, rows[0].agreed_percent) == (None, "–", "–")
    assert rows[0].oldest_due == today - timedelta(days=1)


def test_another_practice_counts_nothing(north: Practice, south: Practice, ana: User) -> None:
    asking.ask(asking.chart(north), ana)
    [total] = figures_of(south, today=date(2026, 11, 23))
    assert (total.asked, total.median) == (0, None)


def test_a_median_is_told_in_hours_then_in_days() -> None:
    def label(**wait: int) -> str:
        figures = Figures("All", None, 1, 0, 0, 1, 0, 1, 1, timedelta(**wait), None)
        return figures.median_label

    assert [label(minutes=59), label(hours=47), label(hours=48), label(days=3, hours=12)] == [
        *("0 h", "47 h", "2.0 d", "3.5 d"),
    ]
