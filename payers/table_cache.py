"""Rows of loaded tables kept in the process, by release: what is asked again costs no statement.

A release's rows never change, so what was read of it stays true. Which releases are in use is asked
again after `FRESH_SECONDS`, and after every read of rows: rows read while their release was being
replaced are thrown away and read again.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from payers.models import ONE_RELEASE, EditTableRelease
from payers.rules.edit_tables import Table, TableRelease

FRESH_SECONDS = 1.0
KEPT_DAYS = 2_000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InForce:
    """The release that answers for a table on a day."""

    id: int
    release: TableRelease


class Releases:
    """The releases in use at one moment."""

    def __init__(self, rows: Iterable[EditTableRelease]) -> None:
        self.by_table: dict[Table, list[InForce]] = {}
        for row in rows:
            table = Table(row.table)
            release = TableRelease(table, row.name, row.starts_on, row.ends_on, row.is_partial)
            self.by_table.setdefault(table, []).append(InForce(row.pk, release))
        self.ids = frozenset(row.id for rows in self.by_table.values() for row in rows)
        self.days: dict[date, Mapping[Table, InForce]] = {}
        self.read_at_seconds = time.monotonic()

    def on(self, day: date) -> Mapping[Table, InForce]:
        """Which release of each table answers for this day."""
        found = self.days.get(day)
        if found is None:
            if len(self.days) >= KEPT_DAYS:
                self.days.clear()
            pairs = ((table, in_force(table, rows, day)) for table, rows in self.by_table.items())
            found = self.days[day] = {table: row for table, row in pairs if row is not None}
        return found


def in_force(table: Table, rows: list[InForce], day: date) -> InForce | None:
    """The release for a day out of those of one table, newest first.

    Tables whose rows have their own dates answer for days before their first one, too. After the
    last day of a release nothing answers: the next one has to be loaded.
    """
    chosen = next((row for row in rows if row.release.starts_on <= day), None)
    if chosen is None and (table in ONE_RELEASE or table == Table.ADD_ON):
        chosen = rows[-1]
    if chosen is None or (chosen.release.ends_on and chosen.release.ends_on < day):
        return None
    return chosen


class Kept(Generic[K, V]):
    """Answers of one kind, by release and key. `read` asks the database about several keys.

    Keys without rows are kept as well. At `limit` answers of a release they are all forgotten.
    """

    def __init__(self, read: Callable[[int, list[K]], dict[K, V]], limit: int) -> None:
        self.read, self.limit = read, limit
        self.answers: dict[int, dict[K, V | None]] = {}

    def keep(self, release_id: int, answers: dict[K, V | None]) -> None:
        known = self.answers.setdefault(release_id, {})
        if len(known) + len(answers) > self.limit:
            known.clear()
        if len(answers) <= self.limit:
            known.update(answers)

    def forget_others(self, ids: frozenset[int]) -> None:
        for release_id in self.answers.keys() - ids:
            self.answers.pop(release_id, None)


@dataclass(slots=True)
class Asking:
    """One look-up: what it read anew is kept once its releases are known to be in use still."""

    releases: Releases
    fresh: list[Callable[[], None]] = field(default_factory=list)

    def ask(self, kept: Kept[K, V], release_id: int, keys: Iterable[K]) -> dict[K, V]:
        """The answers about `keys`; those without rows are left out."""
        known = kept.answers.get(release_id, {})
        found: dict[K, V] = {}
        missing: list[K] = []
        for key in keys:
            answer = known.get(key, MISSING)
            if answer is MISSING:
                missing.append(key)
            elif answer is not None:
                found[key] = answer  # type: ignore[assignment]  # not MISSING
        if missing:
            read = kept.read(release_id, missing)
            answers = {key: read.get(key) for key in missing}
            self.fresh.append(lambda: kept.keep(release_id, answers))
            found |= read
        return found


MISSING = object()
ALL_KEPT: list[Kept[object, object]] = []
_releases: list[Releases] = []


def kept(read: Callable[[int, list[K]], dict[K, V]], limit: int) -> Kept[K, V]:
    """A keeper that forgets the rows of releases no longer in use."""
    made = Kept(read, limit)
    ALL_KEPT.append(made)  # type: ignore[arg-type]  # only forget_others is called
    return made


def read_releases() -> Releases:
    """Ask which releases are in use now. One statement."""
    rows = EditTableRelease.objects.filter(state=EditTableRelease.State.LOADED)
    found = Releases(rows.order_by("table", "-starts_on"))
    for keeper in ALL_KEPT:
        keeper.forget_others(found.ids)
    _releases[:] = [found]
    return found


def fresh_releases() -> Releases:
    """The releases in use, at most FRESH_SECONDS old."""
    known = _releases[0] if _releases else None
    if known and time.monotonic() - known.read_at_seconds < FRESH_SECONDS:
        return known
    return read_releases()


def forget_releases() -> None:
    """Ask again at the next look-up: a release was loaded here, or a test took its rows back."""
    _releases.clear()


def look_up(ask: Callable[[Asking], T]) -> T:
    """The result of `ask` from releases that were all in use while it read."""
    releases = fresh_releases()
    while True:
        asking = Asking(releases)
        result = ask(asking)
        if not asking.fresh:
            return result
        releases = read_releases()
        if releases.ids == asking.releases.ids:
            for keep in asking.fresh:
                keep()
            return result
