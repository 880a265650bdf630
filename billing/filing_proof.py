"""Proof of timely filing of a claim as PDF: every sending with its numbers, every answer to it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing.models import Batch, BatchAnswer, Claim, ClaimAcknowledgment
from rcm import pdf
from rcm.errors import Refusal
from rcm.x12.sent_claims import read_sent

SENT_STATES = (Batch.State.SENT, Batch.State.ACKNOWLEDGED, Batch.State.REJECTED)


def make_proof(claim: Claim, *, now: datetime) -> bytes:
    """The PDF, dated `now`. Raises Refusal for a claim no file with it was sent of."""
    facts = proof_facts(claim, now)
    if not facts["sendings"]:
        raise Refusal(
            "never_sent", f"Claim {claim} was never sent: there is nothing to prove.", status=409
        )
    return pdf.render("proof_of_filing", facts, made_at=now)


def proof_facts(claim: Claim, now: datetime) -> dict[str, Any]:
    """What the template shows, as texts. A constant number of statements for all sendings."""
    submissions = claim.submissions.filter(is_pulled_back=False, batch__state__in=SENT_STATES)
    rows = submissions.select_related("batch__channel", "batch__file", "batch__payer")
    batches = [row.batch for row in rows.order_by("pk")]
    answers: dict[int | None, list[list[str]]] = defaultdict(list)
    found: list[tuple[datetime, int | None, list[str]]] = []
    for form in BatchAnswer.objects.filter(batch__in=batches).select_related("file"):
        found.append((form.received_at, form.batch_id, _form_row(form)))
    for answer in claim.acknowledgments.select_related("file"):
        found.append((answer.received_at, answer.batch_id, _claim_row(answer)))
    for _, batch_id, row in sorted(found, key=lambda each: each[0]):
        answers[batch_id].append(row)
    patient = claim.patient
    return {
        "title": "Proof of timely filing",
        "footer": f"Claim {claim.patient_control_number}",
        "made": f"Made {_moment(now)} from the files kept by {claim.practice.name}",
        "statement": _statement(claim, batches),
        "claim": [
            ["Claim number", claim.patient_control_number],
            ["Payer's claim number", claim.payer_claim_control_number or "none yet"],
            ["Payer", f"{claim.payer.name} ({claim.payer.payer_id})"],
            ["Patient", f"{patient.last_name}, {patient.first_name}"],
            ["Member id", claim.content.get("subscriber", {}).get("member_id", "–")],
            ["Provider", f"{claim.practice.name}, NPI {claim.practice.npi}"],
            ["Date of service", f"{claim.date_of_service:%m/%d/%Y}"],
            ["Amount billed", f"${claim.amount_billed:,.2f}"],
            ["Kind", claim.get_frequency_display()],
        ],
        "lines": [
            [
                str(line.position),
                "-".join([line.procedure_code, *line.modifiers]),
                f"{line.date_of_service:%m/%d/%Y}",
                f"{line.units.normalize():f}",
                f"${line.amount_billed:,.2f}",
                line.line_control_number,
            ]
            for line in claim.lines.all()
        ],
        "sendings": [
            _sending(claim, number, batch, answers[batch.pk])
            for number, batch in enumerate(batches, 1)
        ],
    }


def _statement(claim: Claim, batches: list[Batch]) -> str:
    """The sentence a payer reads first: when it was first sent, how long after the service."""
    first = next((batch.sent_at for batch in batches if batch.sent_at), None)
    if first is None:
        return ""
    days = (timezone.localtime(first).date() - claim.date_of_service).days
    after = f"{days} day{'' if days == 1 else 's'} after"
    return (
        f"This claim was first sent on {_moment(first)}, {after} "
        f"the service of {claim.date_of_service:%m/%d/%Y}. The payer's limit as we know it is "
        f"{claim.payer.timely_filing_days} days."
    )


def _sending(claim: Claim, number: int, batch: Batch, answers: list[list[str]]) -> dict[str, Any]:
    """One file the claim went out in: its numbers, its hash, the claim's own segments."""
    file = batch.file
    sent = read_sent(bytes(file.content)) if file else []
    holder = next((each for each in sent if claim.patient_control_number in each.claims), None)
    return {
        "title": f"Sending {number}: {_moment(batch.sent_at)}",
        "facts": [
            ["Sent", _moment(batch.sent_at)],
            ["Through", f"{batch.channel.receiver_name} ({batch.channel.receiver_id})"],
            ["Interchange (ISA13)", f"{batch.interchange_control_number:09d}"],
            ["Group (GS06)", str(batch.group_control_number)],
            ["Transaction (ST02)", holder.control_number if holder else "–"],
            ["File", file.name if file else "–"],
            ["SHA-256 of the file", file.sha256 if file else "–"],
            [
                "Size",
                f"{file.size:,} bytes, {batch.claims_count:,} claim{pluralize(batch.claims_count)}"
                if file
                else "–",
            ],
            ["State", batch.get_state_display()],
        ],
        "answers": answers,
        "segments": [
            f"{text}~"
            for text in (holder.segments_of(claim.patient_control_number) if holder else [])
        ],
    }


def _form_row(form: BatchAnswer) -> list[str]:
    what = "TA1" if form.kind == "TA1" else "999"
    if form.transaction_number:
        what = f"999, transaction {form.transaction_number}"
    said = {"A": "Accepted", "E": "Accepted with errors", "P": "Accepted in part"}
    text = said.get(form.code, "Rejected")
    return [_moment(form.received_at), what, form.file.name, form.answer_number or "–", text]


def _claim_row(answer: ClaimAcknowledgment) -> list[str]:
    numbers = [answer.answer_number, answer.reference]
    if answer.payer_claim_control_number:
        numbers.append(f"claim {answer.payer_claim_control_number}")
    text = f"{answer.category}: {answer.message or answer.verdict}"
    if answer.effective_on:
        text += f" (effective {answer.effective_on:%m/%d/%Y})"
    shown = ", ".join(filter(None, numbers)) or "–"
    return [_moment(answer.received_at), "277CA", answer.source_name or "–", shown, text]


def _moment(at: datetime | None) -> str:
    """Local time of the practice's system, with its zone."""
    return f"{timezone.localtime(at):%m/%d/%Y %H:%M %Z}" if at else "–"
