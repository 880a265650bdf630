"""The figures of a run, and which of them are not what they must be.

`claims_rejected` counts claims a payer ever turned away, `claims_submitted` every sending.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from billing import ledger
from billing.models import Account, Batch, Claim, Posting, Remittance, StatusInquiry
from coding.models import CoderTask
from denials.check.drive import Drive
from denials.check.oracle import (
    Expected,
    count_answers,
    expect,
    read_payments,
    read_verdicts,
)
from denials.demo_setup import QUESTIONS
from denials.demo_stays import STAYS
from denials.models import Denial
from payers.models import EligibilityInquiry, Rank

# Two charts carry a member number the scrubber stops; two more an unknown member the payer rejects.
STOPPED_BY_SCRUBBER = 2
REJECTED_BY_PAYER = 2
REJECTION = "U"  # STC03 of a 277CA
UNWORKED = ("open", "pended", "with_coder")


@dataclass(frozen=True, slots=True)
class Run:
    """How many charts the people coded and recoded, claims sent and corrected, questions asked."""

    coded: int
    submitted: int
    recoded: int
    corrected: int
    eligibility_asked: int
    status_asked: int


def judge(drive: Drive, run: Run) -> tuple[dict[str, Any], list[str]]:
    """All figures of the run and a sentence for each that is wrong."""
    with drive.all_practices():
        figures = collect(drive, run)
        corrected = set(
            Claim.objects.filter(frequency=Claim.Frequency.REPLACEMENT).values_list(
                "patient_control_number", flat=True
            )
        )
    expected = expect(read_payments(drive.sandbox), corrected)
    must_be = required_figures(drive, run, expected)
    wrong = [
        f"{name}: {figures[name]}, must be {value}"
        for name, value in must_be.items()
        if figures[name] != value
    ]
    return figures, wrong + contradictions(drive, run, expected)


def required_figures(drive: Drive, run: Run, expected: Expected) -> dict[str, Any]:
    """What the content of the demo and the clearinghouse's files leave no choice about."""
    mistakes = count_mistakes(drive)
    first_time = len(drive.charts) + STAYS - STOPPED_BY_SCRUBBER
    return {
        "encounters_coded": len(drive.charts),
        "claims_submitted": first_time + mistakes + REJECTED_BY_PAYER + expected.secondary_due,
        "claims_rejected": REJECTED_BY_PAYER,
        "rejected_then_fixed": REJECTED_BY_PAYER,
        "claims_accepted": run.submitted - REJECTED_BY_PAYER,
        "remittances_posted": expected.payments,
        "remittances_held": 1,
        "paid": str(Decimal(expected.paid).scaleb(-2)),
        "unapplied": "0.00",
        "ledger_sum": "0.00",
        "between_claims": "0.00",
        "denials_open": expected.denied_lines_open,
        "corrected_claims_paid": mistakes,
        "institutional_claims_paid": STAYS,
        "secondary_claims_paid": expected.secondary_paid,
        "eligibility_answered": run.eligibility_asked + QUESTIONS,
        "status_answered": run.status_asked,
    }


def contradictions(drive: Drive, run: Run, expected: Expected) -> list[str]:
    """What the clearinghouse's own files or the people's acts say otherwise."""
    mistakes = count_mistakes(drive)
    verdicts = read_verdicts(drive.sandbox)
    said = {
        "unbalanced payments sent": (expected.unbalanced, 1),
        "charts recoded": (run.recoded, mistakes),
        "corrections paid": (expected.corrected_paid, mistakes),
        "rejected claims corrected": (run.corrected, REJECTED_BY_PAYER),
        "claims rejected and then accepted": (
            sum(1 for actions in verdicts.values() if actions == ["U", "WQ"]),
            REJECTED_BY_PAYER,
        ),
        "claims answered by later payers": (expected.secondary_sent, expected.secondary_due),
        "271 answers": (
            count_answers(drive.sandbox, "271"),
            run.eligibility_asked + QUESTIONS,
        ),
        "277 answers": (count_answers(drive.sandbox, "277"), run.status_asked),
    }
    wrong = [f"{what}: {n}, must be {must}" for what, (n, must) in said.items() if n != must]
    least = {"secondary claims paid": expected.secondary_paid, "questions": run.status_asked}
    return wrong + [f"no {what}" for what, count in least.items() if count < 1]


def count_mistakes(drive: Drive) -> int:
    """Charts whose first answer is denied for its coding."""
    return sum(1 for chart in drive.charts.values() if chart.first_answer is not None)


def collect(drive: Drive, run: Run) -> dict[str, Any]:
    """The figures as the application has them."""
    claims = Claim.objects.all()
    paid = claims.filter(status=Claim.Status.ADJUDICATED, remitted__amount_paid__gt=0).distinct()
    rejected = claims.filter(acknowledgments__action=REJECTION).distinct()
    paid_corrections = Denial.objects.filter(resolution=Denial.Resolution.PAID)
    return {
        "encounters_coded": run.coded,
        "claims_submitted": run.submitted,
        "interchanges_acknowledged": Batch.objects.filter(state="acknowledged").count(),
        "claims_accepted": claims.filter(accepted_at__isnull=False).count(),
        "claims_rejected": rejected.count(),
        "rejected_then_fixed": rejected.filter(
            frequency=Claim.Frequency.ORIGINAL, accepted_at__isnull=False
        ).count(),
        "remittances_posted": Remittance.objects.filter(state=Remittance.State.POSTED).count(),
        "remittances_held": Remittance.objects.filter(state=Remittance.State.HELD).count(),
        "paid": str(paid_to_bank()),
        "unapplied": str(sum((ledger.unapplied(p) for p in drive.practices), Decimal("0.00"))),
        "ledger_sum": str(sum((ledger.ledger_sum(p) for p in drive.practices), Decimal("0.00"))),
        "denials_open": Denial.objects.filter(state__in=UNWORKED).count(),
        "coder_tasks": CoderTask.objects.filter(state=CoderTask.State.OPEN).count(),
        "corrected_claims_paid": paid_corrections.values("corrected_claim").distinct().count(),
        "institutional_claims_paid": paid.filter(form=Claim.Form.INSTITUTIONAL).count(),
        "secondary_claims_paid": paid.exclude(rank=Rank.PRIMARY).count(),
        "between_claims": str(moved_between_claims()),
        "eligibility_answered": EligibilityInquiry.objects.filter(answers__isnull=False)
        .distinct()
        .count(),
        "status_answered": StatusInquiry.objects.filter(answers__isnull=False).distinct().count(),
    }


def moved_between_claims() -> Decimal:
    """What earlier claims gave less what later ones took."""
    given = Posting.objects.filter(destination=Account.BETWEEN_CLAIMS).aggregate(sum=Sum("amount"))
    taken = Posting.objects.filter(source=Account.BETWEEN_CLAIMS).aggregate(sum=Sum("amount"))
    return (given["sum"] or Decimal("0.00")) - (taken["sum"] or Decimal("0.00"))


def paid_to_bank() -> Decimal:
    """Deposits of the ledger, less what was taken back."""
    received = Posting.objects.filter(destination=Account.CASH).aggregate(sum=Sum("amount"))["sum"]
    returned = Posting.objects.filter(source=Account.CASH).aggregate(sum=Sum("amount"))["sum"]
    return (received or Decimal("0.00")) - (returned or Decimal("0.00"))
