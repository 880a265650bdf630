"""The only place where the sandbox writes X12: our dataclasses to bytes, through `rcm.x12`."""

from collections.abc import Sequence
from io import BytesIO

from payers.sandbox.remittances import Payment
from rcm.x12.acknowledgment_277ca import ClaimAcknowledgmentStart, ClaimStatus
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.eligibility_27x import EligibilityAnswer
from rcm.x12.envelope import Envelope
from rcm.x12.status_27x import StatusAnswer
from rcm.x12.write_271 import write_271
from rcm.x12.write_277 import write_277
from rcm.x12.write_277ca import write_277ca
from rcm.x12.write_835 import write_remittances
from rcm.x12.write_999 import write_999, write_ta1


def write_ta1_file(envelope: Envelope, acknowledgment: InterchangeAcknowledgment) -> bytes:
    """One interchange with one TA1."""
    out = BytesIO()
    write_ta1(out, envelope, [acknowledgment])
    return out.getvalue()


def write_999_file(envelope: Envelope, acknowledgment: GroupAcknowledgment) -> bytes:
    """One interchange with the 999 of one functional group."""
    out = BytesIO()
    write_999(out, envelope, [acknowledgment])
    return out.getvalue()


def write_277ca_file(
    envelope: Envelope, start: ClaimAcknowledgmentStart, statuses: Sequence[ClaimStatus]
) -> bytes:
    """One interchange with one 277CA for one billing provider."""
    out = BytesIO()
    write_277ca(out, envelope, start, statuses)
    return out.getvalue()


def write_271_file(envelope: Envelope, answers: Sequence[EligibilityAnswer]) -> bytes:
    """One interchange with one 271 for one 270."""
    out = BytesIO()
    write_271(out, envelope, answers)
    return out.getvalue()


def write_277_file(envelope: Envelope, answers: Sequence[StatusAnswer]) -> bytes:
    """One interchange with one 277 for one 276."""
    out = BytesIO()
    write_277(out, envelope, answers)
    return out.getvalue()


def write_835_file(envelope: Envelope, payments: Sequence[Payment]) -> bytes:
    """One interchange with one ST per payment."""
    out = BytesIO()
    write_remittances(
        out,
        envelope,
        [(payment.start, payment.claims, payment.end.provider_adjustments) for payment in payments],
    )
    return out.getvalue()


def rewrite_control_numbers(content: bytes, number: int) -> bytes:
    """The same one-group interchange under another ISA13/IEA02 and GS06/GE02; nothing else moves.

    Works on bytes with the interchange's own separators, so the transactions stay as they were.
    """
    element, terminator = content[3:4], content[105:106]
    segments = content.split(terminator)
    for index, written in enumerate(segments):
        elements = written.split(element)
        if elements[0] == b"ISA":
            elements[13] = b"%09d" % number
        elif elements[0] == b"IEA":
            elements[2] = b"%09d" % number
        elif elements[0] == b"GS":
            elements[6] = b"%d" % number
        elif elements[0] == b"GE":
            elements[2] = b"%d" % number
        segments[index] = element.join(elements)
    return terminator.join(segments)
