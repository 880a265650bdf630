"""Two managers at one write-off: committed for real, each with a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from billing.models import Posting
from denials.actions import denials as actions
from denials.actions import write_offs
from denials.models import Denial, WriteOffRequest
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Role, User
from tests import make
from tests.billing.books import assert_ledger
from tests.denials.denying import denied

Stage = tuple[int, int, list[User]]


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Practice, a write-off of 400.00 a biller asked for, and two managers."""
    practice = make.practice()
    biller = make.member(practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
    managers = [
        make.member(practice, Role.MANAGER, f"{name}@example.test", name, "Page")
        for name in ("mia", "nora")
    ]
    with access.acting_in(practice.pk):
        actions.write_off(
            denied(practice, "CO-29", "400.00"), reason="timely_filing", note="Late", by=biller
        )
        return practice.pk, WriteOffRequest.objects.get().pk, managers


def at_once(practice_id: int, acts: list[Callable[[], object]]) -> list[str]:
    """Run them side by side; the words of each refusal, or an empty text."""

    def run(act: Callable[[], object]) -> str:
        try:
            with access.acting_in(practice_id):
                act()
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def decide(act: Callable[..., object], stage: Stage, by: User) -> Callable[[], object]:
    return lambda: act(WriteOffRequest.objects.get(pk=stage[1]), note="Agreed", by=by)


def test_of_two_approvals_at_once_one_posts_and_the_other_is_told(stage: Stage) -> None:
    practice_id, _, managers = stage
    said = at_once(practice_id, [decide(write_offs.approve, stage, each) for each in managers])
    assert said == ["", "Somebody was first: it is written off now."]
    with access.acting_in(practice_id):
        request = WriteOffRequest.objects.select_related("practice").get()
        assert (request.state, request.decided_by in managers) == ("approved", True)
        assert Posting.objects.filter(destination="write_off").count() == 1
        assert Denial.objects.get().resolution == "written_off"
        assert Event.objects.filter(name="write_off.approved").count() == 1
        assert_ledger(request.practice)


def test_of_an_approval_and_a_decline_at_once_one_stands(stage: Stage) -> None:
    practice_id, _, (mia, nora) = stage
    acts = [decide(write_offs.approve, stage, mia), decide(write_offs.decline, stage, nora)]
    first, second = at_once(practice_id, acts)
    with access.acting_in(practice_id):
        request = WriteOffRequest.objects.select_related("practice").get()
        word = request.get_state_display().lower()
        assert (first, second) == ("", f"Somebody was first: it is {word} now.")
        moved = Posting.objects.filter(destination="write_off").count()
        assert moved == (1 if request.state == "approved" else 0)
        assert_ledger(request.practice)
