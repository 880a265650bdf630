"""What a practice has learned after years: a payer that changed, lines paid below custom."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from billing.actions.underpayments import quarter_of
from billing.models import RemittedLine, Underpayment, UsualAllowed
from denials.actions.change_alarms import monday_of
from denials.models import ChangeAlarm, Denial, DenialWeek
from rcm.models import Practice

SHORT = Decimal("12.10")
WEEKS = 17


def leave_learning(practice: Practice) -> dict[str, int]:
    """An alarm with its weeks, and a pattern of underpaid lines; their numbers."""
    today = timezone.localdate()
    return {"alarm": leave_alarm(practice, today), "underpayment": leave_short(practice, today)}


def leave_alarm(practice: Practice, today: date) -> int:
    """Twelve of twenty lately, one of twenty in each week before."""
    denial = Denial.objects.filter(practice=practice, service_line__isnull=False).order_by("pk")[0]
    last = monday_of(today) - timedelta(weeks=1)
    shared = {
        "practice": practice,
        "payer": denial.payer,
        "procedure_code": denial.service_line.procedure_code,
    }
    DenialWeek.objects.filter(**shared).delete()
    DenialWeek.objects.bulk_create(
        DenialWeek(
            **shared,
            reason=reason,
            week=last - timedelta(weeks=back),
            claims=20 if not reason else 1 if back else 12,
        )
        for back in range(WEEKS)
        for reason in ("", "197")
    )
    alarm = ChangeAlarm.objects.create(
        **shared,
        reason="197",
        week=last,
        weeks=1,
        recent_claims=20,
        recent_denied=12,
        baseline_claims=260,
        baseline_denied=13,
        p_value=Decimal("0.000000000021"),
    )
    return alarm.pk


def leave_short(practice: Practice, today: date) -> int:
    """Up to three paid lines of one payer, each 12.10 below what was usual."""
    lines = RemittedLine.objects.filter(
        practice=practice, service_line__isnull=False, amount_paid__gt=0
    ).select_related("remitted_claim__claim", "service_line", "remittance")
    rows = []
    for line in lines.order_by("-pk")[:3]:
        claim, own = line.remitted_claim.claim, line.service_line
        allowed = line.amount_allowed or line.amount_paid
        same = {"practice": practice, "payer_id": claim.payer_id}
        same |= {"procedure_code": own.procedure_code, "modifiers": " ".join(sorted(own.modifiers))}
        usual = {"lines": 31, "low": allowed, "median": allowed + SHORT, "high": allowed + SHORT}
        before = quarter_of(quarter_of(today) - timedelta(days=1))
        UsualAllowed.objects.get_or_create(**same, quarter=before, defaults=usual)
        rows.append(
            Underpayment(
                **same,
                remitted_line=line,
                claim=claim,
                paid_on=line.remittance.paid_on,
                basis=Underpayment.Basis.USUAL,
                basis_name=f"Q{(before.month + 2) // 3} {before.year}",
                basis_lines=31,
                expected=allowed + SHORT,
                allowed=allowed,
                shortfall=SHORT,
            )
        )
    return Underpayment.objects.bulk_create(rows)[0].pk
