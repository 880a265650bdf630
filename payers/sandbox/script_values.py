"""Reading one JSON object of a payer script: each key once, the rest refused, places named."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


class ScriptRefused(ValueError):
    """The behaviour file cannot be used; the message names the place."""


class Place:
    """One object of the script and where it stands. Every `read_` marks its key as known."""

    def __init__(self, where: str, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise ScriptRefused(f"{where}: an object is needed")
        self.where = where
        self._raw = raw
        self._known: set[str] = set()

    @property
    def is_empty(self) -> bool:
        return not self._raw

    @property
    def names(self) -> frozenset[str]:
        """The keys of the object."""
        return frozenset(self._raw)

    def refuse_rest(self) -> None:
        """Raise ScriptRefused when the object has keys nobody read."""
        if unknown := set(self._raw) - self._known:
            raise ScriptRefused(f"{self.where}: unknown key {min(unknown)!r}")

    def read_text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ScriptRefused(f"{self.where}.{name}: text is needed")
        return str(value)

    def read_choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of `choices`, the first when the key is missing."""
        value = self.read_text(name, choices[0])
        if value not in choices:
            raise ScriptRefused(f"{self.where}.{name}: one of {', '.join(choices)}")
        return value

    def read_pattern(self, name: str) -> str:
        """A regular expression; empty when the key is missing."""
        value = self.read_text(name, "")
        try:
            re.compile(value)
        except re.error as error:
            raise ScriptRefused(f"{self.where}.{name}: not a regular expression") from error
        return value

    def read_flag(self, name: str) -> bool:
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise ScriptRefused(f"{self.where}.{name}: true or false is needed")
        return value

    def read_decimal(self, name: str, default: str) -> Decimal:
        value = self._take(name, default)
        try:
            if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
                raise InvalidOperation
            number = Decimal(value)
        except InvalidOperation as error:
            raise ScriptRefused(f"{self.where}.{name}: a number is needed") from error
        if not number.is_finite():
            raise ScriptRefused(f"{self.where}.{name}: a number is needed")
        return number

    def read_cents(self, name: str) -> int:
        """Dollars as cents, exactly; zero when the key is missing."""
        cents = self.read_decimal(name, "0") * 100
        if cents != cents.to_integral_value():
            raise ScriptRefused(f"{self.where}.{name}: more than two decimals")
        return int(cents)

    def read_any(self, name: str) -> Any:
        """Whatever stands there, for somebody else to read."""
        return self._take(name, None)

    def read_amounts(self) -> dict[str, int]:
        """Every key of the object with its dollars as cents."""
        return {name: self.read_cents(name) for name in self._raw}

    def read_list(self, name: str) -> tuple[str, ...]:
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ScriptRefused(f"{self.where}.{name}: a list of texts is needed")
        return tuple(value)

    def read_lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """An object of named lists."""
        place = self.read_place(name)
        return {key: place.read_list(key) for key in place._raw}

    def read_place(self, name: str) -> "Place":
        """A nested object; an empty one when the key is missing."""
        return Place(f"{self.where}.{name}", self._take(name, {}))

    def read_places(self, name: str) -> list["Place"]:
        """A list of nested objects."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise ScriptRefused(f"{self.where}.{name}: a list is needed")
        return [Place(f"{self.where}.{name}[{n}]", item) for n, item in enumerate(value)]

    def look_up(
        self, groups: Mapping[str, tuple[str, ...]], name: str, group: str
    ) -> tuple[str, ...]:
        """The codes of a named group; raises ScriptRefused when there is none."""
        if group not in groups:
            raise ScriptRefused(f"{self.where}.{name}: no group {group!r}")
        return groups[group]

    def _take(self, name: str, default: Any) -> Any:
        self._known.add(name)
        value = self._raw.get(name, default)
        if value is None:
            raise ScriptRefused(f"{self.where}.{name} is missing")
        return value
