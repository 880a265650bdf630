"""Charts in and out of work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from coding.actions import encounters
from coding.actions.tasks import open_task, resolve_recoded, uphold_task
from coding.models import CoderTask, Encounter
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make


def expire_locks() -> None:
    Encounter.objects.update(locked_until=timezone.now() - timedelta(seconds=1))


def ready(north: Practice, **changes: object) -> Encounter:
    """A chart that can be finalized: hypertension and a priced visit."""
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "99213", "Established visit, low")
    make.fees(north, c99213="165.00")
    return make.coded(make.encounter(north, **changes), ("99213", "0.00"))


def test_the_next_chart_is_locked_for_ten_minutes(north: Practice, ana: User) -> None:
    chart = make.encounter(north)
    taken = encounters.next_encounter(north, by=ana)
    assert taken == chart
    assert (taken.state, taken.assigned_to) == ("in_coding", ana)
    assert taken.locked_until > timezone.now() + timedelta(minutes=9)
    assert Event.objects.get(name="encounter.assigned").patient_id == chart.patient_id


def test_priority_then_the_oldest_visit_comes_first(north: Practice, ana: User) -> None:
    make.encounter(north, date_of_service=make.SERVED_ON)
    oldest = make.encounter(north, date_of_service=make.SERVED_ON - timedelta(days=3))
    urgent = make.encounter(north, priority=1)
    given = []
    for _ in range(2):
        chart = encounters.next_encounter(north, by=ana)
        assert chart is not None
        given.append(chart)
        Encounter.objects.filter(pk=chart.pk).update(state="held", hold_reason="later")
    assert given == [urgent, oldest]


def test_a_coder_gets_her_own_open_chart_again(north: Practice, ana: User) -> None:
    make.encounter(north)
    make.encounter(north)
    first = encounters.next_encounter(north, by=ana)
    assert encounters.next_encounter(north, by=ana) == first


def test_another_coder_gets_another_chart_until_the_lock_runs_out(
    north: Practice, ana: User, mia: User
) -> None:
    chart = make.encounter(north)
    encounters.next_encounter(north, by=ana)
    assert encounters.next_encounter(north, by=mia) is None
    expire_locks()
    assert encounters.next_encounter(north, by=mia) == chart


def test_a_skipped_chart_comes_after_the_others(north: Practice, ana: User) -> None:
    first = make.encounter(north, priority=1)
    second = make.encounter(north)
    encounters.skip_encounter(first, reason="Not my specialty", by=ana)
    assert encounters.next_encounter(north, by=ana) == second
    encounters.skip_encounter(second, reason="Not my specialty", by=ana)
    assert encounters.next_encounter(north, by=ana) == first


def test_a_held_chart_comes_back_when_its_date_has_passed(north: Practice, ana: User) -> None:
    chart = make.encounter(north)
    tomorrow = timezone.localdate() + timedelta(days=1)
    encounters.hold_encounter(chart, reason="Pathology report", until=tomorrow, by=ana)
    assert encounters.next_encounter(north, by=ana) is None
    Encounter.objects.update(hold_until=timezone.localdate())
    back = encounters.next_encounter(north, by=ana)
    assert back == chart
    assert (back.state, back.hold_reason, back.hold_until) == ("in_coding", "", None)


def test_returned_work_comes_before_everything_else(north: Practice, ana: User) -> None:
    make.encounter(north, priority=9)
    returned = make.encounter(north, state="returned")
    given = encounters.next_encounter(north, by=ana)
    assert given == returned
    assert given.state == "returned"


def test_a_hold_needs_a_reason_and_a_day_to_come(north: Practice, ana: User) -> None:
    chart = make.encounter(north)
    with pytest.raises(Refusal) as refused:
        encounters.hold_encounter(chart, reason=" ", until=None, by=ana)
    assert refused.value.fields == {"reason": "Required."}
    with pytest.raises(Refusal) as refused:
        encounters.hold_encounter(chart, reason="Later", until=timezone.localdate(), by=ana)
    assert refused.value.message == "The day it comes back must be after today."
    chart.refresh_from_db()
    assert chart.state == "new"
    assert not Event.objects.exists()


def test_a_released_chart_waits_in_the_queue_again(north: Practice, ana: User) -> None:
    chart = make.encounter(north, state="held", hold_reason="Signature")
    encounters.release_encounter(chart, by=ana)
    assert (chart.state, chart.hold_reason) == ("new", "")
    with pytest.raises(Refusal) as refused:
        encounters.release_encounter(chart, by=ana)
    assert refused.value.status == 409


def test_an_open_chart_is_closed_to_others(north: Practice, ana: User, mia: User) -> None:
    chart = make.encounter(north)
    encounters.open_encounter(chart, by=ana)
    with pytest.raises(Refusal) as refused:
        encounters.open_encounter(Encounter.objects.get(pk=chart.pk), by=mia)
    assert refused.value.status == 423
    assert refused.value.message.startswith("Ana Brandt is coding this chart (until ")
    assert chart.version == 1


def test_finalizing_prices_and_freezes_the_charges(north: Practice, ana: User) -> None:
    chart = ready(north)
    chart.charges.update(units=Decimal(1), amount_billed=None)
    encounters.finalize_encounter(chart, by=ana)
    charge = chart.charges.get()
    assert (charge.amount_billed, charge.is_frozen) == (Decimal("165.00"), True)
    assert (chart.state, chart.finalized_by, chart.locked_until) == ("finalized", ana, None)
    assert Event.objects.get(name="encounter.finalized").data == {"charges": 1, "warnings": 0}


def test_units_multiply_the_price(north: Practice, ana: User) -> None:
    chart = ready(north)
    make.code("procedure", "J3301", "Triamcinolone, per 10 mg")
    make.fees(north, cj3301="8.00")
    chart.charges.update(procedure_code="J3301", units=Decimal(4), modifiers=["JZ"])
    encounters.finalize_encounter(chart, by=ana)
    assert chart.charges.get().amount_billed == Decimal("32.00")


def test_a_blocking_finding_stops_the_completion(north: Practice, ana: User) -> None:
    chart = ready(north)
    chart.charges.update(pointers=[])
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(chart, by=ana)
    assert refused.value.code == "findings_block"
    assert refused.value.message == (
        "One edit blocks this chart: Line 1 (99213) points to no diagnosis."
    )
    assert [finding.code for finding in refused.value.data["findings"]] == ["no_pointer"]
    stored = Encounter.objects.get(pk=chart.pk)
    assert (stored.state, stored.version) == ("new", 1)
    assert not chart.charges.get().is_frozen
    assert not Event.objects.exists()


def test_a_line_without_price_stays_open_for_billing(north: Practice, ana: User) -> None:
    chart = ready(north)
    chart.charges.update(procedure_code="99499", amount_billed=None)
    make.code("procedure", "99499", "Other visit")
    encounters.finalize_encounter(chart, by=ana)
    charge = chart.charges.get()
    assert (chart.state, charge.amount_billed, charge.is_frozen) == ("finalized", None, False)


def test_a_chart_is_finalized_once(north: Practice, ana: User) -> None:
    chart = ready(north)
    encounters.finalize_encounter(chart, by=ana)
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(Encounter.objects.get(pk=chart.pk), by=ana)
    assert (refused.value.code, refused.value.status) == ("encounter_not_open", 409)
    assert Event.objects.filter(name="encounter.finalized").count() == 1


def test_an_old_version_is_refused(north: Practice, ana: User) -> None:
    chart = ready(north)
    Encounter.objects.update(version=7)
    with pytest.raises(Refusal) as refused:
        encounters.finalize_encounter(chart, by=ana, version=6)
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)
    assert Encounter.objects.get().state == "new"


def test_a_reopened_chart_is_returned_work_with_charges_to_change(
    north: Practice, ana: User
) -> None:
    chart = ready(north)
    encounters.finalize_encounter(chart, by=ana)
    encounters.reopen_encounter(chart, reason="Denied", by=ana)
    assert (chart.state, chart.finalized_at) == ("returned", None)
    assert not chart.charges.get().is_frozen
    with pytest.raises(Refusal):
        encounters.reopen_encounter(chart, reason="Denied", by=ana)


def test_completing_a_recoded_chart_answers_its_task_and_brings_the_next(
    north: Practice, ana: User
) -> None:
    chart = ready(north)
    encounters.finalize_encounter(chart, by=ana)
    task = open_task(chart, source="denial:1", reason="CO-11 on line 1")
    encounters.reopen_encounter(chart, reason="Denied", by=ana)
    waiting = make.encounter(north)
    assert encounters.complete_encounter(chart, by=ana) == waiting
    task.refresh_from_db()
    assert (task.state, task.resolved_by) == ("recoded", ana)


def test_a_task_is_opened_once_per_source(north: Practice) -> None:
    chart = make.encounter(north)
    first = open_task(chart, source="denial:1", reason="CO-11")
    assert open_task(chart, source="denial:1", reason="again") == first
    assert CoderTask.objects.get().reason == "CO-11"
    assert Event.objects.filter(name="coder_task.opened").count() == 1


def test_upholding_needs_an_answer_and_happens_once(north: Practice, ana: User) -> None:
    task = open_task(make.encounter(north), source="denial:1", reason="CO-11")
    with pytest.raises(Refusal) as refused:
        uphold_task(task, answer="", by=ana)
    assert refused.value.fields["answer"].startswith("Say why the coding is right")
    uphold_task(task, answer="The note documents it.", by=ana)
    assert (task.state, task.answer) == ("upheld", "The note documents it.")
    with pytest.raises(Refusal) as refused:
        resolve_recoded(task, by=ana)
    assert refused.value.message == "Somebody was first: this task is upheld."


@pytest.mark.django_db(transaction=True)
def test_fifty_coders_asking_at_once_get_fifty_charts() -> None:
    practice = make.practice()
    coders = [
        make.member(practice, Role.CODER, f"c{number}@example.test", "C", str(number))
        for number in range(50)
    ]
    with access.acting_in(practice.pk):
        for number in range(50):
            make.encounter(practice, number=f"Q{number:03d}")

    def ask(coder: User) -> int | None:
        try:
            with access.acting_in(practice.pk):
                chart = encounters.next_encounter(practice, by=coder)
                return chart.pk if chart else None
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=25) as pool:
        given = list(pool.map(ask, coders))
    assert None not in given
    assert len(set(given)) == 50
