"""The figures of a run, and which of them are not what they must be."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from billing import ledger
from billing.models import Account, Batch, Claim, Posting, Remittance
from coding.models import CoderTask
from denials.check.drive import Drive
from denials.check.oracle import expect, read_payments
from denials.demo_stays import STAYS
from denials.models import Denial

# Two charts carry a member number the scrubber stops; two more an unknown member the payer rejects.
STOPPED_BY_SCRUBBER = 2
REJECTED_BY_PAYER = 2
UNWORKED = ("open", "pended", "with_coder")


def judge(
    drive: Drive, *, coded: int, submitted: int, recoded: int
) -> tuple[dict[str, Any], list[str]]:
    """All figures of the run and a sentence for each that is wrong."""
    with drive.all_practices():
        figures = collect(drive, coded, submitted)
        corrected = set(
            Claim.objects.filter(frequency=Claim.Frequency.REPLACEMENT).values_list(
                "patient_control_number", flat=True
            )
        )
    expected = expect(read_payments(drive.sandbox), corrected)
    charts = drive.charts.values()
    mistakes = sum(1 for chart in charts if chart.first_answer is not None)
    must_be = {
        "encounters_coded": len(drive.charts),
        "claims_submitted": len(drive.charts) + STAYS - STOPPED_BY_SCRUBBER + mistakes,
        "claims_rejected": REJECTED_BY_PAYER,
        "claims_accepted": submitted - REJECTED_BY_PAYER,
        "remittances_posted": expected.payments,
        "remittances_held": 1,
        "paid": str(Decimal(expected.paid).scaleb(-2)),
        "unapplied": "0.00",
        "ledger_sum": "0.00",
        "denials_open": expected.denied_lines_open,
        "corrected_claims_paid": mistakes,
        "institutional_claims_paid": STAYS,
    }
    wrong = [
        f"{name}: {figures[name]}, must be {value}"
        for name, value in must_be.items()
        if figures[name] != value
    ]
    if expected.unbalanced != 1:
        wrong.append(f"the sandbox sent {expected.unbalanced} unbalanced payments, not 1")
    if recoded != mistakes:
        wrong.append(f"{recoded} charts were recoded, must be {mistakes}")
    if expected.corrected_paid != mistakes:
        wrong.append(f"the payers paid {expected.corrected_paid} corrections, not {mistakes}")
    return figures, wrong


def collect(drive: Drive, coded: int, submitted: int) -> dict[str, Any]:
    """The figures as the application has them."""
    claims = Claim.objects.all()
    paid_corrections = Denial.objects.filter(resolution=Denial.Resolution.PAID)
    return {
        "encounters_coded": coded,
        "claims_submitted": submitted,
        "interchanges_acknowledged": Batch.objects.filter(state="acknowledged").count(),
        "claims_accepted": claims.filter(accepted_at__isnull=False).count(),
        "claims_rejected": claims.filter(status=Claim.Status.REJECTED).count(),
        "remittances_posted": Remittance.objects.filter(state=Remittance.State.POSTED).count(),
        "remittances_held": Remittance.objects.filter(state=Remittance.State.HELD).count(),
        "paid": str(paid_to_bank()),
        "unapplied": str(sum((ledger.unapplied(p) for p in drive.practices), Decimal("0.00"))),
        "ledger_sum": str(sum((ledger.ledger_sum(p) for p in drive.practices), Decimal("0.00"))),
        "denials_open": Denial.objects.filter(state__in=UNWORKED).count(),
        "coder_tasks": CoderTask.objects.filter(state=CoderTask.State.OPEN).count(),
        "corrected_claims_paid": paid_corrections.values("corrected_claim").distinct().count(),
        "institutional_claims_paid": claims.filter(
            form=Claim.Form.INSTITUTIONAL,
            status=Claim.Status.ADJUDICATED,
            remitted__amount_paid__gt=0,
        )
        .distinct()
        .count(),
    }


def paid_to_bank() -> Decimal:
    """Deposits of the ledger, less what was taken back."""
    received = Posting.objects.filter(destination=Account.CASH).aggregate(sum=Sum("amount"))["sum"]
    returned = Posting.objects.filter(source=Account.CASH).aggregate(sum=Sum("amount"))["sum"]
    return (received or Decimal("0.00")) - (returned or Decimal("0.00"))
