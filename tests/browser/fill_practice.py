"""Gives one practice of the demo something on every page: `python -m tests.browser.fill_practice`.

Runs beside the system under test, with its environment. Codes part of the charts, submits, waits
for the payers, and asks the sandbox for what seldom happens. The last line is one JSON object:
the number of one row for each kind of page.
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after setup)

from billing.actions.bank_statements import import_statement  # noqa: E402  (after setup)
from billing.actions.claims import draft_ready_claims  # noqa: E402  (after setup)
from billing.actions.review_decisions import look_at_next_charts  # noqa: E402  (after setup)
from billing.models import (  # noqa: E402  (after setup)
    BankStatement,
    Batch,
    ChargeReview,
    Claim,
    ClaimRule,
    InterchangeFile,
    ManualBatch,
    Remittance,
    RemittedClaim,
    Reroute,
)
from coding.actions import encounters  # noqa: E402  (after setup)
from coding.actions.stays import enter_stay  # noqa: E402  (after setup)
from coding.models import CoderTask, Encounter  # noqa: E402  (after setup)
from denials.check.drive import Drive  # noqa: E402  (after setup)
from denials.models import Denial  # noqa: E402  (after setup)
from payers.models import Authorization, EligibilityInquiry, PayerContract, Plan  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Job, Practice, User  # noqa: E402  (after setup)
from tests.browser.appealed_denials import appeal_denials  # noqa: E402  (after setup)
from tests.browser.asked_payers import ask_payers  # noqa: E402  (after setup)
from tests.browser.asked_providers import ask_providers  # noqa: E402  (after setup)
from tests.browser.audited_charts import audit_charts  # noqa: E402  (after setup)
from tests.browser.learned_things import leave_learning  # noqa: E402  (after setup)
from tests.browser.open_balances import leave_balances_open  # noqa: E402  (after setup)
from tests.browser.paid_twice import bring_payments_made_twice  # noqa: E402  (after setup)
from tests.browser.paper_eobs import key_eobs  # noqa: E402  (after setup)
from tests.browser.patient_shares import leave_accounts  # noqa: E402  (after setup)
from tests.browser.payer_terms import agree_with_payers  # noqa: E402  (after setup)
from tests.browser.waiting_claims import bring_waiting_claims  # noqa: E402  (after setup)

INITIALS = "LS"
PLAIN_CHARTS = 12


def main() -> None:
    drive = Drive(lambda text: sys.stdout.write(f"{text}\n"))
    practice = Practice.objects.get(initials=INITIALS)
    drive.practices = [practice]
    with access.acting_in(practice.pk):
        coded = code_some(drive, practice)
    drive.wait_for_drafts(coded)
    drive.submit()
    drive.wait_for_answers()
    drive.wait_until_fetched()
    drive.ask_sandbox("duplicate-last-835")
    drive.ask_sandbox("unbalanced-835")
    drive.ask_sandbox("reverse-and-correct", claim=drive.choose_paid_claim())
    drive.wait_until_fetched()
    with access.acting_in(practice.pk):
        key_eobs(practice, list(Claim.objects.filter(status="adjudicated")[:2]), by=drive.ben)
        bring_in_bank_file(practice)
        bring_waiting_claims(practice, by=drive.ben)
        bring_payments_made_twice(practice, by=drive.ben)
        leave_charges_to_review(drive, practice)
        ask_payers(practice, by=drive.ben)
        agree_with_payers(practice, by=drive.ben)
        made = ask_providers(practice, by=drive.ana)
        made |= audit_charts(practice, coder=drive.ana)
        made |= leave_balances_open(practice, by=drive.ben)
        made |= leave_accounts(practice, by=drive.ben)
        made |= appeal_denials(practice, coder=drive.ana, by=drive.ben)
        made |= leave_learning(practice)
        sys.stdout.write(f"{json.dumps(find_rows() | made)}\n")


def code_some(drive: Drive, practice: Practice) -> int:
    """Charts that will be denied, stopped or rejected, and some that will just be paid."""
    charts = [chart for chart in drive.charts.values() if chart.practice == INITIALS]
    special = [chart for chart in charts if chart.first_answer or chart.expected_rule]
    plain = [chart for chart in charts if chart not in special][:PLAIN_CHARTS]
    for chart in [*special, *plain]:
        encounter = Encounter.objects.get(practice=practice, number=chart.number)
        encounters.open_encounter(encounter, by=drive.ana)
        answer = chart.first_answer.answer if chart.first_answer else chart.answer
        drive.enter(encounter, chart, answer)
        encounters.finalize_encounter(encounter, by=drive.ana)
    waiting = Encounter.objects.filter(practice=practice, state=Encounter.State.NEW)
    held, opened, stayed = waiting.order_by("pk")[:3]
    encounters.open_encounter(held, by=drive.ana)
    tomorrow = timezone.localdate() + timedelta(days=1)
    encounters.hold_encounter(held, reason="Waiting for the note", until=tomorrow, by=drive.ana)
    encounters.open_encounter(opened, by=drive.ana)
    for chart in (opened, stayed):
        drive.enter(chart, drive.charts[chart.number], drive.charts[chart.number].answer)
    leave_facility_stay(stayed, by=drive.ana)
    return len(special) + len(plain)


def leave_facility_stay(encounter: Encounter, *, by: User) -> None:
    """A stay of two nights, still in coding."""
    admitted = encounter.date_of_service
    enter_stay(
        encounter,
        by=by,
        type_of_bill="111",
        statement_from=admitted,
        statement_to=admitted + timedelta(days=2),
        admission_on=admitted,
        admission_time="1420",
        admission_type="1",
        admission_source="1",
        patient_status="01",
        admitting_diagnosis="R509",
        occurrences=[["11", admitted.isoformat()]],
        value_codes=[["80", 200]],
        answers={row.pk: "Y" for row in encounter.diagnoses.all()},
        new_charges=[("0120", Decimal(2), "Semi-private room")],
    )


def leave_charges_to_review(drive: Drive, practice: Practice) -> None:
    """Two charts of a new coder, one of them of a patient nobody pays for."""
    look_at_next_charts(practice.pk, drive.ana, 20, by=drive.ben)
    waiting = Encounter.objects.filter(practice=practice, state=Encounter.State.NEW)
    chosen = list(waiting.order_by("-pk")[:2])
    for encounter in chosen:
        chart = drive.charts[encounter.number]
        encounters.open_encounter(encounter, by=drive.ana)
        drive.enter(encounter, chart, chart.answer)
        encounters.finalize_encounter(encounter, by=drive.ana)
    Encounter.objects.filter(pk=chosen[0].pk).update(coverage=None)
    draft_ready_claims(practice.pk)


def bring_in_bank_file(practice: Practice) -> None:
    """The money of every second payment, the first of them a dollar short, and one of nobody."""
    lines = ["date,amount,description,trace"]
    paid = Remittance.objects.filter(practice=practice, amount_paid__gt=1).order_by("pk")
    for at, payment in enumerate(paid[::2]):
        amount = payment.amount_paid - (0 if at else 1)
        lines.append(f"{payment.paid_on},{amount},HCCLAIMPMT,{payment.trace_number}")
    lines.append(f"{timezone.localdate()},77.00,COUNTER DEPOSIT,")
    import_statement(practice, "bank.csv", "\n".join(lines).encode())


def find_rows() -> dict[str, int]:
    """Ids for the addresses of pages."""
    first = {
        "chart": Encounter.objects.filter(state="in_coding", stay=None),
        "stay_chart": Encounter.objects.filter(state="in_coding", stay__isnull=False),
        "coded_chart": Encounter.objects.filter(state="finalized"),
        "claim": Claim.objects.filter(denials__isnull=False),
        "paid_claim": Claim.objects.filter(denials=None, remitted__amount_paid__gt=0),
        "held_claim": Claim.objects.filter(status="held"),
        "bank_statement": BankStatement.objects.all(),
        "batch": Batch.objects.filter(state="acknowledged"),
        "file": InterchangeFile.objects.filter(direction="in", remittances__isnull=False),
        "remittance": Remittance.objects.filter(state="posted", claims__denials__isnull=False),
        "held_remittance": Remittance.objects.filter(state="held"),
        "waiting_remittance": Remittance.objects.filter(trace_number="WAITS1"),
        "waiting_claim": RemittedClaim.objects.filter(remittance__trace_number="WAITS1"),
        "repeated_file": InterchangeFile.objects.filter(remittance_copies__isnull=False),
        "eligibility": EligibilityInquiry.objects.exclude(answers=None),
        "job": Job.objects.filter(kind="posting"),
        "denial": Denial.objects.filter(state="open"),
        "manual_batch": ManualBatch.objects.filter(state="open"),
        "closed_manual_batch": ManualBatch.objects.filter(state="closed"),
        "authorization": Authorization.objects.filter(state="approved"),
        "charge_review": ChargeReview.objects.filter(state="waiting"),
        "claim_rule": ClaimRule.objects.filter(enabled_at__isnull=False),
        "draft_rule": ClaimRule.objects.filter(enabled_at=None, retired_at=None),
        "contract": PayerContract.objects.exclude(plan=None),
        "plan": Plan.objects.all(),
        "replaced_claim": Claim.objects.filter(replaced_by__isnull=False),
        "reroute": Reroute.objects.all(),
        "task": CoderTask.objects.filter(state="open"),
    }
    return {
        name: number
        for name, rows in first.items()
        if (number := rows.order_by("pk").values_list("pk", flat=True).first())
    }


if __name__ == "__main__":
    main()
