"""Cases of denials with what the rule of verbs asks, for one or many: a constant number of
statements.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.db.models import Max, Min, Q, QuerySet

from billing import ledger
from billing.actions.replacements import answers_for, last_versions
from billing.actions.transfers import RECEIVABLE
from billing.models import Account, Claim
from denials.models import Denial, DenialDeadline, WriteOffLimit, WriteOffLine
from denials.practice_days import practice_today
from denials.rules.verbs import BY_LINE, CaseFacts, Verdict, verdict
from denials.rules.write_offs import limit_for
from rcm import access
from rcm.models import Practice, User

CORRECTIONS = ("corrected_claim", "new_claim")
MONEY = ("bill-patient", "write-off")


@dataclass(slots=True)
class Case:
    """Lines of one answer of a payer that are worked together, the chosen one first."""

    rows: list[Denial]
    facts: CaseFacts

    @property
    def first(self) -> Denial:
        return self.rows[0]

    @property
    def amount(self) -> Decimal:
        return self.facts.amount

    @property
    def seen(self) -> int:
        """A print of what a person saw of it: another one when somebody changed it since."""
        words = [fields_of(row) for row in self.rows]
        return crc32(repr([words, self.facts.requested]).encode())


def fields_of(row: Denial) -> list[Any]:
    """What verbs change of a denial, as plain values."""
    return [row.pk, *(str(value) for value in snapshot(row).values()), str(row.amount)]


def snapshot(row: Denial) -> dict[str, Any]:
    """The fields a verb may change, ready for JSON."""
    return {
        "state": str(row.state),
        "category": row.category,
        "owner_queue": row.owner_queue,
        "why": row.why,
        "cause_set_by_id": row.cause_set_by_id,
        "pended_until": row.pended_until.isoformat() if row.pended_until else None,
        "pend_reason": row.pend_reason,
        "assigned_to_id": row.assigned_to_id,
        "coder_task_id": row.coder_task_id,
        "corrected_claim_id": row.corrected_claim_id,
        "resolution": str(row.resolution),
        "resolution_note": row.resolution_note,
    }


def key_of(row: Denial) -> tuple[Any, ...]:
    """Equal for lines worked together: of one case, with the same cause and state."""
    return (row.case, row.category, str(row.state), row.coder_task_id, row.resolution)


def read_rows(
    practice_id: int, ids: Collection[int], *, by_line: bool, is_locked: bool
) -> list[Denial]:
    """The denials, with the other lines of their answers unless `by_line`. One statement."""
    rows: QuerySet[Denial] = Denial.objects.filter(practice_id=practice_id)
    chosen = Q(pk__in=ids)
    if not by_line:
        answers = rows.filter(chosen).values("remitted_claim_id")
        chosen = Q(remitted_claim_id__in=answers)
    rows = rows.filter(chosen)
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    found = rows.select_related(
        "claim__payer", "claim__encounter", "claim__patient", "service_line", "payer"
    )
    return list(found.defer("claim__content").order_by("pk"))


def gather(
    practice: Practice,
    ids: Collection[int],
    *,
    verb: str = "",
    by: User | None,
    is_locked: bool = False,
) -> list[Case]:
    """The cases of these denials in the order of their lowest id. A constant number of statements.

    Verbs that go by line make a case of each. With `is_locked` callers hold the transaction.
    """
    chosen = set(ids)
    by_line = verb in BY_LINE
    rows = read_rows(practice.pk, chosen, by_line=by_line, is_locked=is_locked)
    groups: defaultdict[Any, list[Denial]] = defaultdict(list)
    for row in rows:
        groups[row.pk if by_line else key_of(row)].append(row)
    wanted = [
        sorted(members, key=lambda row: (row.pk not in chosen, row.pk))
        for members in groups.values()
        if any(row.pk in chosen for row in members)
    ]
    facts = read_facts(practice, wanted, by=by)
    return [Case(members, each) for members, each in zip(wanted, facts, strict=True)]


def read_facts(
    practice: Practice, groups: Sequence[list[Denial]], *, by: User | None
) -> list[CaseFacts]:
    """What the rule asks of each group of rows."""
    rows = [row for members in groups for row in members]
    claims = {row.claim_id: row.claim for row in rows}
    balances = ledger.claim_balances(practice.pk, claims)
    corrections = read_corrections(practice.pk, claims)
    requested = read_requests([row.pk for row in rows])
    windows = read_windows([row.pk for row in rows])
    today, limit = practice_today(practice), limit_of(practice.pk, by)
    found = []
    for members in groups:
        first = members[0]
        claim = claims[first.claim_id]
        owed = balances[claim.pk]
        waiting = [requested[row.pk] for row in members if row.pk in requested]
        window = windows.get(first.pk, {})
        found.append(
            CaseFacts(
                state=str(first.state),
                state_label=first.get_state_display(),
                group=first.group,
                amount=sum((row.amount for row in members), Decimal(0)),
                owed=owed.get(RECEIVABLE[claim.rank], Decimal(0)),
                today=today,
                limit=limit,
                is_asked=any(row.coder_task_id is not None for row in members),
                requested=max(waiting, default=None),
                correction=corrections[claim.pk],
                correct_by=window.get("correct_by"),
                appeal_by=window.get("appeal_by"),
                has_open_appeal=bool(window.get("open_appeal")),
                resolution=str(first.resolution),
                patient_owes=owed.get(Account.PATIENT_RECEIVABLE, Decimal(0)),
                is_claim_open=claim.status != Claim.Status.CLOSED,
            )
        )
    return found


def read_corrections(practice_id: int, claims: Mapping[int, Claim]) -> dict[int, Verdict | None]:
    """Claim id -> may it be replaced; None where a newer version stands already."""
    newest = last_versions(list(claims.values()))
    answers = answers_for(practice_id, list(claims.values()))
    found: dict[int, Verdict | None] = {}
    for pk in claims:
        answer = answers[pk]
        if newest[pk].pk != pk and newest[pk].status != Claim.Status.VOIDED:
            found[pk] = None
        else:
            found[pk] = Verdict(bool(answer.frequency), answer.why, answer.code, answer.status)
    return found


def read_requests(ids: Collection[int]) -> dict[int, Decimal]:
    """Denial id -> the amount of the request it waits with. One statement."""
    rows = WriteOffLine.objects.filter(denial__in=ids, is_open=True)
    return dict(rows.values_list("denial_id", "request__amount"))


def read_windows(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Denial id -> last days of correction and appeal, and whether an appeal is open."""
    appeals = Q(remedy__in=DenialDeadline.APPEALS)
    running = Q(met_at=None, missed_at=None)
    rows = DenialDeadline.objects.filter(denial__in=ids).order_by().values("denial_id")
    found = rows.annotate(
        correct_by=Max("last_safe_day", filter=Q(remedy__in=CORRECTIONS)),
        appeal_by=Max("last_safe_day", filter=appeals),
        open_appeal=Min("last_safe_day", filter=appeals & running),
    )
    return {row["denial_id"]: dict(row) for row in found}


def limit_of(practice_id: int, by: User | None) -> Decimal | None:
    """Dollars a person may write off alone, None without a limit. Two statements."""
    membership = access.membership_of(by, practice_id) if by is not None else None
    own = dict(WriteOffLimit.objects.filter(practice_id=practice_id).values_list("role", "amount"))
    return limit_for(membership.role if membership else "", own)


def judge(
    cases: Iterable[Case], verb: str, *, for_coder: bool = False
) -> list[tuple[Case, Verdict]]:
    """Each case with its verdict, in order: what one takes from a claim the next has no more."""
    left: dict[int, Decimal] = {}
    found = []
    for case in cases:
        claim_id = case.first.claim_id
        if verb in MONEY:
            case.facts = replace(case.facts, owed=left.get(claim_id, case.facts.owed))
        answer = verdict(verb, case.facts, for_coder=for_coder)
        if verb in MONEY and answer.is_allowed and not answer.why:
            left[claim_id] = case.facts.owed - case.amount
        found.append((case, answer))
    return found
