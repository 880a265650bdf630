"""What a practice says codes mean: open denials follow, and who may say so."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import ledger
from billing.models import Adjustment
from coding.models import CoderTask
from denials.actions import causes, routing, write_offs
from denials.actions import denials as actions
from denials.actions.opening import open_denials
from denials.dashboard import denials_by_cause
from denials.models import CauseOverride, Denial, WriteOffRequest
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import Remark
from tests.billing import remitting as r
from tests.denials.denying import answer, denied, pay, sent_claim

TERMS = {"group": "", "remark": "", "note": ""}
RECORDS = TERMS | {"category": "documentation", "owner_queue": "records"}
THREE = (("99213", "165.00"), ("20610", "148.00"), ("73610", "100.00"))


def three_lines(north: Practice, code: str) -> list[Denial]:
    """One claim whose three lines are denied with one code."""
    claim = sent_claim(north, *THREE)
    answer(north, r.echo(claim, *(("0.00", f"{code} {amount}") for _, amount in THREE)))
    return list(Denial.objects.filter(claim=claim).order_by("pk"))


def test_an_override_moves_the_open_denials_nobody_has_touched(
    north: Practice, ben: User, mia: User
) -> None:
    moved, taken, other = denied(north), denied(north), denied(north, "CO-22")
    Denial.objects.filter(pk=taken.pk).update(assigned_to=ben)
    row, count = causes.set_cause(north, by=mia, payer=None, reason="29", **RECORDS)
    assert count == 1
    for denial in (moved, taken, other):
        denial.refresh_from_db()
    assert (moved.category, moved.owner_queue) == ("documentation", "records")
    assert moved.why == "Your practice sends CO-29 to documentation."
    assert (taken.category, other.category) == ("timely_filing", "cob")
    assert Event.objects.get(name="cause_override.set").data == {"denials": 1}
    assert Event.objects.get(name="denial.cause_decided").data == {
        "before": "timely_filing",
        "after": "documentation",
        "override": row.pk,
    }
    assert causes.end_cause(row, by=mia) == 1
    moved.refresh_from_db()
    assert (moved.category, moved.why) == ("timely_filing", "CO-29 says timely filing.")


def test_setting_it_again_ends_the_one_before(north: Practice, mia: User) -> None:
    first, _ = causes.set_cause(north, by=mia, payer=None, reason="29", **RECORDS)
    causes.set_cause(north, by=mia, payer=None, reason="29", **RECORDS)
    first.refresh_from_db()
    assert first.ended_by == mia
    assert CauseOverride.objects.filter(ended_at=None).count() == 1
    with pytest.raises(Refusal, match="Somebody was first: 29 is ended"):
        causes.end_cause(first, by=mia)


def test_an_unknown_code_waits_in_triage_until_it_has_a_cause(north: Practice, mia: User) -> None:
    denial = denied(north, "CO-X99")
    assert (denial.category, denial.owner_queue, denial.state) == ("unknown", "triage", "open")
    terms = TERMS | {"category": "coding", "owner_queue": "coder"}
    causes.set_cause(north, by=mia, payer=denial.payer, reason="X99", **terms)
    denial.refresh_from_db()
    assert (denial.category, denial.state) == ("coding", "with_coder")
    assert denial.why == f"{denial.payer.name}: your practice sends CO-X99 to coding."


def test_an_override_costs_as_many_statements_for_many_as_for_few(
    north: Practice, mia: User
) -> None:
    def count(lines: int, category: str) -> int:
        for _ in range(lines):
            denied(north)
        terms = RECORDS | {"category": category}
        with CaptureQueriesContext(connection) as captured:
            causes.set_cause(north, by=mia, payer=None, reason="29", **terms)
        return len(captured)

    count(1, "contract")
    assert count(1, "documentation") == count(4, "enrolment")


def test_opening_for_the_coder_costs_as_many_statements_for_many_as_for_few(
    north: Practice,
) -> None:
    def count(claims: int) -> int:
        sent = [sent_claim(north) for _ in range(claims)]
        remittance = pay(north, *(r.echo(claim, ("0.00", "CO-11 165.00")) for claim in sent))
        with CaptureQueriesContext(connection) as captured:
            open_denials(remittance)
        return len(captured)

    assert count(2) == count(6)


def test_a_biller_sets_the_cause_by_hand_and_the_history_shows_both(
    north: Practice, ben: User, mia: User, ben_client: Client
) -> None:
    denial = denied(north)
    form = {"category": "coding", "owner_queue": "coder", "reason": "Wrong modifier"}
    ben_client.post(f"/denials/{denial.pk}/recategorize/", form)
    denial.refresh_from_db()
    assert (denial.category, denial.state, denial.cause_set_by) == ("coding", "with_coder", ben)
    assert denial.coder_task == CoderTask.objects.get()
    text = ben_client.get(f"/denials/?state=with_coder&item={denial.pk}").content.decode()
    assert "Timely filing → Coding" in text
    assert "says coding: Wrong modifier" in text
    causes.set_cause(north, by=mia, payer=None, reason="29", **RECORDS)
    denial.refresh_from_db()
    assert denial.category == "coding"


def test_a_cause_by_hand_needs_a_reason(north: Practice, ben: User) -> None:
    denial = denied(north)
    before = Event.objects.count()
    with pytest.raises(Refusal, match="Say why the cause is another one"):
        causes.recategorize(denial, category="coding", owner_queue="coder", reason=" ", by=ben)
    denial.refresh_from_db()
    assert (denial.category, Event.objects.count()) == ("timely_filing", before)


def test_lines_denied_alike_are_one_question_to_the_coder(north: Practice) -> None:
    rows = three_lines(north, "CO-11")
    task = CoderTask.objects.get()
    assert {row.coder_task for row in rows} == {task}
    assert task.reason == "CO-11 on line 1 (99213) and 2 more lines, $413.00"


def test_a_case_is_written_off_whole_and_its_sum_counts(
    north: Practice, ben: User, mia: User, ben_client: Client
) -> None:
    rows = three_lines(north, "CO-29")
    assert "and 2 more lines" in ben_client.get("/denials/").content.decode()
    actions.write_off(rows[0], note="Late", by=ben)
    request = WriteOffRequest.objects.get()
    assert (request.amount, request.state, request.lines.count()) == (413, "requested", 3)
    assert Denial.objects.filter(state="open").count() == 3
    write_offs.withdraw(request, by=ben)
    assert actions.write_off(rows[1], note="Late", by=mia) == Decimal("413.00")
    assert Denial.objects.filter(resolution="written_off").count() == 3
    balances = ledger.claim_balances(north.pk, [rows[0].claim_id])[rows[0].claim_id]
    assert balances["write_off"] == Decimal("413.00")


def test_a_line_with_a_sharper_remark_is_worked_by_itself(north: Practice, ben: User) -> None:
    claim = sent_claim(north, *THREE[:2])
    echoed = r.echo(claim, ("0.00", "CO-16 165.00"), ("0.00", "CO-16 148.00"))
    lines = [
        replace(line, remarks=(Remark("HE", remark),))
        for line, remark in zip(echoed.lines, ("MA27", "M127"), strict=True)
    ]
    answer(north, replace(echoed, lines=tuple(lines)))
    first, second = Denial.objects.order_by("pk")
    assert (first.case, first.category) == (second.case, "eligibility")
    actions.write_off(first, note="Not ours", by=ben)
    second.refresh_from_db()
    assert (second.state, second.category) == ("open", "documentation")


def test_a_reversal_closes_every_line_of_a_case_and_the_one_task(north: Practice) -> None:
    [first, *_] = three_lines(north, "CO-11")
    lines = [("0.00", f"CO-11 {amount}") for _, amount in THREE]
    answer(north, r.echo(first.claim, *lines, status="22"))
    assert Denial.objects.filter(resolution="reversed").count() == 3
    assert CoderTask.objects.get().state == "closed"
    assert Event.objects.filter(name="coder_task.closed").count() == 1


def test_no_denied_money_is_outside_a_denial(north: Practice) -> None:
    for code in ("CO-29", "CO-11", "PR-27", "OA-109", "PI-50", "CO-X99", "CO-16"):
        three_lines(north, code)
    told = Adjustment.objects.filter(remitted_claim__state="posted").aggregate(total=Sum("amount"))[
        "total"
    ]
    assert told == Denial.objects.aggregate(total=Sum("amount"))["total"] == Decimal("2891.00")


def test_only_a_manager_says_what_a_code_means(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    denied(north, "CO-X99")
    form = {"reason": "x99", "category": "contract", "owner_queue": "contract"}
    assert ben_client.post("/denials/causes/", form).status_code == 403
    assert CauseOverride.objects.count() == 0
    text = mia_client.get("/denials/causes/").content.decode()
    assert "Codes nobody knows yet" in text
    done = mia_client.post("/denials/causes/", form, follow=True).content.decode()
    assert "X99 is set. 1 open denial moved." in done
    row = CauseOverride.objects.get()
    ended = mia_client.post(f"/denials/causes/{row.pk}/end/", follow=True).content.decode()
    assert "X99 is ended. 1 open denial moved." in ended
    found = ben_client.get("/api/cause-overrides/?is_ended=true").json()
    assert [each["reason"] for each in found["results"]] == ["X99"]
    assert Denial.objects.get().category == "unknown"


def test_a_case_at_the_end_of_a_chunk_stays_one_question_to_the_coder(
    north: Practice, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "CHUNK", 2)
    rows = [*three_lines(north, "CO-29"), *three_lines(north, "CO-29")]
    terms = TERMS | {"category": "coding", "owner_queue": "coder"}
    _, count = causes.set_cause(north, by=mia, payer=None, reason="29", **terms)
    assert count == 6
    for row in rows:
        row.refresh_from_db()
    assert {row.state for row in rows} == {"with_coder"}
    first, second = CoderTask.objects.order_by("pk")
    assert [row.coder_task for row in rows] == [first] * 3 + [second] * 3


def test_a_denial_whose_sentence_alone_changes_has_not_moved(north: Practice, mia: User) -> None:
    denial = denied(north)
    terms = TERMS | {"category": denial.category, "owner_queue": denial.owner_queue}
    _, count = causes.set_cause(north, by=mia, payer=None, reason="29", **terms)
    assert count == 0
    denial.refresh_from_db()
    assert denial.why == "Your practice sends CO-29 to timely filing."
    assert Event.objects.get(name="cause_override.set").data == {"denials": 0}
    assert not Event.objects.filter(name="denial.cause_decided").exists()


def test_a_reason_written_with_its_group_is_read_as_the_reason(
    north: Practice, mia_client: Client
) -> None:
    denial = denied(north)
    searched = mia_client.get("/denials/causes/?q=co-197")
    assert searched.context["form"]["reason"].value() == "197"
    assert [row.code for row in searched.context["page"]] == ["197"]
    form = {"reason": "co-29", "category": "contract", "owner_queue": "contract"}
    done = mia_client.post("/denials/causes/", form, follow=True).content.decode()
    assert "29 is set. 1 open denial moved." in done
    assert CauseOverride.objects.get().reason == "29"
    denial.refresh_from_db()
    assert denial.category == "contract"


@pytest.mark.parametrize("reason", ["CO", "no auth", "12345", "CO-"])
def test_what_is_no_reason_is_refused_on_the_page(
    north: Practice, mia_client: Client, reason: str
) -> None:
    form = {"reason": reason, "category": "contract", "owner_queue": "contract"}
    response = mia_client.post("/denials/causes/", form)
    assert response.status_code == 422
    assert "Give one reason code, like 197 or B7." in response.content.decode()
    assert not CauseOverride.objects.exists()


def test_a_claim_denied_whole_twice_names_no_line(north: Practice, ben_client: Client) -> None:
    denial = denied(north)
    Denial.objects.filter(pk=denial.pk).update(service_line=None)
    other = Denial.objects.get(pk=denial.pk)
    other.pk, other.remitted_line = None, None
    other.save()
    text = ben_client.get(f"/denials/?item={denial.pk}").content.decode()
    assert "and 1 more line: $165.00. What you do" in text
    assert "The payer owes $165.00 on this claim, so $330.00 cannot be moved." in text
    assert "line  (" not in text


def test_the_dashboard_names_a_cause_as_the_worklist_does(
    north: Practice, ben_client: Client
) -> None:
    denied(north, "CO-22")
    assert [row["label"] for row in denials_by_cause(north.pk)] == ["Coordination of benefits"]
    text = ben_client.get("/denials/?category=cob").content.decode()
    assert '<option value="cob" selected>Coordination of benefits</option>' in text
