"""A claim as it will be sent, to JSON and back without loss: amounts stay integer cents.

The JSON mirrors rcm.x12.claim_837p.Claim or, with "kind": "institutional", claim_837i's, field by
field: dates as ISO text, quantities as decimal text, tuples as lists. Unknown keys are ignored
and missing ones take the dataclass's default, so that a snapshot of an older release still reads.
"""

import types
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from rcm.x12.claim_837 import Attachment
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim, RareClaimFacts
from rcm.x12.items import AnyClaim

__all__ = [
    "AnyClaim",
    "from_json",
    "institutional_from_json",
    "is_institutional",
    "read_content",
    "to_json",
]
Kind = TypeVar("Kind", bound=AnyClaim)

KIND, INSTITUTIONAL = "kind", "institutional"


def to_json(claim: AnyClaim) -> dict[str, Any]:
    """The claim as plain JSON values; a professional one has no "kind"."""
    content = {field.name: _encode(getattr(claim, field.name)) for field in fields(claim)}
    return content | {KIND: INSTITUTIONAL} if isinstance(claim, InstitutionalClaim) else content


def is_institutional(content: dict[str, Any]) -> bool:
    """Whether a stored snapshot is one of an 837I."""
    return content.get(KIND) == INSTITUTIONAL


def from_json(content: dict[str, Any]) -> Claim:
    """The professional claim of a stored snapshot.

    Raises TypeError when a field without default is missing, or the claim is institutional.
    """
    if is_institutional(content):
        raise TypeError("This is the content of an institutional claim.")
    return cast(Claim, _decode(Claim, content))


def renumber(claim: Kind, number: str) -> Kind:
    """The same claim under another number; each line's number is the claim's, L, its position."""
    lines: Any = tuple(
        replace(line, line_control_number=f"{number}L{line.position}") for line in claim.lines
    )
    return replace(claim, patient_control_number=number, lines=lines)


def with_frequency(claim: AnyClaim, frequency: str, payer_number: str) -> AnyClaim:
    """The claim with its CLM05-3 and the payer's number it refers to (REF*F8), empty for none."""
    if isinstance(claim, InstitutionalClaim):
        return replace(
            claim,
            type_of_bill=claim.type_of_bill[:2] + frequency,
            payer_claim_control_number=payer_number,
        )
    return replace(claim, frequency=frequency, payer_claim_control_number=payer_number)


def attachments_of(claim: AnyClaim) -> tuple[Attachment, ...]:
    """PWK of loop 2300."""
    if isinstance(claim, InstitutionalClaim):
        return claim.attachments
    return claim.rare.attachments if claim.rare is not None else ()


def with_attachments(claim: AnyClaim, attachments: tuple[Attachment, ...]) -> AnyClaim:
    """The claim that announces these files and no others (PWK of loop 2300)."""
    if attachments_of(claim) == attachments:
        return claim
    if isinstance(claim, InstitutionalClaim):
        return replace(claim, attachments=attachments)
    rare = replace(claim.rare or RareClaimFacts(), attachments=attachments)
    return replace(claim, rare=rare if rare != RareClaimFacts() else None)


def institutional_from_json(content: dict[str, Any]) -> InstitutionalClaim:
    """The institutional claim of a stored snapshot. Raises TypeError when it is none."""
    if not is_institutional(content):
        raise TypeError("This is the content of a professional claim.")
    return cast(InstitutionalClaim, _decode(InstitutionalClaim, content))


def read_content(content: dict[str, Any]) -> AnyClaim:
    """The claim of a stored snapshot, whichever kind it is of."""
    if is_institutional(content):
        return institutional_from_json(content)
    return from_json(content)


def _encode(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode(next(part for part in get_args(kind) if part is not type(None)), value)
    if origin is tuple:
        return tuple(_decode(get_args(kind)[0], item) for item in value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _decode(hints[name], value[name]) for name in hints if name in value})
    return value
