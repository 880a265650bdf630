"""What the pages of underpayments show: patterns, the lines of one, and what is usual."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from billing.models import Underpayment, UsualAllowed
from rcm.models import Practice

MOST_PATTERNS = 500
# One difference that so many lines of a pattern share is named; otherwise it is the usual one.
MOST_ALIKE = Decimal("0.8")
SAME = ("payer_id", "procedure_code", "modifiers", "place_of_service", "basis", "state")
PATTERNS = """
SELECT max(u.id), p.short_name, u.procedure_code, u.modifiers, u.place_of_service, u.basis,
    count(*), sum(u.shortfall), min(u.paid_on), mode() WITHIN GROUP (ORDER BY u.shortfall),
    coalesce(sum(u.recovered), 0),
    count(*) FILTER (WHERE u.shortfall = m.mode)
FROM billing_underpayment u
JOIN payers_payer p ON p.id = u.payer_id
JOIN (
    SELECT payer_id, procedure_code, modifiers, place_of_service, basis,
        mode() WITHIN GROUP (ORDER BY shortfall) AS mode
    FROM billing_underpayment WHERE practice_id = %(practice)s AND state = %(state)s
    GROUP BY 1, 2, 3, 4, 5
) m ON m.payer_id = u.payer_id AND m.procedure_code = u.procedure_code
    AND m.modifiers = u.modifiers AND m.place_of_service = u.place_of_service
    AND m.basis = u.basis
WHERE u.practice_id = %(practice)s AND u.state = %(state)s
GROUP BY p.short_name, u.payer_id, u.procedure_code, u.modifiers, u.place_of_service, u.basis
ORDER BY sum(u.shortfall) DESC, max(u.id)
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines of one payer, code, modifiers, place and basis in one state.

    `underpayment_id` is the newest of them; `difference` the shortfall most of them share, `alike`
    how many do.
    """

    underpayment_id: int
    payer_name: str
    procedure_code: str
    modifiers: str
    place_of_service: str
    basis: str
    lines: int
    shortfall: Decimal
    since: date
    difference: Decimal
    recovered: Decimal
    alike: int

    @property
    def spoken_code(self) -> str:
        return "-".join([self.procedure_code, *self.modifiers.split()])

    @property
    def basis_label(self) -> str:
        return Underpayment.Basis(self.basis).label

    @property
    def words(self) -> str:
        """23 lines of 99214-25 at Aetna since 09/01/2026 are allowed 12.10 less."""
        by = "" if self.alike >= MOST_ALIKE * self.lines else "about "
        are = "line is" if self.lines == 1 else "lines are"
        what, rest = are.split()
        return (
            f"{self.lines:,} {what} of {self.spoken_code} at {self.payer_name}"
            f" since {self.since:%m/%d/%Y} {rest} allowed {by}${self.difference:,.2f} less"
        )


def patterns_of(practice: Practice, state: str) -> list[Pattern]:
    """Most dollars first. One statement."""
    terms: dict[str, Any] = {"practice": practice.pk, "state": state, "limit": MOST_PATTERNS}
    with connection.cursor() as db:
        db.execute(PATTERNS, terms)
        return [Pattern(*row) for row in db.fetchall()]


def same_pattern(row: Underpayment) -> QuerySet[Underpayment]:
    """The lines of its pattern in its state, newest first."""
    same = {name: getattr(row, name) for name in SAME}
    return Underpayment.objects.filter(practice_id=row.practice_id, **same).order_by("-pk")


def state_tabs(rows: QuerySet[Underpayment], chosen: str) -> list[dict[str, Any]]:
    """The tabs with their counts of lines; one statement."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("id")))
    return [
        {
            "label": label,
            "url": f"?state={state}",
            "count": counts.get(state, 0),
            "is_current": state == chosen,
        }
        for state, label in Underpayment.State.choices
    ]


def usual_of(row: Underpayment) -> list[UsualAllowed]:
    """What the payer allowed for one unit, quarter by quarter, newest first. One statement."""
    return list(
        UsualAllowed.objects.filter(
            practice_id=row.practice_id,
            payer_id=row.payer_id,
            procedure_code=row.procedure_code,
            modifiers=row.modifiers,
            place_of_service=row.place_of_service,
        ).order_by("-quarter")[:8]
    )


HEAD = (
    *("Claim", "Payer", "Procedure", "Modifiers", "Place", "Paid on", "Basis", "From", "Of lines"),
    *("Expected", "Allowed", "Short", "State", "Recovered"),
)


def csv_rows(rows: QuerySet[Underpayment]) -> list[tuple[Any, ...]]:
    """The lines as a spreadsheet takes them."""
    return [
        (
            row.claim.patient_control_number,
            row.payer.short_name,
            row.procedure_code,
            row.modifiers,
            row.place_of_service,
            row.paid_on,
            row.get_basis_display(),
            row.basis_name,
            row.basis_lines,
            row.expected,
            row.allowed,
            row.shortfall,
            row.state,
            row.recovered,
        )
        for row in rows.select_related("claim", "payer")
    ]
