"""The lead's board, and the pages of the rules that give charts out."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions.credentials import add_requirement
from coding.actions.encounters import open_encounter
from coding.board_page import coder_rows, oldest_of, unassigned_groups
from coding.models import AssignmentRule, Encounter
from rcm.models import Event, Practice, Role, User
from tests import make


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def test_the_board_says_what_each_coder_has(ana: User, bea: User, north: Practice) -> None:
    today = timezone.localdate()
    make.encounter(north, owner=ana, date_of_service=today - timedelta(days=9))
    make.encounter(north, owner=ana, date_of_service=today)
    make.encounter(north, state="finalized", finalized_at=timezone.now(), finalized_by=bea)
    open_here = make.encounter(north)
    open_encounter(open_here, by=bea)
    rows = {row.coder: row for row in coder_rows(north, today)}
    assert list(rows) == [ana, bea]
    of_ana, of_bea = rows[ana], rows[bea]
    assert (of_ana.owned, of_ana.oldest, of_ana.late, of_ana.done) == (2, 9, 1, 0)
    assert (of_bea.owned, of_bea.oldest, of_bea.late, of_bea.done) == (0, None, 0, 1)
    assert (of_ana.in_hand, of_bea.in_hand) == ([], [open_here])


def test_what_is_nobodys_is_counted_by_kind(north: Practice, ana: User) -> None:
    today = timezone.localdate()
    make.encounter(north, owner=ana)
    for days, specialty in ((0, "Cardiology"), (5, "Cardiology"), (20, "Primary care")):
        day = today - timedelta(days=days)
        make.encounter(north, date_of_service=day, specialty=specialty)
    total, groups = unassigned_groups(north, today)
    assert total == 3
    told = {name: [(g.label, g.count, g.oldest) for g in rows] for name, rows in groups.items()}
    assert told["specialty"] == [("Cardiology", 2, 5), ("Primary care", 1, 20)]
    assert told["payer_class"] == [("Commercial", 3, 20)]
    assert sorted(told["days"]) == [
        ("4 to 7 days", 1, 5),
        ("Over 14 days", 1, 20),
        ("Up to 3 days", 1, 0),
    ]
    assert groups["specialty"][0].query == "view=unassigned&specialty=Cardiology"


def test_the_board_costs_the_same_however_many_charts(
    mia_client: Client, bea: User, north: Practice
) -> None:
    counts = []
    for number in (2, 12):
        for _ in range(number):
            make.encounter(north, owner=bea)
            make.encounter(north)
        mia_client.get("/coding/board/")  # the first request of a session writes it
        with CaptureQueriesContext(connection) as captured:
            assert mia_client.get("/coding/board/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5 + 2 + 12


def test_a_lead_gives_the_oldest_of_a_group(mia_client: Client, bea: User, north: Practice) -> None:
    today = timezone.localdate()
    for days in (4, 9, 6):
        make.encounter(north, date_of_service=today - timedelta(days=days), specialty="Cardiology")
    make.encounter(north, date_of_service=today - timedelta(days=90))
    answer = mia_client.post(
        "/coding/board/assignment/",
        {"kind": "specialty", "value": "Cardiology", "count": 2, "person": bea.pk},
        follow=True,
    )
    assert "2 charts given to Bea Dorn." in answer.content.decode()
    given = Encounter.objects.filter(owner=bea).order_by("date_of_service")
    assert [(today - chart.date_of_service).days for chart in given] == [9, 6]
    assert len(oldest_of(north, {"days": 4, "payer_class": "commercial"}, 9, today).ids) == 1


def test_a_group_gives_what_it_counts_and_nothing_else(north: Practice) -> None:
    today = timezone.localdate()
    for days, specialty in (
        (-1, ""),
        (3, "Cardiology"),
        (4, ""),
        (7, ""),
        (8, ""),
        (14, ""),
        (15, ""),
    ):
        make.encounter(north, date_of_service=today - timedelta(days=days), specialty=specialty)
    Encounter.objects.filter(date_of_service__gte=today - timedelta(days=3)).update(coverage=None)
    _, groups = unassigned_groups(north, today)
    for kind, found in groups.items():
        assert sum(group.count for group in found) == 7
        for group in found:
            given = oldest_of(north, {kind: group.value}, 99, today).ids
            assert len(given) == group.count, group
            chart = Encounter.objects.get(pk=given[0])
            assert (today - chart.date_of_service).days == group.oldest, group
    listed = {group.label: bool(group.query) for found in groups.values() for group in found}
    assert listed == {
        "None": False,
        "Cardiology": True,
        "Commercial": True,
        "Over 14 days": True,
        "8 to 14 days": False,
        "4 to 7 days": False,
        "Up to 3 days": False,
    }


def test_each_group_of_the_board_is_given_out_by_its_own_form(
    mia_client: Client, bea: User, north: Practice
) -> None:
    today = timezone.localdate()
    for days in (2, 9, 20):
        make.encounter(north, date_of_service=today - timedelta(days=days), specialty="")
    page = mia_client.get("/coding/board/").content.decode()
    for kind, value in (("specialty", ""), ("payer_class", "commercial"), ("days", "8")):
        named = rf'name="kind" value="{kind}">\s*<input type="hidden"\s+name="value"'
        assert re.search(rf'{named}\s+value="{value}">', page), kind
    give = {"count": 9, "person": bea.pk, "kind": "days", "value": "8"}
    mia_client.post("/coding/board/assignment/", give)
    assert (today - Encounter.objects.get(owner=bea).date_of_service).days == 9
    for wrong in ({"value": "9"}, {"kind": "owner"}):
        assert mia_client.post("/coding/board/assignment/", give | wrong).status_code == 422
    assert Encounter.objects.filter(owner=bea).count() == 1


def test_the_board_shows_what_is_left_behind_and_takes_it_back(
    mia_client: Client, ana: User, bea: User, north: Practice
) -> None:
    today = timezone.localdate()
    make.encounter(north, owner=bea, date_of_service=today - timedelta(days=9))
    make.encounter(north, owner=bea, state="held", hold_reason="Later")
    bea.memberships.all().delete()
    row = coder_rows(north, today)[-1]
    assert (row.coder, row.codes_here, row.owned, row.held) == (bea, False, 1, 1)
    assert (row.oldest, row.late) == (9, 1)
    page = mia_client.get("/coding/board/").content.decode()
    assert "Does not code here" in page
    assert f'<option value="{bea.pk}">' not in page
    taken = mia_client.post("/coding/board/taking-back/", {"person": bea.pk}, follow=True)
    page = taken.content.decode()
    assert "2 charts taken back; nobody has them now." in page
    assert not Encounter.objects.filter(owner__isnull=False).exists()
    assert "Does not code here" not in mia_client.get("/coding/board/").content.decode()
    undo = page.partition('action="/coding/assignment/undo/?act=')[2].partition('"')[0]
    done = mia_client.post(f"/coding/assignment/undo/?act={undo}", follow=True).content.decode()
    assert "2 charts went back to where they were." in done
    assert Encounter.objects.filter(owner=bea).count() == 2


def test_nothing_is_taken_back_from_a_person_who_codes_here_again(
    mia_client: Client, bea: User, north: Practice
) -> None:
    make.encounter(north, owner=bea)
    answer = mia_client.post("/coding/board/taking-back/", {"person": bea.pk})
    assert answer.status_code == 409
    assert "Bea Dorn codes here, so the charts stay." in answer.content.decode()
    assert Encounter.objects.get().owner == bea
    assert not Event.objects.filter(name="encounter.given").exists()


def test_a_group_is_given_without_what_the_coder_may_not_code(
    mia_client: Client, mia: User, bea: User, north: Practice
) -> None:
    add_requirement(north, ["ccs"], by=mia, specialty="Cardiology")
    today = timezone.localdate()
    for days, specialty in ((30, "Cardiology"), (20, "Primary care")):
        day = today - timedelta(days=days)
        make.encounter(north, date_of_service=day, specialty=specialty)
    give = {"count": 1, "person": bea.pk, "kind": "days", "value": "15"}
    page = mia_client.post("/coding/board/assignment/", give, follow=True).content.decode()
    assert Encounter.objects.get(owner=bea).specialty == "Primary care"
    # As many as were asked for: nothing was left out.
    assert "1 chart given to Bea Dorn." in page
    assert "left where they were" not in page


def test_fewer_of_a_group_than_asked_for_are_given_with_the_reason(
    mia_client: Client, mia: User, bea: User, north: Practice
) -> None:
    add_requirement(north, ["ccs"], by=mia, specialty="Cardiology")
    day = timezone.localdate() - timedelta(days=20)
    for specialty in ("Cardiology", "Cardiology", "Primary care"):
        make.encounter(north, date_of_service=day, specialty=specialty)
    give = {"person": bea.pk, "kind": "days", "value": "15"}
    page = mia_client.post("/coding/board/assignment/", give | {"count": 2}, follow=True)
    assert "1 chart given to Bea Dorn." in page.content.decode()
    left = "left where they were: Bea Dorn lacks a credential they want."
    assert f"1 {left}" in page.content.decode()
    page = mia_client.post("/coding/board/assignment/", give | {"count": 9}, follow=True)
    assert f"2 {left}" in page.content.decode()
    assert Encounter.objects.get(owner=bea).specialty == "Primary care"


def test_a_plan_of_as_many_as_are_given_at_once_says_at_least(
    mia_client: Client, ana: User, north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coding.actions.assignments.CHUNK", 2)
    monkeypatch.setattr("coding.views.board.CHUNK", 2)
    for _ in range(3):
        make.encounter(north)
    add_rule(mia_client, coders=[ana.pk])
    page = mia_client.get("/coding/rules/", {"preview": 1}).content.decode()
    assert "Giving out now would give 2+ charts: Ana Brandt 2+." in " ".join(page.split())


def test_a_coder_does_not_see_the_board(ana_client: Client) -> None:
    assert ana_client.get("/coding/board/").status_code == 403
    assert "Queue board" not in ana_client.get("/coding/").content.decode()


def add_rule(client: Client, **fields: object) -> int:
    return client.post("/coding/rules/new/", {"name": "Hearts", **fields}).status_code


def test_rules_are_made_tried_and_run(
    mia_client: Client, ana: User, bea: User, north: Practice
) -> None:
    for _ in range(3):
        make.encounter(north, specialty="Cardiology")
    make.encounter(north)
    fields = {"specialty": "Cardiology", "coders": [ana.pk, bea.pk]}
    assert add_rule(mia_client, **fields) == 302
    page = mia_client.get("/coding/rules/", {"preview": 1}).content.decode()
    words = " ".join(page.split())
    assert "Giving out now would give 3 charts: Ana Brandt 2, Bea Dorn 1." in words
    assert not Encounter.objects.filter(owner__isnull=False).exists()
    page = mia_client.post("/coding/rules/run/", follow=True).content.decode()
    assert "3 charts given out by the rules." in page
    assert Encounter.objects.filter(owner=ana).count() == 2


def test_rules_are_ordered_switched_off_and_removed(
    mia_client: Client, ana: User, north: Practice
) -> None:
    for name in ("First", "Second"):
        add_rule(mia_client, name=name, coders=[ana.pk])
    first, second = AssignmentRule.objects.order_by("position")
    mia_client.post(f"/coding/rules/{second.pk}/move/", {"to": "up"})
    assert list(AssignmentRule.objects.order_by("position")) == [second, first]
    mia_client.post(f"/coding/rules/{second.pk}/move/", {"to": "up"})
    assert list(AssignmentRule.objects.order_by("position")) == [second, first]
    page = mia_client.post(f"/coding/rules/{first.pk}/activity/", {"to": "off"}, follow=True)
    assert "“First” is off." in page.content.decode()
    mia_client.post(f"/coding/rules/{first.pk}/", {"name": "Renamed", "coders": [ana.pk]})
    first.refresh_from_db()
    assert (first.name, first.is_active) == ("Renamed", False)
    mia_client.post(f"/coding/rules/{second.pk}/removal/")
    assert AssignmentRule.objects.get() == first


def test_a_rule_without_coders_is_not_saved(mia_client: Client, ana: User) -> None:
    assert add_rule(mia_client) == 422
    assert not AssignmentRule.objects.exists()
