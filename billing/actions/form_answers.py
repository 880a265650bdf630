"""What a 999 says of single transactions and places, put beside our own file as we sent it."""

from collections.abc import Sequence
from typing import Any

from billing.actions.rejections import Cause, claims_still_in
from billing.models import AnswerError, Batch, BatchAnswer
from billing.rules import acknowledgment_words as words
from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.sent_claims import SentTransaction, read_sent

NEIGHBOUR = "999:another"


def sent_transactions(batch: Batch) -> dict[str, SentTransaction]:
    """ST02 -> the transaction as it was sent; empty when the file is not there."""
    content = bytes(batch.file.content) if batch.file else b""
    return {sent.control_number: sent for sent in read_sent(content)}


def transaction_causes(
    batch: Batch,
    answer: GroupAcknowledgment,
    refused: Sequence[TransactionAcknowledgment],
    *,
    is_whole: bool,
) -> tuple[dict[int, Cause], str]:
    """Claim -> why it comes back, and the sentence for the batch; both empty when nothing is wrong.

    A whole group refused sends every claim back, else only those of the refused transactions. The
    claims a fault points at are named as such; the others of the transaction need no correction.
    """
    if not is_whole and not refused:
        return {}, ""
    faults = [error for transaction in refused for error in transaction.errors]
    message = describe_fault(answer.code, faults)
    still = claims_still_in(batch)
    sent = sent_transactions(batch)
    whole = Cause(f"999:{answer.code}", message, message)
    causes = dict.fromkeys(still.values(), whole) if is_whole or not sent else {}
    for transaction in refused:
        found = sent.get(transaction.control_number)
        if found is not None:
            causes |= _causes_of(transaction, found, still, whole)
    return causes, message


def _causes_of(
    transaction: TransactionAcknowledgment,
    sent: SentTransaction,
    still: dict[str, int],
    whole: Cause,
) -> dict[int, Cause]:
    """The claims of one refused transaction: those at fault, then their neighbours."""
    located: dict[str, Cause] = {}
    for error in transaction.errors:
        owners = sent.claims_at(error.position)
        if len(owners) == 1:
            located.setdefault(owners[0], _cause_at(sent, error))
    neighbour = whole
    if located:
        text = "Refused with its transaction because of another claim: nothing to correct here"
        neighbour = Cause(NEIGHBOUR, text, f"{text} (999, {transaction.code}).")
    return {
        still[number]: located.get(number, neighbour) for number in sent.claims if number in still
    }


def _cause_at(sent: SentTransaction, error: SegmentError) -> Cause:
    row = located_errors(sent, error)[0]
    element = f"{row['element']:02d}" if row["element"] else ""
    return Cause(
        reason=f"999:{row['segment']}{element}:{row['code']}",
        label=row["message"],
        message=f"The file was rejected for its form (999): {row['message']}.",
        field=row["field"],
        value_sent=row["value_sent"],
    )


def located_errors(sent: SentTransaction | None, error: SegmentError) -> list[dict[str, Any]]:
    """Each IK4 of an IK3 (or the IK3 alone) as the fields of an AnswerError."""
    elements = sent.text_at(error.position).split(sent.delimiters[0]) if sent else [""]
    is_same = elements[0] == error.segment_id
    place = words.name_place(elements if is_same else [error.segment_id])
    base = {"position": error.position, "segment": error.segment_id[:3]}
    if not error.elements:
        message = words.describe_segment_error(place, error.code)
        shown = sent.text_at(error.position) if sent and is_same else ""
        return [
            base
            | {
                "element": 0,
                "component": 0,
                "code": error.code[:3],
                "message": message[:300],
                "field": place[:80],
                "value_sent": shown[:200],
            }
        ]
    return [
        base | _element_fields(sent if is_same else None, error, bad, place)
        for bad in error.elements
    ]


def _element_fields(
    sent: SentTransaction | None, error: SegmentError, bad: ElementError, place: str
) -> dict[str, Any]:
    field = words.name_field(error.segment_id, bad.position, bad.component)
    value = sent.value_at(error.position, bad.position, bad.component) if sent else ""
    return {
        "element": bad.position,
        "component": bad.component,
        "code": bad.code[:3],
        "message": words.describe_element_error(place, field, bad.code)[:300],
        "field": f"{place}, {field}"[:80],
        "value_sent": (value or "(empty)" if sent else "")[:200],
    }


def note_errors(group: BatchAnswer, answer: GroupAcknowledgment) -> None:
    """Keep each transaction's answer and each place it names. A constant number of statements."""
    batch = group.batch
    has_errors = any(transaction.errors for transaction in answer.transactions)
    sent = sent_transactions(batch) if has_errors else {}
    claims = claims_still_in(batch) if has_errors else {}
    rows = {
        (transaction.control_number, transaction.code): BatchAnswer(
            practice_id=group.practice_id,
            batch=batch,
            file=group.file,
            kind=BatchAnswer.Kind.TRANSACTION,
            transaction_number=transaction.control_number[:9],
            code=transaction.code[:1],
            note=" ".join(transaction.error_codes)[:20],
            message=_sentence(transaction),
            answer_number=group.answer_number,
        )
        for transaction in answer.transactions
    }
    BatchAnswer.objects.bulk_create(rows.values())
    errors = []
    for transaction in answer.transactions:
        found = sent.get(transaction.control_number)
        for error in transaction.errors:
            owners = found.claims_at(error.position) if found else []
            claim_id = claims.get(owners[0]) if len(owners) == 1 else None
            errors += [
                AnswerError(
                    practice_id=group.practice_id,
                    answer=rows[transaction.control_number, transaction.code],
                    claim_id=claim_id,
                    **fields,
                )
                for fields in located_errors(found, error)
            ]
    AnswerError.objects.bulk_create(errors)


def _sentence(transaction: TransactionAcknowledgment) -> str:
    why = words.describe_transaction_errors(transaction.error_codes)
    text = f"Transaction {transaction.control_number} {words.describe_verdict(transaction.code)}"
    return f"{text}: {why}."[:300] if why else f"{text}."


def describe_fault(code: str, faults: Sequence[SegmentError]) -> str:
    """Where the 999 says the form is wrong: segment, loop and codes, never the value."""
    if not faults:
        return f"The file was rejected for its form (999, {code})."
    first = faults[0]
    elements = ", ".join(f"element {e.position} (code {e.code})" for e in first.elements)
    where = f"segment {first.segment_id} no. {first.position}"
    if first.loop:
        where += f" in loop {first.loop}"
    return (
        f"The file was rejected for its form (999, {code}): {where}"
        f"{', ' + elements if elements else ''}."
    )
