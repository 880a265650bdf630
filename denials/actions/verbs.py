"""The verbs done to many cases at once; a single verb is a set of one.

Callers hold the transaction with the denials locked (denials.verb_facts.gather) and have asked the
rule (denials.verb_facts.judge). The number of statements does not depend on the number of cases.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q

from billing.actions import claims
from billing.actions.replacements import last_versions, replace_claims
from billing.models import Account, Claim
from denials.actions.moves import move_rows, resolve_rows, rows_in
from denials.actions.routing import open_case_tasks, record_each
from denials.actions.write_offs import give_up
from denials.models import Denial
from denials.rules.triage import CODER_QUEUE, cause_words
from denials.rules.write_offs import REASONS
from denials.verb_facts import Case
from rcm import access
from rcm.errors import Refusal
from rcm.models import User

# Position of a case -> why it could not be done after all.
Refused = dict[int, Refusal]


def rows_of(cases: Iterable[Case]) -> list[Denial]:
    return [row for case in cases for row in case.rows]


def correct(cases: Sequence[Case], *, by: User | None) -> Refused:
    """A corrected claim (frequency 7) for each case without new coding: the fault was elsewhere.

    Cases of one claim share it. Claims billing refuses are told.
    """
    if not cases:
        return {}
    practice_id = cases[0].first.practice_id
    denied = {case.first.claim_id: case.first.claim for case in cases}
    newest = last_versions(list(denied.values()))
    made: dict[int, Claim] = {}
    refused: dict[int, Refusal] = {}
    for pk, claim in newest.items():
        if claim.pk != pk and claim.status != Claim.Status.VOIDED:
            made[pk] = claim
    missing = [pk for pk in denied if pk not in made]
    done = replace_claims(
        practice_id, [pk for pk in missing if denied[pk].follows_id is None], by=by
    )
    made |= done.made
    refused |= done.refused
    for pk in missing:
        # Its share goes back to the claim before it: one at a time.
        if denied[pk].follows_id is not None:
            try:
                made[pk] = claims.replace_claim(denied[pk], by=by)
            except Refusal as refusal:
                refused[pk] = refusal
    resubmit([case for case in cases if case.first.claim_id in made], made, by=by)
    return {
        at: refused[case.first.claim_id]
        for at, case in enumerate(cases)
        if case.first.claim_id in refused
    }


def resubmit(cases: Sequence[Case], made: Mapping[int, Claim], *, by: User | None) -> None:
    """The denials wait for the answer to the corrected claim."""
    rows = rows_of(cases)
    for row in rows:
        row.corrected_claim = made[row.claim_id]
        row.state = Denial.State.RESUBMITTED
    Denial.objects.bulk_update(rows, ["corrected_claim", "state"])
    facts = [(row, {"claim": row.corrected_claim_id}) for row in rows]
    record_each("denial.resubmitted", facts, by=by)


def route(cases: Sequence[Case], *, by: User | None) -> Refused:
    """One task for each case in the coder's queue; it waits for the coder's answer."""
    open_case_tasks([case.rows for case in cases], by=by)
    return {}


def bill_patient(cases: Sequence[Case], *, by: User) -> Refused:
    """The denied amounts move to the patient."""
    rows = rows_of(cases)
    move_rows(rows, Account.PATIENT_RECEIVABLE, "patient", by=by)
    resolve_rows(rows, Denial.Resolution.PATIENT, by=by)
    return {}


def write_off(cases: Sequence[Case], *, by: User, reason: str, note: str = "") -> Refused:
    """The amounts are given up, or asked to be, for a reason of the list (rules.write_offs)."""
    at_once = give_up(cases, by=by, reason=reason, note=note)
    move_rows(at_once, Account.WRITE_OFF, "write_off", by=by)
    words = note.strip() or REASONS[reason]
    resolve_rows(at_once, Denial.Resolution.WRITTEN_OFF, by=by, note=words)
    return {}


def pend(cases: Sequence[Case], *, by: User, until: date, reason: str) -> Refused:
    """Put away until a day; the sweep brings it back to the same person."""
    rows = rows_of(cases)
    rows_in(rows).update(
        state=Denial.State.PENDED,
        pended_until=until,
        pend_reason=reason.strip()[:200],
        assigned_to=by,
    )
    facts = [(row, {"until": until.isoformat()}) for row in rows]
    record_each("denial.pended", facts, by=by)
    return {}


def assign(cases: Sequence[Case], *, by: User, to: User | None) -> Refused:
    """To a person, or back to nobody."""
    rows = rows_of(cases)
    rows_in(rows).update(assigned_to=to)
    facts = [(row, {"before": row.assigned_to_id, "after": to.pk if to else None}) for row in rows]
    record_each("denial.assigned", facts, by=by)
    return {}


def recategorize(
    cases: Sequence[Case], *, by: User, category: str, owner_queue: str, reason: str
) -> Refused:
    """Another cause and queue, by hand; to the coder opens the coder's task."""
    rows = rows_of(cases)
    said = reason.strip()[:300]
    facts = [(row, {"before": row.category, "after": category, "reason": said}) for row in rows]
    why = f"{by} says {cause_words(category)}: {said}"[:500]
    for row in rows:
        row.category, row.owner_queue, row.cause_set_by, row.why = category, owner_queue, by, why
    rows_in(rows).update(category=category, owner_queue=owner_queue, cause_set_by=by, why=why)
    record_each("denial.recategorized", facts, by=by)
    if owner_queue == CODER_QUEUE:
        open_case_tasks([case.rows for case in cases], by=by)
    return {}


ACTS: Mapping[str, Callable[..., Refused]] = {
    "corrected": correct,
    "route": route,
    "bill-patient": bill_patient,
    "write-off": write_off,
    "pend": pend,
    "assign": assign,
    "recategorize": recategorize,
}


def worker(user_id: int, practice_id: int) -> User:
    """Somebody who may work on denials here. Raises Refusal for everybody else alike."""
    user = User.objects.filter(pk=user_id).first()
    membership = access.membership_of(user, practice_id) if user else None
    if membership is None or "denials.work" not in access.CAPABILITIES[membership.role]:
        message = "Choose a person who works on denials in this practice."
        raise Refusal("not_a_worker", message, fields={"person": message})
    return membership.user


def workers_of(practice_id: int) -> list[User]:
    """Everybody who may work on denials here, by name. One statement."""
    roles = access.roles_with("denials.work")
    people = User.objects.filter(
        Q(memberships__practice_id=practice_id, memberships__role__in=roles), is_active=True
    )
    return list(people.order_by("last_name", "pk").distinct())
