"""The worklist by worth per minute: kept with each denial, learned by night, explained."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.actions import causes
from denials.actions import denials as actions
from denials.actions.weighing import histories_of, learn_history, weigh, weigh_all
from denials.models import Denial, VerbHistory
from denials.next_best import history_of, next_best
from denials.practice_days import practice_today
from rcm.models import Practice, User
from tests import make
from tests.denials.denying import denied
from tests.denials.test_next_best import ended

D = Decimal


def known(denial: Denial, verb: str, paid: int, **changes: object) -> None:
    """Twenty denials of its cause and payer ended after the verb, so many of them paid."""
    VerbHistory.objects.create(
        **{
            "practice": denial.practice,
            "payer": denial.payer,
            "category": denial.category,
            "verb": verb,
            "ended": 20,
            "paid": paid,
            "measured": 0,
        }
        | changes
    )


def weighed(denial: Denial) -> tuple[str, str]:
    denial.refresh_from_db()
    return str(denial.worth), denial.worth_verb


def far(denial: Denial) -> None:
    """Nothing is urgent about it."""
    day = practice_today(denial.practice) + timedelta(days=60)
    Denial.objects.filter(pk=denial.pk).update(due_on=day)


def test_a_denial_is_worth_its_best_verb_as_the_pane_says(north: Practice) -> None:
    denial = denied(north, "CO-22")
    far(denial)
    known(denial, "corrected", 15)
    known(denial, "route", 2)
    weigh_all_again(north)
    # 165.00 × 15 of 20 ÷ 5 minutes; by the coder 165.00 × 2 of 20 ÷ 2.
    assert weighed(denial) == ("24.75", "corrected")
    known_now = histories_of(north.pk)[denial.payer_id, denial.category]
    assert (known_now["corrected"].paid, known_now["route"].ended) == (15, 20)


def weigh_all_again(practice: Practice) -> int:
    """With the history that stands, as opening a denial does."""
    return weigh(practice, list(Denial.objects.values_list("pk", flat=True)))


def test_too_few_ended_are_worth_nothing_known(north: Practice) -> None:
    denial = denied(north, "CO-22")
    known(denial, "corrected", 15, ended=19)
    weigh_all_again(north)
    assert weighed(denial) == ("0.00", "")


def test_the_night_learns_what_the_pane_shows_and_forgets_what_is_old(
    north: Practice, ben: User
) -> None:
    for resolution, minutes in (("paid", 3), ("denied_again", 7)):
        ended(north, ben, resolution, minutes)
    denial = denied(north, "CO-22")
    known(denial, "route", 20)
    today = practice_today(north)
    assert learn_history(north, today) == 1
    assert histories_of(north.pk)[denial.payer_id, "cob"] == history_of(denial)
    assert weigh_all(north) == {"learned": 1, "changed": 0}


def test_worth_follows_the_days_left_only_where_it_changes(north: Practice) -> None:
    near, later = denied(north, "CO-22"), denied(north, "CO-22")
    far(near)
    far(later)
    known(near, "corrected", 20)
    known(near, "route", 0)
    assert weigh_all_again(north) == 2
    Denial.objects.filter(pk=near.pk).update(due_on=practice_today(north) + timedelta(days=2))
    assert weigh_all_again(north) == 1
    assert (weighed(near), weighed(later)) == (
        ("132.00", "corrected"),
        ("33.00", "corrected"),
    )


def test_opening_recategorizing_and_the_coders_answer_weigh_at_once(
    north: Practice, ben: User, ana: User
) -> None:
    first = denied(north, "CO-29")
    for category in (first.category, "coding"):
        known(first, "corrected", 10, category=category)
        known(first, "route", 20, category=category)
    second = denied(north, "CO-29")
    far(second)
    assert weighed(second)[1] == "route"
    causes.recategorize(
        second, category="coding", owner_queue="coder", reason="Modifier missing", by=ben
    )
    assert weighed(second) == ("0.00", "")
    task = CoderTask.objects.get()
    coder_tasks.uphold_task(task, answer="As documented.", by=ana)
    actions.follow_coder_task(CoderTask.objects.get())
    assert weighed(second) == ("16.50", "corrected")


def test_the_list_by_worth_has_what_is_not_known_last_by_day(
    north: Practice, ben_client: Client
) -> None:
    late, large, small = denied(north), denied(north, "CO-22", "600.00"), denied(north, "CO-22")
    far(late)
    known(large, "corrected", 10)
    known(large, "route", 0)
    weigh_all_again(north)
    page = ben_client.get("/denials/", {"sort": "best"})
    rows = [row.pk for group in page.context["groups"] for row in group["rows"]]
    assert rows == [large.pk, small.pk, late.pk]
    shown = page.content.decode()
    assert "Worth most first, as of" in shown
    assert "$60.00" in shown
    answer = ben_client.get("/api/denials/", {"sort": "best"}).json()["results"]
    assert [(row["id"], row["worth"], row["worth_verb"]) for row in answer] == [
        (large.pk, "60.00", "corrected"),
        (small.pk, "16.50", "corrected"),
        (late.pk, "0.00", ""),
    ]


def test_before_the_first_night_the_list_says_that_nothing_is_computed(
    north: Practice, ben_client: Client
) -> None:
    denied(north)
    page = ben_client.get("/denials/", {"sort": "best"}).content.decode()
    assert "Worth most first: not computed yet" in page


def test_the_order_by_worth_is_read_from_its_index(north: Practice) -> None:
    denied(north)
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    rows = Denial.objects.filter(practice=north, state="open").order_by("-worth", "due_on", "id")
    assert "denial_waiting_best" in rows[:50].explain()


def test_weighing_many_takes_as_many_statements_as_weighing_one(north: Practice) -> None:
    rows = [denied(north, "CO-22") for _ in range(5)]
    known(rows[0], "corrected", 10)
    known(rows[0], "route", 0)

    def statements(ids: list[int]) -> int:
        Denial.objects.update(worth=0, worth_verb="")
        with CaptureQueriesContext(connection) as captured:
            assert weigh(north, ids) == len(ids)
        return len(captured)

    assert statements([rows[0].pk]) == statements([row.pk for row in rows]) == 3


def test_what_the_pane_says_is_what_the_list_was_ordered_by(north: Practice, ben: User) -> None:
    for minutes in range(20):
        ended(north, ben, "paid", 2 + minutes % 2)
    denial = denied(north, "CO-22")
    actions.route_to_coder(denial, by=ben)
    Denial.objects.filter(pk=denial.pk).update(state="open")
    weigh_all(north)
    [best] = next_best(Denial.objects.get(pk=denial.pk), make.TODAY)
    assert (weighed(denial)[0], best.verb) == (str(best.worth), "corrected")
