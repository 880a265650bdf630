"""A lead or a rule gives charts to coders, and a coder takes one over."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions import assignment_rules, assignments, credentials
from coding.actions.codes import add_line
from coding.actions.encounters import next_encounter, open_encounter, reopen_encounter
from coding.models import AssignmentRule, Encounter
from coding.tasks import prepare_chart
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.billing.reviewing import coded_visit


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def rule(north: Practice, *coders: User, **conditions: object) -> AssignmentRule:
    made = AssignmentRule(
        practice=north, name="Rule", coders=[user.pk for user in coders], **conditions
    )
    assignment_rules.save_rule(made, by=None)
    return made


def owners(north: Practice) -> list[User | None]:
    return [row.owner for row in Encounter.objects.filter(practice=north).order_by("pk")]


def test_charts_given_to_a_coder_are_hers(north: Practice, ana: User, bea: User) -> None:
    charts = [make.encounter(north) for _ in range(3)]
    ids = [charts[0].pk, charts[2].pk]
    assert assignments.assign_charts(north, ids, bea, by=ana).charts == 2
    assert owners(north) == [bea, None, bea]
    told = Event.objects.filter(name="encounter.given", data__contains={"coder": bea.pk})
    assert told.filter(data__earlier=None).count() == 2
    assert assignments.assign_charts(north, ids, bea, by=ana) == (0, "", 0)


def test_charts_are_taken_back_to_nobody(north: Practice, ana: User, bea: User) -> None:
    chart = make.encounter(north, owner=bea)
    assert assignments.assign_charts(north, [chart.pk], None, by=ana).charts == 1
    assert owners(north) == [None]


def test_nobody_outside_the_practice_is_given_a_chart(north: Practice, ben: User) -> None:
    chart = make.encounter(north)
    with pytest.raises(Refusal, match="Ben Carver does not code in this practice") as refused:
        assignments.assign_charts(north, [chart.pk], ben, by=None)
    assert refused.value.code == "not_a_coder"
    assert owners(north) == [None]


def test_a_coded_chart_is_given_to_nobody(north: Practice, bea: User) -> None:
    visit = coded_visit(north)
    assert assignments.assign_charts(north, [visit.pk], bea, by=None).charts == 0


def test_the_next_chart_is_first_of_ones_own(north: Practice, ana: User, bea: User) -> None:
    make.encounter(north, priority=9)
    hers = make.encounter(north, owner=ana)
    assert next_encounter(north, by=ana) == hers


def test_a_chart_of_somebody_else_is_given_to_nobody_else(
    north: Practice, ana: User, bea: User
) -> None:
    make.encounter(north, owner=bea)
    assert next_encounter(north, by=ana) is None


def test_a_reopened_chart_goes_back_to_whoever_coded_it(
    north: Practice, ana: User, bea: User
) -> None:
    visit = coded_visit(north, by=bea)
    reopen_encounter(visit, reason="Wrong side", by=None)
    assert visit.owner == bea
    assert next_encounter(north, by=ana) is None
    assert next_encounter(north, by=bea) == visit


def test_a_reopened_chart_of_a_coder_who_left_is_nobodys(
    north: Practice, ana: User, bea: User
) -> None:
    visit = coded_visit(north, by=bea)
    bea.memberships.all().delete()
    reopen_encounter(visit, reason="Wrong side", by=None)
    assert visit.owner is None
    assert next_encounter(north, by=ana) == visit


def test_rules_give_what_is_nobodys_to_the_least_loaded(
    north: Practice, ana: User, bea: User
) -> None:
    make.encounter(north, owner=ana)
    for _ in range(3):
        make.encounter(north)
    rule(north, ana, bea)
    assert assignments.assign_by_rules(north) == 3
    assert owners(north) == [ana, bea, ana, bea]
    assert assignments.assign_by_rules(north) == 0


def test_rules_leave_alone_what_somebody_has_open(north: Practice, ana: User, bea: User) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=ana)
    rule(north, bea)
    assert assignments.assign_by_rules(north) == 0


def test_rules_cost_the_same_however_many_charts(north: Practice, ana: User, bea: User) -> None:
    rule(north, ana, bea)
    counts = []
    for number in (2, 20):
        for _ in range(number):
            make.encounter(north)
        with CaptureQueriesContext(connection) as captured:
            assert assignments.assign_by_rules(north) == number
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_rule_needs_a_coder_of_the_practice(north: Practice, ben: User) -> None:
    with pytest.raises(Refusal, match="Name at least one coder of this practice"):
        rule(north, ben)
    assert not AssignmentRule.objects.exists()


def test_rules_are_put_in_order(north: Practice, ana: User) -> None:
    first, second = rule(north, ana), rule(north, ana)
    assert (first.position, second.position) == (1, 2)
    assignment_rules.order_rules(north, [second.pk, first.pk], by=None)
    assert list(AssignmentRule.objects.order_by("position")) == [second, first]
    with pytest.raises(Refusal, match="The rules changed meanwhile"):
        assignment_rules.order_rules(north, [first.pk], by=None)


def test_a_chart_taken_over_leaves_the_first_coder_with_a_plain_refusal(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    chart = make.encounter(north)
    open_encounter(chart, by=ana)
    assignments.take_over(chart, by=bea)
    assert chart.assigned_to == bea
    assert Event.objects.get(name="encounter.taken_over").data == {"earlier": ana.pk}
    at = timezone.localtime().strftime("%H:%M")
    with pytest.raises(Refusal, match=f"^Bea Dorn took this chart over at {at}") as refused:
        add_line(chart, "I10", by=ana, version=1)
    with pytest.raises(Refusal, match="^Bea Dorn is coding this chart"):
        add_line(chart, "I10", by=mia, version=1)
    assert refused.value.status == 423
    assert not chart.diagnoses.exists()


def test_there_is_nothing_to_take_over_when_nobody_has_it(north: Practice, bea: User) -> None:
    chart = make.encounter(north)
    with pytest.raises(Refusal, match="Nobody else has this chart open"):
        assignments.take_over(chart, by=bea)
    assert Encounter.objects.get().assigned_to is None


def test_a_giving_is_undone_chart_by_chart(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    charts = [make.encounter(north, owner=ana), make.encounter(north), make.encounter(north)]
    done = assignments.assign_charts(north, [chart.pk for chart in charts], bea, by=mia)
    assert owners(north) == [bea, bea, bea]
    # Given on meanwhile, by somebody else: that stays.
    assignments.assign_charts(north, [charts[2].pk], ana, by=None)
    assert assignments.undo_giving(north, done.act, by=mia) == 2
    assert owners(north) == [ana, None, ana]
    with pytest.raises(Refusal, match="There is nothing to undo here any more") as refused:
        assignments.undo_giving(north, done.act, by=mia)
    assert refused.value.status == 409


def test_nobody_undoes_what_somebody_else_gave(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    done = assignments.assign_charts(north, [make.encounter(north).pk], bea, by=mia)
    for act, who in ((done.act, ana), (done.act + "x", mia), ("", mia)):
        with pytest.raises(Refusal, match="There is nothing to undo here any more"):
            assignments.undo_giving(north, act, by=who)
    assert owners(north) == [bea]


def test_a_lead_puts_a_chart_down_for_an_absent_coder(
    north: Practice, ana: User, mia: User
) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=ana)
    assignments.take_away(chart, by=mia)
    assert (chart.state, chart.assigned_to, chart.version) == ("new", None, 2)
    assert Event.objects.get(name="encounter.put_down").data == {"earlier": ana.pk}
    with pytest.raises(Refusal, match="Nobody has this chart open any more"):
        assignments.take_away(chart, by=mia)


def test_who_had_a_chart_put_down_is_named_however_old_the_page(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=ana)
    seen_before = Encounter.objects.get()
    assignments.take_over(chart, by=bea)
    assert assignments.take_away(seen_before, by=mia) == bea
    assert Event.objects.get(name="encounter.put_down").data == {"earlier": bea.pk}


def test_the_plan_of_the_rules_gives_nothing_yet(north: Practice, ana: User, bea: User) -> None:
    charts = [make.encounter(north) for _ in range(3)]
    rule(north, ana, bea)
    assert list(assignments.plan_by_rules(north).values()) == [ana.pk, bea.pk, ana.pk]
    assert owners(north) == [None] * len(charts)


@pytest.fixture
def hearts_want_ccs(north: Practice, ana: User, mia: User) -> None:
    """Cardiology wants a CCS, which Ana holds and nobody else."""
    credentials.add_requirement(north, ["ccs"], by=mia, specialty="cardiology")
    credentials.save_credential(
        north,
        ana,
        by=mia,
        kind="ccs",
        other_name="",
        number="1",
        issued_on=date(2024, 1, 1),
        expires_on=None,
        ceus_earned=Decimal(0),
        ceus_required=Decimal(0),
    )


def heart(north: Practice, **changes: object) -> Encounter:
    return make.encounter(north, specialty="Cardiology", **changes)


@pytest.mark.usefixtures("hearts_want_ccs")
def test_a_coder_is_given_no_chart_she_may_not_code(north: Practice, bea: User, mia: User) -> None:
    ids = [heart(north).pk, make.encounter(north).pk]
    done = assignments.assign_charts(north, ids, bea, by=mia)
    assert (done.charts, done.left) == (1, 1)
    assert owners(north) == [None, bea]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_rules_pass_over_a_coder_without_the_credential(
    north: Practice, ana: User, bea: User
) -> None:
    for chart in (heart, make.encounter, heart, heart):
        chart(north)
    rule(north, bea, specialty="Cardiology")
    rule(north, bea, ana)
    assert assignments.assign_by_rules(north) == 4
    assert owners(north) == [ana, bea, ana, ana]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_a_reopened_chart_its_coder_may_not_code_now_is_nobodys(
    north: Practice, ana: User, bea: User
) -> None:
    visits = [coded_visit(north, by=coder) for coder in (ana, bea)]
    Encounter.objects.update(specialty="Cardiology")
    for visit in visits:
        reopen_encounter(visit, reason="Wrong side", by=None)
    assert [visit.owner for visit in visits] == [ana, None]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_an_undo_gives_nothing_back_to_who_may_not_code_it(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    cal = make.member(north, Role.CODER, "cal@example.test", "Cal", "Ivers")
    charts = [heart(north, owner=bea), make.encounter(north, owner=bea)]
    charts.append(make.encounter(north, owner=cal))
    done = assignments.assign_charts(north, [chart.pk for chart in charts], ana, by=mia)
    cal.memberships.all().delete()
    assert assignments.undo_giving(north, done.act, by=mia) == 3
    assert owners(north) == [None, bea, None]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_nobody_takes_over_a_chart_without_the_credential(
    north: Practice, ana: User, bea: User
) -> None:
    chart = heart(north)
    open_encounter(chart, by=ana)
    with pytest.raises(Refusal, match="may be coded by a person with CCS only") as refused:
        assignments.take_over(chart, by=bea)
    assert refused.value.status == 403
    assert Encounter.objects.get().assigned_to == ana
    assert not Event.objects.filter(name="encounter.taken_over").exists()


def test_who_had_a_chart_is_told_however_old_the_page(
    north: Practice, ana: User, bea: User, mia: User
) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=ana)
    seen_before = Encounter.objects.get()
    assignments.take_over(chart, by=mia)
    assert assignments.take_over(seen_before, by=bea) == mia
    told = Event.objects.filter(name="encounter.taken_over").order_by("pk")
    assert [event.data["earlier"] for event in told] == [ana.pk, mia.pk]


def test_charts_no_rule_fits_do_not_stand_before_those_one_does(
    north: Practice, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignments, "CHUNK", 2)
    for _ in range(3):
        make.encounter(north, priority=50)
    heart(north)
    rule(north, ana, specialty="Cardiology")
    assert assignments.assign_by_rules(north) == 1
    assert owners(north) == [None, None, None, ana]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_charts_no_coder_of_a_rule_may_code_do_not_stand_before_others(
    north: Practice, bea: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignments, "CHUNK", 1)
    heart(north, priority=50)
    make.encounter(north)
    rule(north, bea)
    assert assignments.assign_by_rules(north) == 1
    assert owners(north) == [None, bea]


def test_a_chart_that_comes_in_is_given_out_alone(north: Practice, ana: User) -> None:
    make.encounter(north)
    late = make.encounter(north)
    rule(north, ana)
    prepare_chart(north.pk, late.pk)
    access.open_walls([north.pk])
    assert owners(north) == [None, ana]


def test_what_a_person_left_behind_goes_to_nobody(north: Practice, bea: User, mia: User) -> None:
    make.encounter(north, owner=bea)
    make.encounter(north, owner=bea, state="held", hold_reason="Later")
    bea.memberships.all().delete()
    done = assignments.take_back(north, bea.pk, by=mia)
    assert done.charts == 2
    assert owners(north) == [None, None]
    # Undone, the charts are where they were: on the board, as those of somebody who left.
    assert assignments.undo_giving(north, done.act, by=mia) == 2
    assert owners(north) == [bea, bea]


@pytest.mark.usefixtures("hearts_want_ccs")
def test_a_taking_back_undone_gives_nothing_to_who_may_not_code_it_now(
    north: Practice, bea: User, mia: User
) -> None:
    heart(north, owner=bea)
    make.encounter(north, owner=bea)
    bea.memberships.all().delete()
    done = assignments.take_back(north, bea.pk, by=mia)
    make.member(north, Role.CODER, bea.email, "Bea", "Dorn")
    assert assignments.undo_giving(north, done.act, by=mia) == 1
    assert owners(north) == [None, bea]
