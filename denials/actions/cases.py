"""The lines of one claim that the payer denied with the same code, taken together."""

from django.db.models import QuerySet

from denials.models import Denial
from rcm.errors import Refusal

WORKABLE = (Denial.State.OPEN, Denial.State.PENDED)


def take(denial: Denial, *states: Denial.State) -> Denial:
    """Lock the denial and check that it still is in one of `states`. Raises Refusal 409."""
    locked = Denial.objects.select_for_update(of=("self",)).get(pk=denial.pk)
    require_state(locked, *states)
    return locked


def require_state(denial: Denial, *states: Denial.State) -> None:
    if denial.state not in (states or WORKABLE):
        raise Refusal(
            "denial_already_worked",
            f"Somebody was first: this denial is {denial.get_state_display().lower()} now.",
            status=409,
        )


def case_rows(denial: Denial) -> QuerySet[Denial]:
    """Every line of its case, whatever has become of it."""
    return Denial.objects.filter(
        practice_id=denial.practice_id,
        claim_id=denial.claim_id,
        remitted_claim_id=denial.remitted_claim_id,
        group=denial.group,
        reason=denial.reason,
    ).order_by("pk")


def take_case(denial: Denial, *states: Denial.State) -> list[Denial]:
    """Lock the case; the denial first, then the lines that can go with it.

    Those have the same cause and the same state: what somebody put away or answered stays. Raises
    Refusal 409 when the denial itself is in none of `states`.
    """
    rows = case_rows(denial).select_for_update(of=("self",))
    found = list(rows.select_related("claim__encounter", "service_line"))
    [first] = [row for row in found if row.pk == denial.pk]
    require_state(first, *states)
    alike = [
        row
        for row in found
        if row.pk != first.pk
        and (row.category, row.state, row.coder_task_id)
        == (first.category, first.state, first.coder_task_id)
    ]
    return [first, *alike]


def require_unanswered(case: list[Denial]) -> None:
    """Raises Refusal 409 when the coder was asked about a line of it before."""
    if any(row.coder_task_id is not None for row in case):
        raise Refusal(
            "coder_answered",
            "The coder has answered this denial already. Decide with that answer.",
            status=409,
        )
