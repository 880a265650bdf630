"""TA1 and 999: what the clearinghouse says about the form of a file, never about its claims. Pure.

A transaction with an error is rejected (R) and its claims are not looked at; one with warnings
only is accepted with errors noted (E). A group where only some were accepted is P.
"""

from payers.sandbox.intake import SentGroup, SentInterchange, SentTransaction
from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.problems import Problem

CLAIM_VERSIONS = frozenset({"005010X222A1", "005010X223A2"})
MOST_ERRORS = 50

# TA105 note codes, by number: 000 no error, 001 ISA13 and IEA02 differ, 021 group count,
# 022 control structure, 023 file ends early, 025 control number used before.
REPEATED_CONTROL_NUMBER = "025"
ENVELOPE_NOTES = {
    "control_number_mismatch": "001",
    "wrong_count": "021",
    "missing_trailer": "023",
    "missing_terminator": "023",
}
# IK502, by number: 1 not taken here, 2 SE missing, 3 SE02 wrong, 4 SE01 wrong, 5 segments in
# error, 23 ST02 used twice in the group.
TRAILER_CODES = {
    "missing_trailer": "2",
    "control_number_mismatch": "3",
    "wrong_count": "4",
    "duplicate_control_number": "23",
}


def acknowledge_interchange(
    interchange: SentInterchange, *, is_repeated: bool
) -> InterchangeAcknowledgment | None:
    """The TA1 for an interchange; None when it is sound and none was asked for."""
    if is_repeated:
        code, note = "R", REPEATED_CONTROL_NUMBER
    elif not interchange.is_sound:
        code, note = "R", find_note_code(interchange)
    elif interchange.wants_acknowledgment:
        code, note = "A", "000"
    else:
        return None
    start = interchange.start
    return InterchangeAcknowledgment(start.control_number, start.date, start.time, code, note)


def find_note_code(interchange: SentInterchange) -> str:
    """The TA105 code of the first thing wrong with an envelope."""
    for problem in interchange.problems:
        if problem.severity == "error" and (note := ENVELOPE_NOTES.get(problem.code)):
            return note
    return "022" if interchange.end else "023"


def acknowledge_group(group: SentGroup) -> GroupAcknowledgment:
    """The 999 for one functional group; a group that does not close properly is all rejected."""
    transactions = tuple(acknowledge_transaction(sent, group) for sent in group.transactions)
    accepted = sum(t.code in ("A", "E") for t in transactions)
    if not accepted or not group.is_sound:
        code = "R"
        accepted = 0
    elif accepted < len(transactions):
        code = "P"
    else:
        code = "E" if any(t.code == "E" for t in transactions) else "A"
    return GroupAcknowledgment(
        functional_id=group.start.functional_id,
        group_control_number=group.start.control_number,
        version=group.start.version,
        code=code,
        included=len(transactions),
        received=len(transactions),
        accepted=accepted,
        transactions=transactions,
    )


def acknowledge_transaction(sent: SentTransaction, group: SentGroup) -> TransactionAcknowledgment:
    """AK2 to IK5 of one transaction, with each error located by segment and element."""
    start = sent.start
    if not is_acceptable_kind(sent, group):
        return TransactionAcknowledgment(
            start.type, start.control_number, "R", start.version, error_codes=("1",)
        )
    errors = tuple(locate_error(problem, start.segment_number) for problem in sent.problems)
    code = "A" if not errors else "E"
    codes: tuple[str, ...] = ()
    if not is_accepted(sent, group):
        code = "R"
        trailer = [TRAILER_CODES[p.code] for p in sent.problems if p.code in TRAILER_CODES]
        codes = tuple(dict.fromkeys(trailer)) or ("5",)
    return TransactionAcknowledgment(
        start.type, start.control_number, code, start.version, errors[:MOST_ERRORS], codes
    )


def is_accepted(sent: SentTransaction, group: SentGroup) -> bool:
    """Whether the claims of a transaction may be looked at."""
    return sent.is_intact and group.is_sound and is_acceptable_kind(sent, group)


def is_acceptable_kind(sent: SentTransaction, group: SentGroup) -> bool:
    """Professional and institutional claims (837P, 837I) are taken here."""
    return sent.is_claims and group.start.version in CLAIM_VERSIONS


def locate_error(problem: Problem, first_segment: int) -> SegmentError:
    """IK3 and IK4 of one problem; positions count from ST = 1. The value itself is left out."""
    reference = (problem.element or "").split("-")[0]
    segment_id = reference.rstrip("0123456789") if reference else ""
    digits = reference[-2:]
    elements: tuple[ElementError, ...] = ()
    if reference and digits.isdigit():
        segment_id = reference[:-2]
        code = "1" if "missing" in problem.code else "7"
        elements = (ElementError(int(digits), "", code),)
    position = max(1, (problem.segment_number or first_segment) - first_segment + 1)
    return SegmentError(
        segment_id=segment_id or "ST",
        position=position,
        loop=problem.loop or "",
        code="8" if elements else "3",
        elements=elements,
    )
