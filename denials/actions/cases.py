"""The lines of one claim that the payer denied with the same code, taken together."""

from django.db.models import QuerySet

from denials.models import Denial
from denials.rules.verbs import CHANGED, Verdict, verdict
from denials.verb_facts import Case, gather
from rcm.errors import Refusal
from rcm.models import User

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


def take_for(denial: Denial, verb: str, *, by: User | None, for_coder: bool = False) -> Case:
    """Lock the case of the denial for a verb. Raises the Refusal of the rule (rules.verbs)."""
    [case] = gather(denial.practice, [denial.pk], verb=verb, by=by, is_locked=True)
    require(case, verb, for_coder=for_coder)
    return case


def require(case: Case, verb: str, *, for_coder: bool = False) -> None:
    """Raises the Refusal of the rule where the verb may not be done with a locked case."""
    answer = verdict(verb, case.facts, for_coder=for_coder)
    if not answer.is_allowed:
        raise refusal_of(answer)


def refusal_of(answer: Verdict) -> Refusal:
    """The sentence of the rule, for somebody who came second."""
    why = answer.why
    if answer.code == CHANGED:
        why = f"Somebody was first: {why[:1].lower()}{why[1:]}"
    return Refusal(answer.code, why, status=answer.status)
