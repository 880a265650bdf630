"""What 271 and 277 files say, found by trace number, kept once, shown where it belongs.

An answer nobody asked for is a problem of its file; a 277 that was not asked for is matched by the
claim's own number. Nothing here moves a claim or money.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions import charge_reviews
from billing.actions.inquiry_sending import UNDER_WAY, acknowledge, number_of
from billing.models import (
    Claim,
    EligibilitySource,
    FileProblem,
    InquiryBatch,
    InterchangeFile,
    StatusAnswer,
    StatusInquiry,
)
from billing.rules.status_words import describe_details, describe_status
from payers.actions.eligibility import OPEN, record_answers
from payers.models import EligibilityInquiry, InquiryState
from rcm import events
from rcm.money import from_cents
from rcm.x12 import status_27x
from rcm.x12.eligibility_27x import EligibilityAnswer

CHUNK = 500
Answer = TypeVar("Answer")
# A claim, the question about it if there was one, and what the payer says.
Told = tuple[Claim, StatusInquiry | None, status_27x.StatusAnswer]


@transaction.atomic
def apply_eligibility(file: InterchangeFile, answers: Iterable[EligibilityAnswer]) -> int:
    """The answers of a 271, 500 at a time with a constant number of statements; how many are new.

    A refusal of the whole transaction answers every open question of the file it names. Visits that
    wait for their eligibility are looked at again.
    """
    count = 0
    for chunk in chunks(answers):
        whole = [answer for answer in chunk if answer.subscriber is None]
        pairs = pair_by_trace(file, [answer for answer in chunk if answer.subscriber is not None])
        for answer in whole:
            pairs += pair_by_batch(file, answer)
        rows = record_answers(pairs)
        EligibilitySource.objects.bulk_create(
            EligibilitySource(practice_id=file.practice_id, answer=row, file=file) for row in rows
        )
        settle_batches(file, eligibility=[inquiry.pk for inquiry, _ in pairs])
        count += len(rows)
    if count:
        charge_reviews.recheck(file.practice_id)
    return count


def chunks(answers: Iterable[Answer]) -> Iterator[list[Answer]]:
    iterator = iter(answers)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def locked_inquiries(file: InterchangeFile) -> QuerySet[EligibilityInquiry]:
    """Questions of the file's practice, locked, with what judging an answer needs."""
    rows = EligibilityInquiry.objects.select_for_update(of=("self",))
    return rows.filter(practice_id=file.practice_id).select_related("coverage__patient")


def pair_by_trace(
    file: InterchangeFile, answers: Sequence[EligibilityAnswer]
) -> list[tuple[EligibilityInquiry, EligibilityAnswer]]:
    """Each answer with the question it echoes; the others become problems of the file."""
    numbers = {trace.number for answer in answers for trace in answer.traces}
    asked = {
        row.trace_number: row
        for row in locked_inquiries(file).filter(trace_number__in=numbers).order_by("pk")
    }
    pairs, unknown = [], []
    for answer in answers:
        found = next((asked[t.number] for t in answer.traces if t.number in asked), None)
        if found is None:
            unknown.append((answer.segment_number, answer.byte_offset))
        else:
            pairs.append((found, answer))
    note_unknown(file, unknown, "271")
    return pairs


def pair_by_batch(
    file: InterchangeFile, answer: EligibilityAnswer
) -> list[tuple[EligibilityInquiry, EligibilityAnswer]]:
    """Every open question of the file whose BHT03 the refusal names."""
    rows = locked_inquiries(file).filter(
        sending__batch__interchange_control_number=number_of(answer.reference), state__in=OPEN
    )
    pairs = [(row, answer) for row in rows.order_by("pk")]
    if not pairs:
        note_unknown(file, [(answer.segment_number, answer.byte_offset)], "271")
    return pairs


def note_unknown(file: InterchangeFile, places: Sequence[tuple[int, int]], kind: str) -> None:
    """Answers to nothing we asked stay in view with the file they came in."""
    FileProblem.objects.bulk_create(
        FileProblem(
            practice_id=file.practice_id,
            file=file,
            code="unknown_inquiry",
            severity="warning",
            message=f"This answer of the {kind} has the trace number of no question of ours.",
            segment_number=segment,
            byte_offset=offset,
            element="TRN02",
        )
        for segment, offset in places
    )


def settle_batches(
    file: InterchangeFile, *, eligibility: Sequence[int] = (), status: Sequence[int] = ()
) -> None:
    """A file whose question is answered did arrive, whatever was known of its sending."""
    rows = InquiryBatch.objects.select_for_update(of=("self",)).filter(
        practice_id=file.practice_id, state__in=UNDER_WAY
    )
    found = rows.filter(
        pk__in=InquiryBatch.objects.filter(eligibility_sendings__inquiry__in=eligibility).values(
            "pk"
        )
        if eligibility
        else InquiryBatch.objects.filter(status_inquiries__in=status).values("pk")
    )
    for batch in found.exclude(state=InquiryBatch.State.ACKNOWLEDGED):
        acknowledge(batch)


@transaction.atomic
def apply_statuses(file: InterchangeFile, answers: Iterable[status_27x.StatusAnswer]) -> int:
    """The answers of a 277 (X212), 500 at a time; how many are new."""
    count = 0
    for chunk in chunks(answers):
        pairs: list[Told] = []
        single = [answer for answer in chunk if answer.level in ("2200D", "2200E")]
        pairs += pair_claims(file, single)
        for answer in chunk:
            if answer.level in ("2200B", "2200C"):
                pairs += pair_level(file, answer)
        rows = store_statuses(file, pairs)
        settle_batches(file, status=[inquiry.pk for _, inquiry, _ in pairs if inquiry])
        count += len(rows)
    return count


def pair_claims(file: InterchangeFile, answers: Sequence[status_27x.StatusAnswer]) -> list[Told]:
    """By our trace number, else by the claim's own number (REF*EJ), else by the payer's (1K)."""
    practice = {"practice_id": file.practice_id}
    asked = {
        row.trace_number: row
        for row in StatusInquiry.objects.select_for_update(of=("self",))
        .filter(**practice, trace_number__in={answer.trace_number for answer in answers})
        .select_related("claim")
        .order_by("pk")
    }
    rest = [answer for answer in answers if answer.trace_number not in asked]
    numbers = {n for answer in rest if (n := answer.find_reference("EJ"))}
    theirs = {n for answer in rest if (n := answer.find_reference("1K"))}
    claims = Claim.objects.filter(**practice)
    by_number = {
        c.patient_control_number: c for c in claims.filter(patient_control_number__in=numbers)
    }
    by_payer: dict[str, list[Claim]] = {}
    for claim in claims.filter(payer_claim_control_number__in=theirs).order_by("pk"):
        by_payer.setdefault(claim.payer_claim_control_number, []).append(claim)
    pairs: list[Told] = []
    unknown = []
    for answer in answers:
        inquiry = asked.get(answer.trace_number)
        found = inquiry.claim if inquiry else by_number.get(answer.find_reference("EJ"))
        candidates = by_payer.get(answer.find_reference("1K"), [])
        if found is None and len(candidates) == 1:
            found = candidates[0]
        if found is None:
            unknown.append((answer.segment_number, answer.byte_offset))
        else:
            pairs.append((found, inquiry, answer))
    note_unknown(file, unknown, "277")
    return pairs


def pair_level(file: InterchangeFile, answer: status_27x.StatusAnswer) -> list[Told]:
    """A refused receiver or provider answers every open question of the file it names."""
    named = {number_of(answer.trace_number), number_of(answer.reference)} - {-1, 0}
    rows = StatusInquiry.objects.select_for_update(of=("self",)).filter(
        practice_id=file.practice_id,
        batch__interchange_control_number__in=named,
        state__in=OPEN,
    )
    found = list(rows.select_related("claim").order_by("pk"))
    if not found:
        note_unknown(file, [(answer.segment_number, answer.byte_offset)], "277")
    return [(row.claim, row, answer) for row in found]


def store_statuses(
    file: InterchangeFile,
    pairs: Sequence[Told],
) -> list[StatusAnswer]:
    """Keep what is new, close its questions, learn the payer's claim number. Five statements."""
    told = {
        (claim.pk, digest_of(answer)): (claim, inquiry, answer) for claim, inquiry, answer in pairs
    }
    known = set(
        StatusAnswer.objects.filter(claim__in={claim.pk for claim, _, _ in pairs}).values_list(
            "claim", "digest"
        )
    )
    fresh = {key: facts for key, facts in told.items() if key not in known}
    rows = StatusAnswer.objects.bulk_create(
        answer_row(file, claim, inquiry, answer, digest)
        for (_, digest), (claim, inquiry, answer) in fresh.items()
    )
    now = timezone.now()
    closed = {inquiry.pk for _, inquiry, _ in fresh.values() if inquiry}
    StatusInquiry.objects.filter(pk__in=closed).update(
        state=InquiryState.ANSWERED, answered_at=now, message=""
    )
    learned = []
    for row, (claim, _, _) in zip(rows, fresh.values(), strict=True):
        if row.payer_claim_control_number and not claim.payer_claim_control_number:
            claim.payer_claim_control_number = row.payer_claim_control_number
            learned.append(claim)
    Claim.objects.bulk_update(learned, ["payer_claim_control_number"])
    facts = [
        (claim.pk, claim.patient_id, {"category": row.category, "file": file.pk})
        for row, (claim, _, _) in zip(rows, fresh.values(), strict=True)
    ]
    events.record_each("claim.status_answered", Claim, file.practice_id, facts, by=None)
    return rows


def digest_of(answer: status_27x.StatusAnswer) -> str:
    """The same whatever file it comes in; places in the file do not count."""
    facts = (answer.trace_number, answer.details, answer.references, answer.periods, answer.lines)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def answer_row(
    file: InterchangeFile,
    claim: Claim,
    inquiry: StatusInquiry | None,
    answer: status_27x.StatusAnswer,
    digest: str,
) -> StatusAnswer:
    """The claim's statuses, or its lines' when the claim has none of its own."""
    details = answer.details or tuple(each for line in answer.lines for each in line.details)
    statuses = [status for detail in details for status in detail.statuses]
    first = statuses[0] if statuses else None
    return StatusAnswer(
        practice_id=file.practice_id,
        claim=claim,
        inquiry=inquiry,
        file=file,
        category=first.category[:3] if first else "",
        status_code=first.code[:4] if first else "",
        statuses=[":".join(filter(None, (s.category, s.code, s.entity)))[:12] for s in statuses],
        words=describe_details(details)[:300],
        effective_on=next((d.effective_on for d in details if d.effective_on), None),
        amount_billed=dollars(d.amount_billed for d in answer.details),
        amount_paid=dollars(d.amount_paid for d in answer.details),
        finalized_on=next((d.finalized_on for d in details if d.finalized_on), None),
        paid_on=next((d.paid_on for d in details if d.paid_on), None),
        check_number=next((d.check_number for d in details if d.check_number), "")[:50],
        payer_claim_control_number=answer.find_reference("1K")[:50],
        lines=[line_of(line) for line in answer.lines],
        digest=digest,
    )


def dollars(amounts: Iterable[int | None]) -> Decimal | None:
    """The first amount that is told."""
    told = next((amount for amount in amounts if amount is not None), None)
    return None if told is None else from_cents(told)


def line_of(line: status_27x.AnsweredLine) -> dict[str, str]:
    """2220D/E as the claim page shows it."""
    words = [describe_status(status) for detail in line.details for status in detail.statuses]
    paid = "" if line.amount_paid is None else str(from_cents(line.amount_paid))
    return {
        "line_control_number": line.line_control_number,
        "procedure_code": line.procedure.code,
        "words": "; ".join(dict.fromkeys(words)),
        "amount_paid": paid,
    }
