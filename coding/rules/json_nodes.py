"""JSON with places: every value knows its path, such as ``entry[2].resource.birthDate``."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from coding.rules.told import Unusable

DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_json(content: bytes) -> Any:
    """The value in UTF-8 bytes. Raises Unusable with line and column."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        text = f"The byte {content[error.start]:02X} at {error.start:,} is no UTF-8 text."
        raise Unusable("encoding_wrong", text, place=f"byte {error.start:,}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unusable("json_wrong", f"No JSON: {error.msg} at {place}.", place=place) from error
    except (RecursionError, ValueError) as error:
        raise Unusable("json_wrong", "This JSON cannot be read.", place="line 1") from error


def refuse_constant(name: str) -> Any:
    raise ValueError(name)


class Node:
    """A JSON value and its path. A missing value is a node that is false."""

    def __init__(self, value: Any, path: str) -> None:
        self.value = value
        self.path = path

    def __bool__(self) -> bool:
        return self.value is not None and self.value != "" and self.value != []

    def __getitem__(self, name: str) -> "Node":
        """A member of an object. Raises Unusable when this is something else."""
        if self.value is not None and not isinstance(self.value, dict):
            raise self.wrong("an object")
        value = None if self.value is None else self.value.get(name)
        return Node(value, f"{self.path}.{name}" if self.path else name)

    def __iter__(self) -> Iterator["Node"]:
        """The items of a list. Raises Unusable when this is something else."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        for at, item in enumerate(self.value):
            yield Node(item, f"{self.path}[{at}]")

    def first(self) -> "Node":
        return next(iter(self), Node(None, f"{self.path}[0]"))

    @property
    def text(self) -> str:
        """A text, trimmed; empty when it is missing."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value.strip().replace("\0", "")

    @property
    def whole(self) -> int | None:
        if self.value is None:
            return None
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    @property
    def day(self) -> date | None:
        """The calendar day of a date or dateTime, whatever its zone."""
        if not self:
            return None
        try:
            if not DAY.match(self.text):
                raise ValueError
            return date.fromisoformat(self.text[:10])
        except ValueError as error:
            raise self.wrong("a day (YYYY-MM-DD)") from error

    def moment(self, zone: tzinfo) -> datetime | None:
        """A dateTime or instant in UTC; `zone` is that of one without."""
        if not self:
            return None
        try:
            found = datetime.fromisoformat(self.text.replace("Z", "+00:00"))
            there = found if found.tzinfo else found.replace(tzinfo=zone)
            return there.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong("a time (YYYY-MM-DDThh:mm:ss)") from error

    def wrong(self, what: str) -> Unusable:
        shown = json.dumps(self.value)[:40] if self.value is not None else "missing"
        return Unusable("json_type", f"{self.path} is {shown}, not {what}.", place=self.path)
