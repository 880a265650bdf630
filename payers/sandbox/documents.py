"""Frozen dataclasses to JSON text and back, for what the sandbox keeps about claims.

Only the types that occur in rcm.x12 dataclasses are known: text, numbers, dates, Decimal,
tuples, optional values and other dataclasses.
"""

import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(value: Any) -> str:
    """A dataclass as JSON text."""
    return json.dumps(_plain(value), separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """The dataclass `kind` from JSON text made by `dump`; unknown fields are left out."""
    loaded: T = _typed(kind, json.loads(text))
    return loaded


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _typed(next(a for a in get_args(kind) if a is not type(None)), value)
    if origin is tuple:
        return _typed_tuple(get_args(kind), value)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], v) for name, v in value.items() if name in hints})
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    return value


def _typed_tuple(arguments: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_typed(arguments[0], item) for item in value)
    return tuple(_typed(kind, item) for kind, item in zip(arguments, value, strict=True))
