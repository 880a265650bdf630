"""Asking about a policy and keeping what the payer says. Files and channels are billing's."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from payers.models import (
    Channel,
    Coverage,
    EligibilityAnswer,
    EligibilityBenefit,
    EligibilityInquiry,
    InquiryState,
)
from payers.rules.eligibility import Asked, Known, judge_answer
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import from_cents
from rcm.x12 import eligibility_27x as x12
from rcm.x12.inquiry_parts import NOBODY

PLAN_AS_A_WHOLE = ("30",)
OPEN = (InquiryState.WAITING, InquiryState.SENT)
# A 271 has no room for more (TR3 X279 1.4.2); a payer may be asked about two years back.
MOST_TYPES, OLDEST, FURTHEST = 99, timedelta(days=730), timedelta(days=31)
HUNDRED, MOST = Decimal(100), Decimal(99_999)


def next_trace_numbers(letter: str, count: int) -> list[str]:
    """Numbers that were never used before, such as E000000017."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('payers_inquiry_number') FROM generate_series(1, %s)", [count]
        )
        return [f"{letter}{number:09d}" for (number,) in cursor.fetchall()]


def asked_about(coverage: Coverage, for_day: date) -> Asked:
    """Whom a payer is asked about, as the coverage and the patient say it now."""
    patient = coverage.patient
    holder = (
        f"{coverage.subscriber_last_name} {coverage.subscriber_first_name} "
        f"{coverage.subscriber_birth_date or ''}"
    )
    return Asked(
        patient.last_name,
        patient.first_name,
        patient.birth_date,
        coverage.member_id,
        for_day,
        holder,
    )


def ask_eligibility(
    coverage: Coverage,
    *,
    for_day: date,
    by: User | None,
    service_types: Sequence[str] = PLAN_AS_A_WHOLE,
    today: date | None = None,
) -> EligibilityInquiry:
    """One question, to be sent with the next file; the open one when it is asked already.

    Raises Refusal without an active channel, when the day is more than two years ago or a month
    ahead, or no type is named.
    """
    if not Channel.objects.filter(practice_id=coverage.practice_id, is_active=True).exists():
        raise Refusal("no_channel", "This practice has no active channel to a clearinghouse.")
    today = today or timezone.localdate()
    if not today - OLDEST <= for_day <= today + FURTHEST:
        message = "Payers answer for up to two years back and one month ahead."
        raise Refusal("day_too_far", message, fields={"for_day": message})
    types = list(dict.fromkeys(kind.strip().upper() for kind in service_types if kind.strip()))
    if not types or len(types) > MOST_TYPES or any(len(kind) > 2 for kind in types):
        message = "Name one to 99 service types of one or two characters."
        raise Refusal("types_wrong", message, fields={"service_types": message})
    inquiries = ask_many([(coverage, for_day)], by=by, service_types=types)
    if inquiries:
        return inquiries[0]
    return EligibilityInquiry.objects.get(coverage=coverage, for_day=for_day, state__in=OPEN)


@transaction.atomic
def ask_many(
    wanted: Sequence[tuple[Coverage, date]],
    *,
    by: User | None,
    service_types: Sequence[str] = PLAN_AS_A_WHOLE,
) -> list[EligibilityInquiry]:
    """The questions that are not open already. Four statements, however many."""
    pairs = {(coverage.pk, day): coverage for coverage, day in wanted}
    if not pairs:
        return []
    numbers = next_trace_numbers("E", len(pairs))
    made = EligibilityInquiry.objects.bulk_create(
        (
            EligibilityInquiry(
                practice_id=coverage.practice_id,
                coverage=coverage,
                for_day=day,
                service_types=list(service_types),
                trace_number=number,
                asked_as=asked_about(coverage, day).digest,
                asked_by=by,
            )
            for ((_, day), coverage), number in zip(pairs.items(), numbers, strict=True)
        ),
        # Somebody may be asking the same thing at this moment.
        ignore_conflicts=True,
    )
    coverage = wanted[0][0]
    rows = EligibilityInquiry.objects.filter(
        practice_id=coverage.practice_id, trace_number__in=[row.trace_number for row in made]
    )
    stored = list(rows.select_related("coverage").order_by("pk"))
    write_events("eligibility_inquiry.asked", stored, by=by)
    if stored:
        events.notify("inquiry.asked", coverage.practice_id, stored[-1].pk)
    return stored


def record_answers(
    pairs: Sequence[tuple[EligibilityInquiry, x12.EligibilityAnswer]],
) -> list[EligibilityAnswer]:
    """Keep what payers say; what was said before is left out. Five statements, however many.

    Callers hold the transaction and the inquiries' rows, read with coverage and patient.
    """
    told = {(inquiry.pk, digest_of(answer)): (inquiry, answer) for inquiry, answer in pairs}
    asked = {inquiry.pk for inquiry, _ in pairs}
    known = EligibilityAnswer.objects.filter(inquiry__in=asked).values_list("inquiry", "digest")
    fresh = {key: pair for key, pair in told.items() if key not in set(known)}
    rows = EligibilityAnswer.objects.bulk_create(
        answer_row(inquiry, answer, digest) for (_, digest), (inquiry, answer) in fresh.items()
    )
    EligibilityBenefit.objects.bulk_create(
        benefit_row(row, position, benefit)
        for row, (_, answer) in zip(rows, fresh.values(), strict=True)
        for position, benefit in enumerate(answer.benefits, 1)
    )
    EligibilityInquiry.objects.filter(pk__in={row.inquiry_id for row in rows}).update(
        state=InquiryState.ANSWERED, answered_at=timezone.now(), message=""
    )
    write_events("eligibility_inquiry.answered", [row.inquiry for row in rows], by=None)
    return rows


def answer_row(
    inquiry: EligibilityInquiry, answer: x12.EligibilityAnswer, digest: str
) -> EligibilityAnswer:
    """What the answer comes to, and the person as the payer has it."""
    found = judge_answer(answer, asked_about(inquiry.coverage, inquiry.for_day))
    person = answer.dependent or answer.subscriber
    party = person.party if person else NOBODY
    return EligibilityAnswer(
        practice_id=inquiry.practice_id,
        inquiry=inquiry,
        digest=digest,
        plan_status=found.plan_status,
        reason=found.reason[:300],
        rejection_codes=[code[:3] for code in found.rejection_codes],
        plan_name=found.plan_name[:60],
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        member_id=party.identifier[:80],
        last_name=party.name[:60],
        first_name=party.first_name[:35],
        birth_date=person.birth_date if person else None,
        mismatches=list(found.mismatches),
        other_payer_name=found.other_payer_name[:60],
        other_payer_id=found.other_payer_id[:80],
    )


def digest_of(answer: x12.EligibilityAnswer) -> str:
    """The same whatever file it comes in; places in the file do not count."""
    facts = (answer.traces, answer.subscriber, answer.dependent, answer.rejections)
    return hashlib.sha256(repr((*facts, answer.periods, answer.benefits)).encode()).hexdigest()


def benefit_row(
    answer: EligibilityAnswer, position: int, benefit: x12.Benefit
) -> EligibilityBenefit:
    """EB08 0.2 is 20 percent; a payer that writes 20 means the same."""
    amount, percent = benefit.amount, benefit.percent
    if percent is not None:
        percent = min(percent * HUNDRED if percent <= 1 else percent, MOST)
    return EligibilityBenefit(
        practice_id=answer.practice_id,
        answer=answer,
        position=position,
        code=benefit.code[:3],
        service_types=[kind[:3] for kind in benefit.service_types],
        level=benefit.level[:3],
        time=benefit.time[:2],
        amount=None if amount is None else from_cents(amount),
        percent=percent,
        quantity=None if benefit.quantity is None else min(benefit.quantity, MOST),
        network=benefit.network[:1],
        authorization=benefit.authorization[:1],
        plan_name=benefit.plan_name[:50],
        messages=[message[:264] for message in benefit.messages],
    )


def fail_inquiries(inquiries: Iterable[EligibilityInquiry], message: str) -> None:
    """Questions that no answer will come to, with why. Callers hold their rows."""
    rows = [row for row in inquiries if row.state in OPEN]
    EligibilityInquiry.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=InquiryState.FAILED, message=message[:300]
    )
    write_events("eligibility_inquiry.failed", rows, by=None)


def write_events(name: str, inquiries: Sequence[EligibilityInquiry], *, by: User | None) -> None:
    """One event per question of one practice. One statement."""
    if inquiries:
        facts: list[events.Fact] = [(row.pk, row.coverage.patient_id, {}) for row in inquiries]
        events.record_each(name, EligibilityInquiry, inquiries[0].practice_id, facts, by=by)


def latest_answers(
    practice_id: int, wanted: Mapping[int, Coverage]
) -> dict[int, list[EligibilityAnswer]]:
    """Coverage -> its answers that are still about the same person and policy, newest first."""
    rows = EligibilityAnswer.objects.filter(
        practice_id=practice_id, inquiry__coverage__in=wanted
    ).select_related("inquiry")
    found: dict[int, list[EligibilityAnswer]] = {}
    for row in rows.order_by("-pk"):
        coverage = wanted[row.inquiry.coverage_id]
        if row.inquiry.asked_as == asked_about(coverage, row.inquiry.for_day).digest:
            found.setdefault(coverage.pk, []).append(row)
    return found


def known_on(answers: Iterable[EligibilityAnswer], day: date) -> Known | None:
    """What is known for a day: the newest answer about its calendar month."""
    row = answer_on(answers, day)
    if row is None:
        return None
    return Known(row.plan_status, row.reason, row.rejection_codes, row.mismatches)


def answer_on(answers: Iterable[EligibilityAnswer], day: date) -> EligibilityAnswer | None:
    """The newest answer about the calendar month of a day; `answers` come newest first."""
    for row in answers:
        asked = row.inquiry.for_day
        if (asked.year, asked.month) == (day.year, day.month):
            return row
    return None
