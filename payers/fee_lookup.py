"""Relative values and localities of the Medicare fee schedule on a day."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from payers.models import LocalityRow, PlaceOfService, RelativeValueRow
from payers.rules.edit_tables import FeeIndicators, Locality, RelativeValue, Table
from payers.table_cache import Asking, kept, look_up

KEPT_CODES = 30_000


def relative_values(on: date, codes: Collection[str]) -> Mapping[tuple[str, str], RelativeValue]:
    """The lines of these codes by (code, modifier), from the release in force on the day.

    Empty when no release of the fee schedule answers for the day: see `tables_on(…).has(FEES)`.
    """

    def ask(asking: Asking) -> dict[tuple[str, str], RelativeValue]:
        in_force = asking.releases.on(on).get(Table.FEES)
        if in_force is None:
            return {}
        lines = asking.ask(VALUES, in_force.id, codes)
        return {(line.code, line.modifier): line for found in lines.values() for line in found}

    return look_up(ask)


def localities(on: date) -> Mapping[tuple[str, str], Locality]:
    """All payment localities by (contractor, locality number); empty without a release."""

    def ask(asking: Asking) -> dict[tuple[str, str], Locality]:
        in_force = asking.releases.on(on).get(Table.LOCALITIES)
        if in_force is None:
            return {}
        found = asking.ask(LOCALITIES, in_force.id, [ALL])
        return {(row.contractor, row.locality): row for row in found.get(ALL, ())}

    return look_up(ask)


def facility_places(on: date) -> Mapping[str, bool | None]:
    """Every place of service: is the facility rate paid there? None when the list does not say.

    Empty without a release.
    """

    def ask(asking: Asking) -> dict[str, bool | None]:
        in_force = asking.releases.on(on).get(Table.PLACE_OF_SERVICE)
        if in_force is None:
            return {}
        return dict(asking.ask(PLACES, in_force.id, [ALL]).get(ALL, ()))

    return look_up(ask)


def read_places(release_id: int, keys: list[str]) -> dict[str, tuple[tuple[str, bool | None], ...]]:
    rows = PlaceOfService.objects.filter(release_id=release_id).order_by("code")
    return dict.fromkeys(keys, tuple(rows.values_list("code", "is_facility")))


def read_values(release_id: int, codes: list[str]) -> dict[str, tuple[RelativeValue, ...]]:
    """The lines of each code, that without a modifier first."""
    rows = RelativeValueRow.objects.filter(release_id=release_id, code__in=codes)
    found: dict[str, tuple[RelativeValue, ...]] = {}
    for row in rows.order_by("code", "modifier"):
        found[row.code] = (*found.get(row.code, ()), relative_value(row))
    return found


def relative_value(row: RelativeValueRow) -> RelativeValue:
    names = ("global_days", "pc_tc", "multiple", "bilateral", "assistant", "co_surgeon", "team")
    marks: dict[str, Any] = {name: getattr(row, name) for name in names}
    return RelativeValue(
        code=row.code,
        modifier=row.modifier,
        status=row.status,
        work=row.work,
        non_facility_expense=row.non_facility_expense,
        facility_expense=row.facility_expense,
        malpractice=row.malpractice,
        conversion_factor=row.conversion_factor,
        indicators=FeeIndicators(row.code, row.status, **marks),
        is_non_facility_rare=row.is_non_facility_rare,
        is_facility_rare=row.is_facility_rare,
        endoscopy_base=row.endoscopy_base,
        preoperative_share=row.preoperative_share,
        intraoperative_share=row.intraoperative_share,
        postoperative_share=row.postoperative_share,
    )


def read_localities(release_id: int, keys: list[str]) -> dict[str, tuple[Locality, ...]]:
    rows = LocalityRow.objects.filter(release_id=release_id).order_by("contractor", "locality")
    found = tuple(
        Locality(
            row.contractor,
            row.locality,
            row.state,
            row.name,
            row.work_index,
            row.expense_index,
            row.malpractice_index,
            row.anesthesia_factor,
        )
        for row in rows
    )
    return dict.fromkeys(keys, found)


# There are about a hundred: they are read and kept together, under one key.
ALL = "all"
VALUES = kept(read_values, KEPT_CODES)
LOCALITIES = kept(read_localities, 1)
PLACES = kept(read_places, 1)
