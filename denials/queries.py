"""What the denial pages read, in a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from billing.models import Adjustment, Claim, RemittedClaim, RemittedLine
from coding.models import CoderTask, Document
from coding.rules import marks
from denials.actions.cases import case_rows
from denials.appeal_facts import appeals_of, opening_of
from denials.deadline_pages import ending_within, missed_lately, shown_deadlines
from denials.forms import CAUSE_CHOICES, QUEUE_CHOICES
from denials.gaps import HAS_GAP, UNRESOLVED
from denials.models import Denial
from denials.next_best import next_best
from denials.rules.local_day import days_left
from denials.rules.triage import cause_label, code_of
from denials.sent_codes import sent_facts
from payers.models import ReasonCode, RemarkCode
from rcm.models import Event

CAUSE_EVENTS = ("denial.cause_decided", "denial.recategorized")
# Names of several states together: all that wait for us, all that are not at their end.
GROUPED = {"waiting": Denial.WAITING, "unresolved": UNRESOLVED}


def worklist(
    denials: QuerySet[Denial], filters: Mapping[str, Any], today: date
) -> QuerySet[Denial]:
    """Denials of one state or of one of GROUPED, next deadline first.

    `left` keeps those to act on within so many days of `today`, late ones among them; `missed`
    those that missed a remedy lately, `gap` those nobody would come to.
    """
    state = filters.get("state") or Denial.State.OPEN
    rows = denials.filter(state__in=GROUPED.get(state, [state]))
    if filters.get("missed"):
        rows = rows.filter(missed_lately(today))
    if filters.get("gap"):
        rows = rows.filter(HAS_GAP)
    if query := (filters.get("q") or "").strip():
        rows = rows.filter(
            Q(claim__patient_control_number__istartswith=query)
            | Q(claim__patient__last_name__istartswith=query)
            | Q(reason=code_of(query))
        )
    if category := filters.get("category"):
        rows = rows.filter(category=category)
    if payer := filters.get("payer"):
        rows = rows.filter(payer__payer_id=payer)
    rows = ending_within(rows, filters.get("left") or "", today)
    label = ReasonCode.objects.filter(code=OuterRef("reason")).values("label")
    rows = rows.annotate(reason_label=Subquery(label[:1]))
    return rows.select_related("claim__patient", "payer", "assigned_to").order_by(
        "category", "due_on", "id"
    )


def following(rows: QuerySet[Denial], worked: Denial) -> Denial | None:
    """The row after `worked` in the worklist's order, else the first; None when none is left."""
    same_cause = Q(category=worked.category)
    behind = (
        Q(category__gt=worked.category)
        | same_cause & Q(due_on__gt=worked.due_on)
        | same_cause & Q(due_on=worked.due_on, pk__gt=worked.pk)
    )
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


def denial_detail(denial_id: int, today: date) -> dict[str, Any]:
    """The denial with its claim, the payer's lines and how long is left."""
    denial = Denial.objects.select_related(
        "claim__patient",
        "claim__encounter__provider",
        "payer",
        "service_line",
        "remitted_claim__remittance",
        "coder_task__resolved_by",
        "corrected_claim",
        "assigned_to",
        "resolved_by",
    ).get(pk=denial_id)
    deadlines, appeals = shown_deadlines(denial, today), appeals_of([denial])
    lines = remitted_lines(denial.remitted_claim)
    others = alike(denial)
    return {
        "denial": denial,
        "labels": labels(denial),
        "lines": lines,
        "days_left": days_left(denial.due_on, today),
        "deadlines": deadlines,
        "stops": stops(denial, today),
        "best": next_best(denial, today),
        "may_bill_patient": denial.group != "CO",
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


def alike(denial: Denial) -> list[Denial]:
    """The other lines of its case that a verb takes along: the same cause and state."""
    rows = case_rows(denial).filter(
        category=denial.category, state=denial.state, coder_task_id=denial.coder_task_id
    )
    return list(rows.exclude(pk=denial.pk).select_related("service_line"))


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
