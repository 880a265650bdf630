"""A claim as it will be sent, to JSON and back without loss: amounts stay integer cents.

The JSON mirrors rcm.x12.claim_837p.Claim or, with "kind": "institutional", claim_837i's, field by
field: dates as ISO text, quantities as decimal text, tuples as lists. Unknown keys are ignored
and missing ones take the dataclass's default, so that a snapshot of an older release still reads.
"""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
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
    content = _codec_of(type(claim)).encode(claim)
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
    return cast(Claim, _codec_of(Claim).decode(content))


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
    return cast(InstitutionalClaim, _codec_of(InstitutionalClaim).decode(content))


def read_content(content: dict[str, Any]) -> AnyClaim:
    """The claim of a stored snapshot, whichever kind it is of."""
    if is_institutional(content):
        return institutional_from_json(content)
    return from_json(content)


Convert = Callable[[Any], Any]


class _Codec:
    """How the fields of one dataclass become JSON values and back, worked out once per class.

    `converted` are the fields whose values are not the same on both sides; None stays None.
    """

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.names = tuple(field.name for field in fields(kind))
        self.known = frozenset(self.names)
        values_of = attrgetter(*self.names)
        # attrgetter of a single name gives the bare value.
        self.values_of = values_of if len(self.names) > 1 else lambda value: (values_of(value),)
        hints = get_type_hints(kind)
        converters = [(name, _converters(hints[name])) for name in self.names]
        self.converted = [(name, *both) for name, both in converters if both is not None]

    def encode(self, value: Any) -> dict[str, Any]:
        found = dict(zip(self.names, self.values_of(value), strict=True))
        for name, encode, _ in self.converted:
            if (inner := found[name]) is not None:
                found[name] = encode(inner)
        return found

    def decode(self, value: dict[str, Any]) -> Any:
        found = {name: value[name] for name in self.names if name in value}
        for name, _, decode in self.converted:
            if (inner := found.get(name)) is not None:
                found[name] = decode(inner)
        return self.kind(**found)


_codec_of: Callable[[Any], _Codec] = cache(_Codec)


def _converters(kind: Any) -> tuple[Convert, Convert] | None:
    """To JSON and back for values of a type; None when they are the same there."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _converters(next(part for part in get_args(kind) if part is not types.NoneType))
    if origin is tuple:
        return _of_items(_converters(get_args(kind)[0]))
    if kind is date:
        return date.isoformat, date.fromisoformat
    if kind is Decimal:
        return _decimal_text, Decimal
    if isinstance(kind, type) and is_dataclass(kind):
        codec = _codec_of(kind)
        return codec.encode, codec.decode
    return None


def _of_items(both: tuple[Convert, Convert] | None) -> tuple[Convert, Convert]:
    if both is None:
        return list, tuple
    encode, decode = both
    return (
        lambda items: [encode(item) for item in items],
        lambda items: tuple([decode(item) for item in items]),
    )


def _decimal_text(value: Any) -> Any:
    # A whole number in place of a quantity stays one.
    return format(value, "f") if isinstance(value, Decimal) else value
