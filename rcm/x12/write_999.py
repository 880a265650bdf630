"""Writes 999 (005010X231A1) and TA1. Used by the sandbox clearinghouse."""

from collections.abc import Iterable
from typing import BinaryIO

from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.envelope import Envelope, Written
from rcm.x12.writer import AsSaid, Cleaner, InterchangeWriter, composite, segment

VERSION = "005010X231A1"


def write_999(
    out: BinaryIO,
    envelope: Envelope,
    acknowledgments: Iterable[GroupAcknowledgment],
    interchange_acknowledgments: Iterable[InterchangeAcknowledgment] = (),
) -> Written:
    """One 999 per group answered; TA1 segments, if any, directly after ISA."""
    writer = InterchangeWriter(out, envelope)
    for acknowledgment in interchange_acknowledgments:
        writer.put(_interchange_text(writer.clean, acknowledgment))
        writer.items += 1
    writer.start_group("FA", VERSION)
    for group in acknowledgments:
        writer.start_transaction("999", VERSION)
        writer.put(_group_text(writer.clean, group))
        writer.end_transaction()
        writer.items += 1
    return writer.finish()


def write_ta1(
    out: BinaryIO, envelope: Envelope, acknowledgments: Iterable[InterchangeAcknowledgment]
) -> Written:
    """An interchange of TA1 segments only, without a functional group."""
    writer = InterchangeWriter(out, envelope)
    for acknowledgment in acknowledgments:
        writer.put(_interchange_text(writer.clean, acknowledgment))
        writer.items += 1
    return writer.finish()


def _interchange_text(clean: Cleaner | AsSaid, answer: InterchangeAcknowledgment) -> str:
    values = (answer.control_number, answer.date, answer.time, answer.code, answer.note_code)
    return segment("TA1", *(clean[value] for value in values))


def _group_text(clean: Cleaner | AsSaid, group: GroupAcknowledgment) -> str:
    identity = (group.functional_id, group.group_control_number, group.version)
    counts = (str(group.included), str(group.received), str(group.accepted))
    return "".join(
        (
            segment("AK1", *(clean[value] for value in identity)),
            *(_transaction_text(clean, transaction) for transaction in group.transactions),
            segment("AK9", clean[group.code], *counts, *group.error_codes[:5]),
        )
    )


def _transaction_text(clean: Cleaner | AsSaid, transaction: TransactionAcknowledgment) -> str:
    identity = (transaction.type, transaction.control_number, transaction.version)
    verdict = (transaction.code, *transaction.error_codes[:5])
    return "".join(
        (
            segment("AK2", *(clean[value] for value in identity)),
            *(_error_text(clean, error) for error in transaction.errors),
            segment("IK5", *(clean[value] for value in verdict)),
        )
    )


def _error_text(clean: Cleaner | AsSaid, error: SegmentError) -> str:
    place = (clean[error.segment_id], str(error.position), clean[error.loop], clean[error.code])
    return "".join(
        (
            segment("IK3", *place),
            *(
                segment("IK4", _place(bad), clean[bad.element_reference], clean[bad.code])
                for bad in error.elements
            ),
        )
    )


def _place(bad: ElementError) -> str:
    """IK401: the element's position and, of a composite, the component's."""
    return composite(str(bad.position), str(bad.component) if bad.component else "")
