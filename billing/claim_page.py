"""What the claim page shows besides the claim: timeline, lines as paid, parties, history."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from billing.expected import expected_of
from billing.institutional_page import stay_of
from billing.models import (
    Adjustment,
    Batch,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    RemittedClaim,
    RemittedLine,
    ServiceLine,
    StatusAnswer,
    StatusInquiry,
    Submission,
)
from billing.next_parties import steps_of
from billing.rules.claim_content import AnyClaim, read_content
from billing.rules.next_party import Step
from billing.rules.segment_labels import LabelledSegment, label_segments
from billing.rules.status_words import standing_of
from billing.rules.transitions import GONE
from billing.treatments import Overrides
from coding.rules.pointers import letter_of
from payers.rules.treatment import treat
from rcm.models import Event
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.envelope import Envelope
from rcm.x12.write_837i import write_institutional_claims
from rcm.x12.write_837p import write_claims

EVENT_TEXTS = {
    "claim.drafted": "Drafted from the chart",
    "claim.scrubbed": "Checked again",
    "claim.held": "Held",
    "claim.ready": "Ready to send",
    "claim.submitted": "Put into a batch",
    "claim.accepted": "Accepted by the payer",
    "claim.rejected": "Rejected",
    "claim.adjudicated": "Decided by the payer",
    "claim.decision_withdrawn": "The decision was about another claim",
    "claim.replaced": "Replaced by a corrected claim",
    "claim.closed": "Closed",
    "claim.next_payer_refused": "Not billed to the next payer",
    "claim.fixed": "Fixed with its group",
    "claim.finding_overridden": "A finding was overridden",
    "claim.void_drafted": "A void claim was drafted",
    "claim.status_asked": "The payer was asked for its status",
    "claim.status_answered": "The payer told its status",
    "claim.voided": "Voided",
    "claim.coded_anew": "The chart was coded anew",
    "claim.left_as_sent": "Left as sent",
    "claim.attachment_added": "A file was added",
    "claim.attachment_removed": "A file was removed",
    "claim.attachment_viewed": "A file was looked at",
    "claim.packet_made": "A packet for mail or fax was made",
    "claim.printed": "Drawn for printed stock",
    "claim.payment_reversed": "A payment was reversed",
    "claim.proof_made": "Proof of filing made",
    "claim.receivable_moved": "The balance went to the next party",
    "claim.viewed": "Viewed",
}
REMITTED_LABELS = {"1": "Paid", "2": "Paid", "3": "Paid", "4": "Denied", "22": "Reversed"}


def claim_queryset() -> QuerySet[Claim]:
    """A claim with all the page needs; a constant number of statements."""
    adjustments = Prefetch("adjustments", Adjustment.objects.order_by("position"))
    remitted = (
        RemittedLine.objects.exclude(remitted_claim__status_code="22")
        .select_related("remitted_claim")
        .prefetch_related(adjustments)
        .order_by("pk")
    )
    return Claim.objects.select_related(
        *("practice", "patient", "payer", "coverage", "encounter__provider"),
        *("replaces", "replaced_by", "follows"),
    ).prefetch_related(
        Prefetch("lines", ServiceLine.objects.prefetch_related(Prefetch("remitted", remitted))),
        Prefetch("submissions", Submission.objects.select_related("batch__channel").order_by("pk")),
        Prefetch("acknowledgments", ClaimAcknowledgment.objects.order_by("pk")),
        Prefetch("status_inquiries", StatusInquiry.objects.order_by("pk")),
        Prefetch("status_answers", StatusAnswer.objects.order_by("pk")),
        Prefetch("remitted", RemittedClaim.objects.select_related("remittance").order_by("pk")),
    )


def other_parts_of(claim: Claim) -> list[Claim]:
    """The newest claims of the other parts of its visit, for the same rank; none of a whole one."""
    if claim.parts == 1:
        return []
    rows = Claim.objects.filter(
        practice_id=claim.practice_id, encounter_id=claim.encounter_id, rank=claim.rank
    ).exclude(status__in=GONE)
    return list(rows.exclude(part=claim.part).order_by("part", "pk"))


def open_findings(claim: Claim) -> list[ClaimFinding]:
    """What the scrubber found and nobody has cleared, worst first."""
    return list(claim.findings.filter(resolved_at__isnull=True).order_by("severity", "pk"))


def next_step_of(claim: Claim) -> Step | None:
    """Who is next to pay, once a payer has decided."""
    if claim.adjudicated_at is None:
        return None
    return steps_of(claim.practice_id, [claim.pk], timezone.localdate()).get(claim.pk)


def _stop(
    label: str, when: date | datetime | None, note: str, tone: str = "green", is_next: bool = False
) -> dict[str, Any]:
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    shown = local.strftime("%m/%d/%Y") if local else ""
    return {"label": label, "when": shown, "note": note, "tone": tone, "is_next": is_next}


def timeline_of(claim: Claim) -> list[dict[str, Any]]:
    """Service, coded, drafted, every sending, every answer, every payment; then what is next."""
    chart = claim.encounter
    stops = [_stop("Service", claim.date_of_service, chart.provider.short_name)]
    if chart.finalized_at:
        stops.append(_stop("Coded", chart.finalized_at, chart.number))
    stops.append(_stop("Drafted", claim.created_at, _drafted_note(claim)))
    stops += [_sending_stop(submission) for submission in claim.submissions.all()]
    for answer in claim.acknowledgments.all():
        label, tone = ("Rejected", "red") if answer.is_rejection else ("Accepted", "green")
        stops.append(_stop(label, answer.received_at, f"277CA {answer.category}", tone))
    stops += map(_status_stop, claim.status_answers.all())
    for remitted in claim.remitted.all():
        label = REMITTED_LABELS.get(remitted.status_code, "Remitted")
        if label == "Paid" and not remitted.amount_paid:
            label = "Not paid"
        tone = {"Paid": "green", "Denied": "red"}.get(label, "amber")
        stops.append(_stop(label, remitted.remittance.paid_on, f"835 {remitted.remittance}", tone))
    return stops + _next_stop(claim)


def _drafted_note(claim: Claim) -> str:
    part = f", part {claim.part} of {claim.parts}" if claim.parts > 1 else ""
    return f"frequency {claim.frequency}{part}"


def _sending_stop(submission: Submission) -> dict[str, Any]:
    batch = submission.batch
    if submission.is_pulled_back:
        return _stop("Pulled back", batch.created_at, str(batch), "gray")
    if batch.state == Batch.State.FAILED:
        return _stop("Not sent", batch.created_at, str(batch), "red")
    if batch.sent_at is None:
        return _stop("In the outbox", batch.created_at, str(batch), "amber", is_next=True)
    tone = {"unknown": "amber", "rejected": "red"}.get(batch.state, "green")
    return _stop("Sent", batch.sent_at, str(batch), tone)


STANDINGS = {
    "pending": ("Payer: still open", "amber"),
    "final": ("Payer: decided", "green"),
    "not_found": ("Payer: not found", "red"),
    "refused": ("Payer could not answer", "red"),
    "received": ("Payer: received", "green"),
}
DECIDED = {"F1": ("Payer: paid", "green"), "F2": ("Payer: denied", "red")}


def _status_stop(answer: StatusAnswer) -> dict[str, Any]:
    """What the payer said when it was asked, in plain words; it moves nothing."""
    label, tone = STANDINGS[standing_of(answer.category)]
    label, tone = DECIDED.get(answer.category, (label, tone))
    facts = [answer.words, f"277 {answer.category}"]
    if answer.check_number:
        facts.append(f"check or EFT {answer.check_number}")
    if answer.amount_paid:
        facts.append(f"${answer.amount_paid:,.2f}")
    return _stop(label, answer.received_at, ", ".join(filter(None, facts)), tone)


def _next_stop(claim: Claim) -> list[dict[str, Any]]:
    words = {
        "held": "Correct and check again",
        "ready": "Goes out with the next batch",
        "submitted": "Waits for an answer",
        "accepted": "Waits for the payer",
        "rejected": "Correct and send again",
    }
    if claim.status not in words:
        return []
    return [_stop("Next", None, words[claim.status], "amber", is_next=True)]


def lines_of(claim: Claim) -> list[dict[str, Any]]:
    """Each line as billed, as it should be allowed, and as last decided by the payer."""
    overrides = Overrides(claim.practice_id).of(claim.payer_id)
    expected = {one.position: one for one in expected_of(claim.practice, [claim])[claim.pk]}
    rows = []
    for line in claim.lines.all():
        decided = list(line.remitted.all())
        last = decided[-1] if decided else None
        rows.append(
            {
                "line": line,
                "pointers": "".join(map(letter_of, line.pointers)),
                "decided": last,
                "expected": expected[line.position],
                "adjustments": [
                    {
                        "code": f"{row.group}-{row.reason}",
                        "amount": row.amount,
                        "is_denial": treat(row.group, row.reason, overrides) == "denial",
                    }
                    for row in (last.adjustments.all() if last else ())
                ],
            }
        )
    return rows


def parties_of(content: AnyClaim) -> list[tuple[str, str]]:
    """Label and value of everybody on the claim as it is or was sent."""
    holder = content.subscriber
    parties = [
        ("Policy holder", _name(holder.person)),
        ("Member id", holder.member_id),
        ("Group", holder.group_number),
        ("Payer", f"{content.payer.name} ({content.payer.payer_id})"),
        ("Billing provider", f"{content.billing_provider.name}, {content.billing_provider.npi}"),
    ]
    if content.patient:
        parties.insert(0, ("Patient", _name(content.patient.person)))
    if content.rendering_provider:
        who = content.rendering_provider
        parties.append(("Rendering", f"{_name(who.person)}, {who.npi}"))
    if content.service_facility:
        place = content.service_facility
        parties.append(("Facility", f"{place.name}, {place.npi}"))
    parties.append(("Authorization", content.authorization_number))
    if isinstance(content, InstitutionalClaim):
        parties += stay_of(content)
    else:
        parties.append(("Place of service", content.place_of_service))
        parties.append(("Diagnoses", " ".join(content.diagnoses)))
    if content.payer_claim_control_number:
        parties.append(("Replaces payer's", content.payer_claim_control_number))
    return parties


def _name(person: x12.Person) -> str:
    return f"{person.last_name}, {person.first_name}"


def history_of(claim: Claim) -> list[dict[str, Any]]:
    """The last 30 events of the claim, newest first, without the looks at it."""
    events = (
        Event.objects.filter(
            practice_id=claim.practice_id, subject_type="claim", subject_id=claim.pk
        )
        .exclude(name="claim.viewed")
        .select_related("created_by")
        .order_by("-id")[:30]
    )
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name.replace(".", " ")),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in events
    ]


def segments_of(claim: Claim) -> list[LabelledSegment]:
    """The claim alone as an 837 with plain labels, from the snapshot; envelope numbers are zeros.

    A claim the writer refuses has none.
    """
    content = read_content(claim.content) if claim.content else None
    if content is None:
        return []
    envelope = Envelope(
        sender_id="SENDER",
        receiver_id="RECEIVER",
        control_number=1,
        group_control_number=1,
        created_at=timezone.localtime(claim.submitted_at or claim.created_at),
    )
    provider = content.billing_provider
    submitter = x12.Submitter(
        provider.name,
        "SENDER",
        provider.contact_name,
        provider.contact_phone,
        "RECEIVER",
        "RECEIVER",
    )
    out = BytesIO()
    try:
        if isinstance(content, InstitutionalClaim):
            write_institutional_claims(out, envelope, submitter, [content])
        else:
            write_claims(out, envelope, submitter, [content])
    except ValueError:
        return []
    segments, _ = label_segments(out.getvalue())
    return [segment for segment in segments if segment.name not in ENVELOPE]


ENVELOPE = frozenset({"ISA", "GS", "ST", "BHT", "SE", "GE", "IEA"})
