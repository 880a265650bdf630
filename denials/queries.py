"""What the denial pages read, in a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)

from billing.models import Adjustment, Claim, RemittedClaim, RemittedLine
from coding.models import CoderTask, Document
from coding.rules import marks
from denials.appeal_facts import appeals_of, opening_of
from denials.deadline_pages import ending_within, missed_lately, shown_deadlines
from denials.forms import CAUSE_CHOICES, QUEUE_CHOICES
from denials.forms_worklist import MINE, NOBODYS, WorklistFilters
from denials.gaps import HAS_GAP, UNRESOLVED
from denials.models import Denial, WriteOffLine, WriteOffRequest
from denials.next_best import next_best
from denials.rules.local_day import days_left
from denials.rules.triage import cause_label, code_of
from denials.rules.verbs import CaseFacts, Verdict, verdicts
from denials.rules.write_offs import REASONS
from denials.sent_codes import sent_facts
from denials.verb_facts import gather
from payers.models import ReasonCode, RemarkCode
from rcm.models import Event, Practice, User

CAUSE_EVENTS = ("denial.cause_decided", "denial.recategorized")
# Names of several states together: all that wait for us, all that are not at their end.
ORDERS = {
    "due": ("due_on", "id"),
    "-due": ("-due_on", "-id"),
    "amount": ("amount", "id"),
    "-amount": ("-amount", "-id"),
    "denied": ("denied_on", "id"),
    "-denied": ("-denied_on", "-id"),
    "best": ("-worth", "due_on", "id"),
}
DEFAULT_ORDER = ("category", "due_on", "id")
GROUPED = {"waiting": Denial.WAITING, "unresolved": UNRESOLVED}


def worklist(
    denials: QuerySet[Denial], filters: Mapping[str, Any], today: date, by: User | None = None
) -> QuerySet[Denial]:
    """Denials of one state or of one of GROUPED that match, in the order asked for.

    `left` keeps those to act on within so many days of `today`, late ones among them; `missed`
    those that missed a remedy lately, `gap` those nobody would come to.
    """
    rows = matching(denials, filters, today, by)
    label = ReasonCode.objects.filter(code=OuterRef("reason")).values("label")
    rows = rows.annotate(reason_label=Subquery(label[:1]))
    return (
        rows.select_related("claim__patient", "payer", "assigned_to")
        .defer("claim__content")
        .order_by(*order_of(filters.get("sort", "")))
    )


def order_of(sort: str) -> tuple[str, ...]:
    """By cause and then by deadline, unless a heading was chosen."""
    return ORDERS.get(sort, DEFAULT_ORDER)


def matching(
    denials: QuerySet[Denial], filters: Mapping[str, Any], today: date, by: User | None = None
) -> QuerySet[Denial]:
    """The rows of `worklist` without their order and what is shown beside them."""
    state = filters.get("state") or Denial.State.OPEN
    return narrowed(denials, state, WorklistFilters(filters).asked, today, by)


def narrowed(
    denials: QuerySet[Denial], state: str, asked: Mapping[str, Any], today: date, by: User | None
) -> QuerySet[Denial]:
    """Those of a state, or of several, that match filters already read."""
    rows = denials.filter(state__in=GROUPED.get(state, [state]))
    exact = {
        "category": "category",
        "payer": "payer__payer_id",
        "group_code": "group",
        "queue": "owner_queue",
        "provider": "claim__encounter__provider_id",
        "amount_from": "amount__gte",
        "amount_to": "amount__lte",
        "served_from": "claim__date_of_service__gte",
        "served_to": "claim__date_of_service__lte",
        "denied_from": "denied_on__gte",
        "denied_to": "denied_on__lte",
    }
    rows = rows.filter(**{exact[name]: value for name, value in asked.items() if name in exact})
    if reason := asked.get("reason"):
        rows = rows.filter(reason=code_of(reason))
    if owner := asked.get("owner"):
        mine = by.pk if owner == MINE and by is not None else owner
        rows = rows.filter(assigned_to=None if owner == NOBODYS else mine)
    if asked.get("approval"):
        rows = rows.filter(Exists(WriteOffLine.objects.filter(denial=OuterRef("pk"), is_open=True)))
    if asked.get("missed"):
        rows = rows.filter(missed_lately(today))
    if asked.get("gap"):
        rows = rows.filter(HAS_GAP)
    if query := asked.get("q", "").strip():
        rows = rows.filter(
            Q(claim__patient_control_number__istartswith=query)
            | Q(claim__patient__last_name__istartswith=query)
            | Q(reason=code_of(query))
        )
    return ending_within(rows, asked.get("left", ""), today)


def following(rows: QuerySet[Denial], worked: Denial) -> Denial | None:
    """The row after `worked` in the list's order, else the first; None when none is left."""
    order = [name for name in rows.query.order_by if isinstance(name, str)]
    behind, same = Q(), Q()
    for name in order:
        field = name.removeprefix("-")
        value = worked.pk if field == "id" else getattr(worked, field)
        beyond = Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        behind |= same & beyond
        same &= Q(**{field: value})
    others = rows.exclude(pk=worked.pk)
    return others.filter(behind).first() or others.first()


def labels(denial: Denial) -> dict[str, str]:
    """Our own words for the reason and each remark."""
    reason = ReasonCode.objects.filter(pk=denial.reason).first()
    found = {"reason": reason.label if reason else "Reason not in the table"}
    remarks = RemarkCode.objects.in_bulk(denial.remarks)
    found["remarks"] = ", ".join(f"{code} {row.label}" for code, row in remarks.items())
    found["action"] = reason.default_action if reason else ""
    return found


# What the pane shows beside what the verbs read, asked for one by one: PostgreSQL would take longer
# to plan so many joins than to follow them, and most of them lead nowhere.
BESIDE = (
    *("claim__encounter__provider", "remitted_claim__remittance", "corrected_claim"),
    *("coder_task__resolved_by", "assigned_to", "resolved_by"),
)


def denial_detail(practice: Practice, denial_id: int, today: date, by: User) -> dict[str, Any]:
    """The denial with its claim, the payer's lines and how long is left."""
    [case] = gather(practice, [denial_id], by=by)
    denial, others = case.first, case.rows[1:]
    denial.practice = practice
    prefetch_related_objects([denial], *BESIDE)
    deadlines, appeals = shown_deadlines(denial, today), appeals_of([denial])
    lines = remitted_lines(denial.remitted_claim)
    return {
        "denial": denial,
        "labels": labels(denial),
        "lines": lines,
        "days_left": days_left(denial.due_on, today),
        "deadlines": deadlines,
        "stops": stops(denial, today),
        "best": next_best(denial, today),
        "asked": request_of(denial) if case.facts.requested is not None else None,
        "write_off_reasons": list(REASONS.items()),
        "verbs": verbs_of(case.facts),
        "alike": others,
        "case_amount": sum((row.amount for row in others), denial.amount),
        "case_count": len(others) + 1,
        "appeals": appeals,
        "appeal_opening": opening_of(
            denial, today, appeals=appeals, rows=[shown.row for shown in deadlines]
        ),
        "causes_before": causes_before(denial),
        "cause_choices": CAUSE_CHOICES,
        "queue_choices": QUEUE_CHOICES,
    }


def verbs_of(facts: CaseFacts) -> dict[str, Verdict]:
    """Every verb and whether the person may do it, with underscores for templates."""
    return {name.replace("-", "_"): answer for name, answer in verdicts(facts).items()}


def request_of(denial: Denial) -> WriteOffRequest | None:
    """The write-off of it that waits for approval. One statement."""
    rows = WriteOffRequest.objects.filter(lines__denial=denial, lines__is_open=True)
    return rows.select_related("requested_by").first()


def causes_before(denial: Denial) -> list[dict[str, Any]]:
    """Who moved it from which cause to which, and why, the oldest first."""
    rows = Event.objects.filter(
        practice_id=denial.practice_id,
        subject_type="denial",
        subject_id=denial.pk,
        name__in=CAUSE_EVENTS,
    ).select_related("created_by")
    return [
        {
            "before": cause_label(row.data["before"]),
            "after": cause_label(row.data["after"]),
            "reason": row.data.get("reason", ""),
            "by": row.created_by,
            "at": row.created_at,
        }
        for row in rows.order_by("pk")
    ]


def remitted_lines(remitted_claim: RemittedClaim) -> list[RemittedLine]:
    adjustments = Prefetch("adjustments", Adjustment.objects.order_by("position"))
    return list(
        remitted_claim.lines.select_related("service_line")
        .prefetch_related(adjustments)
        .order_by("position")
    )


def stops(denial: Denial, today: date) -> list[dict[str, Any]]:
    """The claim's way to the denial and the day it must be worked by."""
    claim = denial.claim
    found: list[dict[str, Any]] = [
        {"label": "Service", "when": claim.date_of_service, "tone": "green"},
        {"label": "Sent", "when": day(claim.submitted_at), "tone": "green"},
        {"label": "Accepted", "when": day(claim.accepted_at), "tone": "green"},
        {"label": "Denied", "when": denial.denied_on, "tone": "red"},
    ]
    if denial.coder_task and denial.coder_task.resolved_at:
        answered = day(denial.coder_task.resolved_at)
        found.append({"label": "Coder answered", "when": answered, "tone": "blue"})
    if denial.state == Denial.State.RESOLVED:
        found.append({"label": "Resolved", "when": day(denial.resolved_at), "tone": "green"})
    else:
        note = f"{days_left(denial.due_on, today)} days"
        found.append(
            {"label": "Act by", "when": denial.due_on, "note": note, "tone": "amber"}
            | {"is_next": True}
        )
    return [stop | {"when": f"{stop['when']:%m/%d/%Y}"} for stop in found if stop["when"]]


def day(moment: Any) -> date | None:
    return moment.date() if moment else None


def task_facts(task: CoderTask) -> dict[str, Any]:
    """Chart, claim and remittance of a returned task, side by side."""
    encounter = task.encounter
    denial = next(iter(task.denials.all()), None)
    diagnoses = list(encounter.diagnoses.order_by("position"))
    charges = list(encounter.charges.order_by("position"))
    evidence = [
        *(marks.Evidence(row.letter, row.evidence) for row in diagnoses),
        *(marks.Evidence(str(row.position), row.evidence, is_service=True) for row in charges),
    ]
    facts: dict[str, Any] = {
        "task": task,
        "encounter": encounter,
        "documents": cut_documents(encounter.documents.current().order_by("id"), evidence),
        "diagnoses": diagnoses,
        "charges": charges,
        "denial": denial,
    }
    if denial is not None:
        claim = Claim.objects.select_related("payer", "encounter").get(pk=denial.claim_id)
        facts |= {
            "claim": claim,
            "claim_lines": list(claim.lines.order_by("position")),
            "remitted_lines": remitted_lines(denial.remitted_claim),
            "labels": labels(denial),
            "versions": versions(claim),
            **sent_facts(claim),
        }
    return facts


def cut_documents(
    documents: Iterable[Document], evidence: Sequence[marks.Evidence]
) -> list[tuple[Document, dict[str, Any]]]:
    """Each document with its text in blocks, the words that support a code marked."""
    return [
        (document, {"blocks": marks.cut_note(text, marks.find_spans(text, evidence))})
        for document in documents
        if (text := document.text)
    ]


def versions(claim: Claim) -> list[Claim]:
    """The claim and what replaced it."""
    found = [claim]
    while (later := Claim.objects.filter(replaces=found[-1]).first()) is not None:
        found.append(later)
    return found
