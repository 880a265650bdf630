"""A lost message loses no work: the sweep asks again for exactly what was left behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.actions import remittances
from coding.actions.tasks import uphold_task
from coding.models import CoderTask
from denials import tasks
from denials.actions.opening import open_denials, remittances_to_read
from denials.models import Denial
from rcm.celery import app
from rcm.models import Practice, User
from tests.billing import remitting as r
from tests.denials.denying import denied, pay, sent_claim


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """The messages the sweep sent; there is no broker in these tests."""
    found: list[tuple[str, tuple[int, ...]]] = []

    def keep(name: str, *, args: list[int], retry: bool) -> None:
        found.append((name, tuple(args)))

    monkeypatch.setattr(app, "send_task", keep)
    return found


def test_a_posted_remittance_nobody_read_is_asked_for_until_it_is_read(
    north: Practice, asked: list[tuple[str, tuple[int, ...]]]
) -> None:
    remittance = pay(north, r.echo(sent_claim(north), ("0.00", "CO-29 165.00")))
    tasks.sweep_denials()
    tasks.sweep_denials()
    message = ("denials.tasks.open_denials", (north.pk, remittance.pk))
    assert asked == [message, message]
    tasks.open_denials(north.pk, remittance.pk)
    asked.clear()
    tasks.sweep_denials()
    assert asked == []
    assert Denial.objects.count() == 1


def test_a_remittance_that_posted_more_later_is_read_again(north: Practice, ben: User) -> None:
    claim = sent_claim(north)
    lines = r.echo(claim, ("92.00", "CO-45 73.00")).lines
    stranger = r.clp("WRONG1", "165.00", "92.00", *lines, parties=())
    remittance = r.recorded(north, r.content("92.00", stranger))
    remittances.match_remittance(remittance)
    open_denials(r.post_remittance(remittance))
    assert remittances_to_read(north.pk) == []
    remittances.match_claim(remittance.claims.get(), claim, by=ben)
    assert remittances_to_read(north.pk) == [remittance.pk]


def test_an_answer_of_the_coder_that_was_not_followed_is_followed(
    north: Practice, ana: User, asked: list[tuple[str, tuple[int, ...]]]
) -> None:
    denied(north, "CO-11")
    task = CoderTask.objects.get()
    tasks.sweep_denials()
    assert asked == []
    uphold_task(task, answer="As documented.", by=ana)
    tasks.sweep_denials()
    assert asked == [("denials.tasks.follow_coder_task", (north.pk, task.pk))]


def test_a_pended_denial_comes_back_on_its_day(
    north: Practice, asked: list[tuple[str, tuple[int, ...]]]
) -> None:
    due, later = denied(north), denied(north)
    today = timezone.localdate()
    Denial.objects.filter(pk=due.pk).update(state="pended", pended_until=today)
    Denial.objects.filter(pk=later.pk).update(
        state="pended", pended_until=today + timedelta(days=1)
    )
    tasks.sweep_denials()
    tasks.sweep_denials()
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == ("open", "pended")
