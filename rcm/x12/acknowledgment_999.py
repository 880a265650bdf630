"""999 005010X231A1 and TA1: did the file arrive, was its form right? Nothing of the claims."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """TA1. `code` A accepted, E with errors, R rejected; `control_number` is the ISA13 answered."""

    control_number: str
    date: str
    time: str
    code: str
    note_code: str


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4. The bad value itself may be PHI and is left out; `component` is IK401-2, 0 for none."""

    position: int
    element_reference: str
    code: str
    component: int = 0


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3. `position` counts from ST = 1 within the transaction answered."""

    segment_id: str
    position: int
    loop: str
    code: str
    elements: tuple[ElementError, ...] = ()


@dataclass(frozen=True, slots=True)
class TransactionAcknowledgment:
    """AK2 to IK5. `code` A, E, R (or M, W, X); `control_number` is the ST02 answered."""

    type: str
    control_number: str
    code: str
    version: str = ""
    errors: tuple[SegmentError, ...] = ()
    error_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAcknowledgment:
    """AK1 to AK9 of one 999. `code` A, E, P partly accepted, R (or M, W, X) rejected.

    `error_codes` are AK905 to AK909.
    """

    functional_id: str
    group_control_number: str
    version: str
    code: str
    included: int
    received: int
    accepted: int
    transactions: tuple[TransactionAcknowledgment, ...] = ()
    error_codes: tuple[str, ...] = ()
