"""One verb for many denials: the same as one by one, once, and taken back exactly."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import ledger
from billing.models import Claim, Posting
from coding.models import CoderTask
from denials.actions import bulk, bulk_undo, causes, write_offs
from denials.actions import denials as actions
from denials.models import Denial, DenialBulk, DenialBulkItem, WriteOffRequest
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.denials.denying import denied

UNTIL = timezone.localdate() + timedelta(days=9)
VALUES: dict[str, dict[str, Any]] = {
    "corrected": {},
    "route": {},
    "bill-patient": {},
    "write-off": {"reason": "small_balance", "note": ""},
    "pend": {"until": UNTIL, "reason": "Proof asked for"},
    "assign": {"person": None},
    "recategorize": {"category": "contract", "owner_queue": "coder", "reason": "As the payer said"},
}
SINGLE: dict[str, Callable[[Denial, User], object]] = {
    "corrected": lambda denial, by: actions.send_corrected(denial, by=by),
    "route": lambda denial, by: actions.route_to_coder(denial, by=by),
    "bill-patient": lambda denial, by: actions.bill_patient(denial, by=by),
    "write-off": lambda denial, by: actions.write_off(denial, reason="small_balance", by=by),
    "pend": lambda denial, by: actions.pend(denial, until=UNTIL, reason="Proof asked for", by=by),
    "assign": lambda denial, by: actions.assign(denial, to=by.pk, by=by),
    "recategorize": lambda denial, by: causes.recategorize(
        denial,
        category="contract",
        owner_queue="coder",
        reason="As the payer said",
        by=by,
    ),
}


def values_for(verb: str, by: User) -> dict[str, Any]:
    return VALUES[verb] | ({"person": by.pk} if verb == "assign" else {})


def planned(practice: Practice, verb: str, rows: list[Denial], by: User) -> DenialBulk:
    return bulk.plan(practice, verb, [row.pk for row in rows], values_for(verb, by), by=by)


def done(practice: Practice, verb: str, rows: list[Denial], by: User) -> DenialBulk:
    """Planned, confirmed and run."""
    made = planned(practice, verb, rows, by)
    assert bulk.confirm(made, by=by)
    made.refresh_from_db()
    list(bulk.run(made))
    return made


def undone(made: DenialBulk, by: User) -> None:
    assert bulk_undo.begin_undo(made, by=by)
    made.refresh_from_db()
    list(bulk_undo.undo(made))


def picture(practice: Practice) -> list[Any]:
    """Every denial with its claim's books and versions: no id of what was made."""
    found = []
    for row in Denial.objects.order_by("pk").select_related("coder_task", "corrected_claim"):
        books = ledger.claim_balances(practice.pk, [row.claim_id])[row.claim_id]
        found.append(
            (
                row.pk,
                str(row.state),
                str(row.resolution),
                row.category,
                row.owner_queue,
                row.assigned_to_id,
                row.pended_until,
                row.pend_reason,
                row.coder_task and (str(row.coder_task.state), row.coder_task.reason),
                row.corrected_claim and str(row.corrected_claim.status),
                {account: str(amount) for account, amount in books.items() if amount},
                str(Claim.objects.get(pk=row.claim_id).status),
                row.write_off_lines.filter(is_open=True).count(),
            )
        )
    return found


def assert_books_balance(practice: Practice) -> None:
    assert ledger.ledger_sum(practice) == Decimal(0)


KINDS = st.tuples(
    st.sampled_from(["CO-29", "PR-27", "OA-109", "CO-22"]),
    st.sampled_from(["100.00", "250.00", "250.01", "400.00"]),
    st.sampled_from(["open", "pended", "asked", "resolved", "requested", "replaced"]),
)


def make_case(practice: Practice, kind: tuple[str, str, str], by: User) -> Denial:
    """A denial in the state a person may find it in."""
    code, amount, state = kind
    row = denied(practice, code, amount)
    if state == "pended":
        actions.pend(row, until=UNTIL, reason="Waiting", by=by)
    elif state == "asked":
        actions.route_to_coder(row, by=by)
        CoderTask.objects.filter(denial=row).update(
            state="upheld", resolved_at=timezone.now(), resolved_by=by
        )
        row.refresh_from_db()
        actions.follow_coder_task(row.coder_task)  # type: ignore[arg-type]  # it has one
    elif state == "resolved":
        actions.write_off(row, reason="bundled", by=by)
    elif state == "requested":
        write_offs.set_limit(practice, "biller", Decimal("50.00"), by=by)
        actions.write_off(row, reason="bundled", by=by)
        write_offs.set_limit(practice, "biller", Decimal("250.00"), by=by)
    elif state == "replaced":
        actions.claims.replace_claim(row.claim, by=by)
    return row


class Rollback(Exception):
    """What an example made is taken back."""


@pytest.mark.parametrize("verb", list(SINGLE))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kinds=st.lists(KINDS, min_size=1, max_size=4))
def test_bulk_is_the_single_verb_case_by_case(
    north: Practice, ben: User, verb: str, kinds: list[tuple[str, str, str]]
) -> None:
    try:
        with transaction.atomic():
            compare(north, ben, verb, kinds)
            raise Rollback
    except Rollback:
        pass


def compare(practice: Practice, ben: User, verb: str, kinds: list[tuple[str, str, str]]) -> None:
    rows = [make_case(practice, kind, ben) for kind in kinds]
    before = picture(practice)
    singly, refused = one_by_one(practice, ben, verb, rows)
    assert picture(practice) == before
    made = done(practice, verb, rows, ben)
    assert picture(practice) == singly
    left = dict(made.items.filter(outcome="left").values_list("denial_id", "why"))
    assert set(left) == set(refused)
    told = {pk for group in made.plan["refused"] for pk, _, _ in group["rows"]}
    assert told == set(refused)
    assert_books_balance(practice)
    undone(made, ben)
    assert picture(practice) == before
    assert_books_balance(practice)


def one_by_one(
    practice: Practice, ben: User, verb: str, rows: list[Denial]
) -> tuple[list[Any], dict[int, str]]:
    """What the single verb makes of them, taken back again; and what it refused."""
    refused: dict[int, str] = {}
    found: list[Any] = []
    try:
        with transaction.atomic():
            for row in rows:
                try:
                    SINGLE[verb](Denial.objects.get(pk=row.pk), ben)
                except Refusal as refusal:
                    refused[row.pk] = refusal.message
            found = picture(practice)
            raise Rollback
    except Rollback:
        return found, refused


def test_the_plan_says_cases_dollars_and_why_not_and_writes_nothing_else(
    north: Practice, ben: User
) -> None:
    rows = [denied(north, "PR-27", "100.00"), denied(north), denied(north, "CO-22", "400.00")]
    before = picture(north), Posting.objects.count(), Event.objects.count()
    made = planned(north, "bill-patient", rows, ben)
    assert (picture(north), Posting.objects.count(), Event.objects.count()) == before
    plan = made.plan
    assert (plan["cases"], plan["amount"], plan["taken"]) == (3, "665.00", 1)
    assert [(each["label"], each["cases"], each["amount"]) for each in plan["outcomes"]] == [
        ("Moves to the patient", 1, "100.00")
    ]
    [group] = plan["refused"]
    assert group["why"] == (
        "The payer's group code is CO: the contract forbids billing the patient for this."
    )
    assert [(pk, amount) for pk, _, amount in group["rows"]] == [
        (rows[1].pk, "165.00"),
        (rows[2].pk, "400.00"),
    ]


def test_above_the_limit_a_bulk_asks_for_approval(north: Practice, ben: User, mia: User) -> None:
    rows = [denied(north), denied(north, "CO-29", "400.00")]
    made = done(north, "write-off", rows, ben)
    assert [(each["outcome"], each["cases"]) for each in made.plan["outcomes"]] == [
        ("done", 1),
        ("requested", 1),
    ]
    assert bulk.result_of(made) == {
        "done": (1, Decimal("165.00")),
        "requested": (1, Decimal("400.00")),
    }
    assert WriteOffRequest.objects.filter(state="requested").count() == 1
    write_offs.approve(WriteOffRequest.objects.get(state="requested"), by=mia)
    undone(made, ben)
    assert list(made.items.order_by("denial").values_list("undo", "undo_why")) == [
        ("undone", ""),
        ("kept", "Somebody went on with it since."),
    ]


def test_what_somebody_changed_meanwhile_is_passed_over_and_named(
    north: Practice, ben: User, mia: User
) -> None:
    rows = [denied(north), denied(north)]
    made = planned(north, "pend", rows, ben)
    actions.assign(rows[0], to=mia.pk, by=mia)
    assert bulk.confirm(made, by=ben)
    made.refresh_from_db()
    list(bulk.run(made))
    assert list(made.items.order_by("denial").values_list("outcome", "why")) == [
        ("left", "Somebody changed it since the list was made."),
        ("done", ""),
    ]
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].assigned_to) == ("open", mia)


def test_a_confirmation_pressed_twice_acts_once(north: Practice, ben: User) -> None:
    made = done(north, "write-off", [denied(north)], ben)
    assert bulk.confirm(made, by=ben) is False
    list(bulk.run(made))
    assert Posting.objects.filter(destination="write_off").count() == 1
    assert Event.objects.filter(name="practice.denials_worked").count() == 1
    assert made.items.count() == 1


def test_only_who_made_the_list_confirms_it(north: Practice, ben: User, mia: User) -> None:
    made = planned(north, "pend", [denied(north)], ben)
    with pytest.raises(Refusal, match="Ben Carver made this list"):
        bulk.confirm(made, by=mia)


def test_undo_leaves_what_somebody_went_on_with(north: Practice, ben: User, mia: User) -> None:
    rows = [denied(north), denied(north)]
    made = done(north, "pend", rows, ben)
    actions.assign(rows[1], to=mia.pk, by=mia)
    undone(made, ben)
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.assigned_to) for row in rows] == [("open", None), ("pended", mia)]
    kept = DenialBulkItem.objects.get(undo="kept")
    assert (kept.denial, kept.undo_why) == (rows[1], "Somebody went on with it since.")
    event = Event.objects.get(name="practice.denials_restored")
    assert (event.data["undone"], event.data["kept"]) == (1, 1)


def test_an_answered_question_is_not_withdrawn(north: Practice, ben: User) -> None:
    rows = [denied(north), denied(north)]
    made = done(north, "route", rows, ben)
    rows[0].refresh_from_db()
    CoderTask.objects.filter(pk=rows[0].coder_task_id).update(
        state="upheld", resolved_at=timezone.now(), resolved_by=ben
    )
    undone(made, ben)
    whys = list(made.items.order_by("denial").values_list("undo", "undo_why"))
    assert whys == [("kept", "The coder has answered."), ("undone", "")]
    rows[1].refresh_from_db()
    assert (rows[1].state, rows[1].coder_task) == ("open", None)


def test_a_corrected_claim_that_left_is_not_taken_back(north: Practice, ben: User) -> None:
    rows = [denied(north), denied(north)]
    made = done(north, "corrected", rows, ben)
    rows[0].refresh_from_db()
    Claim.objects.filter(pk=rows[0].corrected_claim_id).update(
        status="submitted", submitted_at=timezone.now()
    )
    undone(made, ben)
    whys = list(made.items.order_by("denial").values_list("undo", "undo_why"))
    assert whys == [("kept", "The corrected claim is on its way."), ("undone", "")]
    rows[1].refresh_from_db()
    assert (rows[1].state, rows[1].corrected_claim) == ("open", None)
    again = actions.send_corrected(rows[1], by=ben)
    assert (again.frequency, again.status in ("ready", "held")) == ("7", True)
    assert_books_balance(north)


def test_a_day_later_it_is_not_undone(north: Practice, ben: User) -> None:
    made = done(north, "pend", [denied(north)], ben)
    DenialBulk.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refusal, match="for 24 hours"):
        bulk_undo.begin_undo(made, by=ben)


def test_a_bulk_that_broke_off_goes_on_where_it_was(north: Practice, ben: User) -> None:
    rows = [denied(north) for _ in range(3)]
    made = planned(north, "write-off", rows, ben)
    bulk.confirm(made, by=ben)
    made.refresh_from_db()
    bulk.work_chunk(made, north, [rows[0].pk])
    list(bulk.run(made))
    assert Posting.objects.filter(destination="write_off").count() == 3
    assert (made.state, made.items.count()) == ("done", 3)


@pytest.mark.parametrize("verb", list(SINGLE))
def test_a_chunk_costs_the_same_statements_whatever_its_size(
    north: Practice, ben: User, verb: str
) -> None:
    def cost(count: int) -> tuple[int, int]:
        rows = [denied(north, "PR-27") for _ in range(count)]
        made = planned(north, verb, rows, ben)
        bulk.confirm(made, by=ben)
        made.refresh_from_db()
        forget_releases()
        with CaptureQueriesContext(connection) as work:
            bulk.work_chunk(made, north, [row.pk for row in rows])
        bulk.finish(made)
        bulk_undo.begin_undo(made, by=ben)
        made.refresh_from_db()
        ids = list(made.items.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as back:
            bulk_undo.undo_chunk(made, ids)
        assert not made.items.filter(undo="kept").exists()
        return len(work), len(back)

    assert cost(2) == cost(6)


def test_no_value_no_verb_and_no_denial_is_refused(north: Practice, ben: User) -> None:
    row = denied(north)
    for verb, values, code in (
        ("pend", {"until": timezone.localdate(), "reason": ""}, "date_passed"),
        ("write-off", {"reason": "other", "note": " "}, "reason_missing"),
        ("write-off", {"reason": "whim", "note": "x"}, "reason_unknown"),
        ("recategorize", {"category": "contract", "owner_queue": "coder"}, "reason_missing"),
        ("assign", {"person": 10**9}, "not_a_worker"),
        ("reopen", {}, "verb_unknown"),
    ):
        with pytest.raises(Refusal) as caught:
            bulk.plan(north, verb, [row.pk], values, by=ben)
        assert caught.value.code == code
    with pytest.raises(Refusal, match="at least one"):
        bulk.plan(north, "route", [row.pk + 999], {}, by=ben)
    assert not DenialBulk.objects.exists()
