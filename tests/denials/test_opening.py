"""Posted remittances open denials: which lines, for how much, and whose work they are."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import ledger
from billing.actions import remittances
from billing.models import Remittance
from coding.models import CoderTask
from denials.actions.opening import open_denials
from denials.models import Denial
from denials.tasks import open_denials as open_denials_task
from payers.models import Treatment
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import Remark
from tests import make
from tests.billing import remitting as r
from tests.denials.denying import answer, pay, sent_claim


def test_a_denied_line_opens_one_denial_however_often_the_notice_comes(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    lines = ("72.00", "CO-45 73.00", "PR-2 20.00"), ("0.00", "CO-29 148.00")
    remittance = pay(north, r.echo(claim, *lines))
    open_denials_task(north.pk, remittance.pk)
    open_denials_task(north.pk, remittance.pk)
    denial = Denial.objects.get()
    assert (denial.code, str(denial.amount), denial.state) == ("CO-29", "148.00", "open")
    assert denial.service_line == claim.lines.get(position=2)
    assert (denial.category, denial.owner_queue) == ("timely_filing", "biller")
    assert (denial.denied_on, denial.coder_task) == (r.PAID_ON, None)
    opened = Event.objects.filter(name="remittance.denials_opened").order_by("pk")
    assert [event.data["count"] for event in opened] == [1]


def test_what_is_denied_stays_owed_by_the_payer(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-16 165.00")))
    balances = ledger.claim_balances(north.pk, [claim.pk])[claim.pk]
    assert str(balances["primary_receivable"]) == "165.00"


def test_a_coding_related_denial_opens_a_coder_task_at_once(north: Practice) -> None:
    claim = sent_claim(north)
    remittance = answer(north, r.echo(claim, ("0.00", "CO-11 165.00")))
    open_denials(remittance)
    denial = Denial.objects.get()
    task = CoderTask.objects.get()
    assert (denial.state, denial.owner_queue, denial.coder_task) == ("with_coder", "coder", task)
    assert (task.encounter, task.source) == (claim.encounter, f"denial:{denial.pk}")
    assert task.reason == "CO-11 on line 1 (99213), $165.00"


def test_a_remark_sends_a_vague_reason_to_the_coder(north: Practice) -> None:
    claim = sent_claim(north)
    echoed = r.echo(claim, ("0.00", "CO-16 165.00"))
    remarked = replace(echoed, lines=(replace(echoed.lines[0], remarks=(Remark("HE", "M76"),)),))
    answer(north, remarked)
    denial = Denial.objects.get()
    assert (denial.remarks, denial.category, denial.state) == (["M76"], "coding", "with_coder")
    assert CoderTask.objects.get().reason == "CO-16 with M76 on line 1 (99213), $165.00"


def test_remarks_of_the_claim_count_where_the_line_has_none(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-16 165.00"), outpatient=("", "", "MA63")))
    assert Denial.objects.get().remarks == ["MA63"]


@pytest.mark.parametrize(
    ("code", "count"),
    [("PR-27", 1), ("PR-1", 0), ("PR-3", 0), ("CO-45", 0), ("OA-23", 0), ("PI-50", 1)],
)
def test_cost_shares_and_contract_reasons_are_no_denials(
    north: Practice, code: str, count: int
) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", f"{code} 165.00")))
    assert Denial.objects.count() == count


def test_several_denied_adjustments_of_a_line_are_one_denial_named_by_the_largest(
    north: Practice,
) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-45 60.00", "CO-16 25.00", "CO-197 80.00")))
    denial = Denial.objects.get()
    assert (denial.code, str(denial.amount)) == ("CO-197", "105.00")


def test_a_denied_amount_given_back_on_the_same_line_is_no_denial(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("72.00", "CO-45 93.00", "CO-16 50.00", "CO-16 -50.00")))
    assert Denial.objects.count() == 0


def test_each_denied_line_is_a_denial_of_its_own(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, r.echo(claim, ("0.00", "CO-16 165.00"), ("0.00", "CO-197 148.00")))
    assert [(d.code, d.service_line.position) for d in Denial.objects.order_by("pk")] == [
        ("CO-16", 1),
        ("CO-197", 2),
    ]


def test_a_claim_denied_as_a_whole_is_one_denial_without_a_line(north: Practice) -> None:
    claim = sent_claim(north)
    adjusted = r.clp(
        claim.patient_control_number, "165.00", "0.00", status="4", adjustments=r.cas("CO-29 165")
    )
    remittance = answer(north, adjusted)
    open_denials(remittance)
    denial = Denial.objects.get()
    assert (denial.service_line, denial.remitted_line, denial.code) == (None, None, "CO-29")
    assert str(denial.amount) == "165.00"


def test_forwarded_claims_and_predeterminations_deny_nothing(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "OA-109 165.00"), status="23"))
    answer(north, r.echo(claim, ("0.00", "CO-50 165.00"), status="25"))
    assert Denial.objects.count() == 0


def test_a_payers_own_treatment_decides_before_the_default(north: Practice) -> None:
    claim = sent_claim(north)
    Treatment.objects.create(
        practice=north, payer=claim.payer, group="CO", reason="45", kind=Treatment.Kind.DENIAL
    )
    Treatment.objects.create(
        practice=north, payer=None, group="CO", reason="97", kind=Treatment.Kind.CONTRACTUAL
    )
    answer(north, r.echo(claim, ("0.00", "CO-45 100.00", "CO-97 65.00")))
    denial = Denial.objects.get()
    assert (denial.code, str(denial.amount)) == ("CO-45", "100.00")
    balances = ledger.claim_balances(north.pk, [claim.pk])[claim.pk]
    assert balances["contractual"] == Decimal("65.00")
    assert balances["primary_receivable"] == denial.amount


def test_the_payers_shorter_window_sets_the_day_to_act_by(north: Practice) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-16 165.00")))
    assert Denial.objects.get().due_on.isoformat() == "2026-12-18"


def test_a_claim_matched_later_by_a_person_opens_its_denial_then(
    north: Practice, ben: User
) -> None:
    claim = sent_claim(north)
    stranger = replace(
        r.echo(claim, ("0.00", "CO-16 165.00")),
        patient_control_number="WRONG1",
        payer_claim_control_number="WRONG2",
        parties=(),
    )
    remittance = r.recorded(north, r.content("0.00", stranger))
    remittances.match_remittance(remittance)
    open_denials(r.post_remittance(remittance))
    assert Denial.objects.count() == 0
    remittances.match_claim(remittance.claims.get(), claim, by=ben)
    open_denials(Remittance.objects.get(pk=remittance.pk))
    assert Denial.objects.get().claim == claim


def test_many_denied_claims_cost_as_many_statements_as_few(north: Practice) -> None:
    def count(claims: int) -> int:
        sent = [sent_claim(north) for _ in range(claims)]
        remittance = pay(north, *(r.echo(claim, ("0.00", "CO-29 165.00")) for claim in sent))
        with CaptureQueriesContext(connection) as captured:
            assert open_denials(remittance) == claims
        return len(captured)

    few = count(2)
    assert count(8) == few
    assert few <= 34
