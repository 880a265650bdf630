"""A claim as it will be sent, to JSON and back without loss: amounts stay integer cents.

The JSON mirrors rcm.x12.claim_837p.Claim or, with "kind": "institutional", claim_837i's, field by
field: dates as ISO text, quantities as decimal text, tuples as lists. Unknown keys are ignored
and missing ones take the dataclass's default, so that a snapshot of an older release still reads.
"""

import types
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim
from rcm.x12.items import AnyClaim

__all__ = [
    "AnyClaim",
    "from_json",
    "institutional_from_json",
    "is_institutional",
    "read_content",
    "to_json",
]

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
