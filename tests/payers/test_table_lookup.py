"""What the loaded edit tables say about codes on a day."""

from datetime import date
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from payers import table_cache
from payers.actions.edit_tables import Wish, load_table
from payers.models import EditTableRelease, HcpcsCode
from payers.rules.edit_tables import AddOnEdit, EditTables, PairEdit, Table, UnitLimit
from payers.table_lookup import tables_on
from tests.payers.edit_files import add_on_file, pair_files, pair_row, unit_file

NOVEMBER = date(2026, 11, 3)
JULY = date(2026, 7, 31)

pytestmark = pytest.mark.django_db


def ask(on: date, *codes: str, setting: str = "practitioner") -> EditTables:
    pairs = [(first, second) for first in codes for second in codes if first < second]
    return tables_on(on, setting=setting, codes=codes, pairs=pairs)  # type: ignore[arg-type]  # a text


def load_all(folder: Path) -> None:
    """Pairs and add-on codes of the quarter, unit limits of it and the one before."""
    rows = (
        pair_row("Z0002", "Z0001"),
        pair_row("Z0001", "Z0003", "20200101", "20260930", "0"),
        pair_row("Z0001", "Z0003", "20261001", "*", "1"),
    )
    load_table(Table.PTP_PRACTITIONER, pair_files(folder, *rows))
    load_table(Table.MUE_PRACTITIONER, [unit_file(folder, "Z0001,2,2 Day,x", "Z0002,0,3 Day,x")])
    earlier = unit_file(folder, "Z0001,5,1 Line Edit,x", day="07-01-2026")
    load_table(Table.MUE_PRACTITIONER, [earlier])
    add_ons = (
        "1Z0003       Z0001       2013091       ",
        "1Z0003       Z0004       20130912026100",
        "2Z0004       CCCCC       2013091       ",
    )
    load_table(Table.ADD_ON, [add_on_file(folder, *add_ons)])


def test_without_a_table_nothing_answers() -> None:
    assert ask(NOVEMBER, "Z0001", "Z0002") == EditTables()


def test_pairs_are_found_in_both_orders_and_in_force_on_the_day(tmp_path: Path) -> None:
    load_all(tmp_path)
    later = PairEdit("Z0001", "Z0003", date(2026, 10, 1), None, 1)
    before = PairEdit("Z0001", "Z0003", date(2020, 1, 1), date(2026, 9, 30), 0)
    turned = PairEdit("Z0002", "Z0001", date(2020, 1, 1), None, 1)
    tables = ask(NOVEMBER, "Z0001", "Z0002", "Z0003")
    assert tables.pairs == {("Z0002", "Z0001"): (turned,), ("Z0001", "Z0003"): (later,)}
    assert tables.releases[Table.PTP_PRACTITIONER].name == "2026 Q4"
    assert ask(JULY, "Z0001", "Z0003").pairs == {("Z0001", "Z0003"): (before,)}
    assert ask(date(2019, 12, 31), "Z0001", "Z0002").pairs == {}


def test_unit_limits_are_those_of_the_release_of_the_day(tmp_path: Path) -> None:
    load_all(tmp_path)
    now = ask(NOVEMBER, "Z0001", "Z0002", "Z0009")
    assert now.units == {"Z0001": UnitLimit("Z0001", 2, 2), "Z0002": UnitLimit("Z0002", 0, 3)}
    assert ask(JULY, "Z0001", "Z0002").units == {"Z0001": UnitLimit("Z0001", 5, 1)}
    assert ask(JULY, "Z0001").releases[Table.MUE_PRACTITIONER].name == "2026 Q3"
    assert not ask(date(2026, 6, 30), "Z0001").has(Table.MUE_PRACTITIONER)


def test_a_release_does_not_answer_for_days_after_its_last(tmp_path: Path) -> None:
    load_all(tmp_path)
    assert ask(date(2026, 12, 31), "Z0001").has(Table.PTP_PRACTITIONER)
    assert ask(date(2027, 1, 1), "Z0001", "Z0002") == EditTables()


def test_each_setting_has_its_own_tables(tmp_path: Path) -> None:
    load_all(tmp_path)
    hospital = ask(NOVEMBER, "Z0001", "Z0002", setting="hospital")
    assert set(hospital.releases) == {Table.ADD_ON}
    assert (hospital.pairs, hospital.units) == ({}, {})
    load_table(
        Table.MUE_DME,
        [
            unit_file(tmp_path, "Z0001,9,1 Line Edit,x").rename(
                tmp_path / "MCR_MUE_DMESupplierServices_Eff_10-01-2026.csv"
            )
        ],
    )
    supplier = ask(NOVEMBER, "Z0001", setting="dme")
    assert supplier.units == {"Z0001": UnitLimit("Z0001", 9, 1)}
    assert set(supplier.releases) == {Table.ADD_ON, Table.MUE_DME}


def test_add_on_codes_name_the_primaries_of_the_day(tmp_path: Path) -> None:
    load_all(tmp_path)
    now = ask(NOVEMBER, "Z0003", "Z0004", "Z0001").add_ons
    assert now == {
        "Z0003": AddOnEdit("Z0003", 1, frozenset({"Z0001"})),
        "Z0004": AddOnEdit("Z0004", 2, frozenset()),
    }
    then = ask(date(2026, 4, 10), "Z0003").add_ons
    assert then == {"Z0003": AddOnEdit("Z0003", 1, frozenset({"Z0001", "Z0004"}))}


def test_level_two_codes_tell_their_days() -> None:
    release = EditTableRelease.objects.create(
        table="hcpcs", name="2026 Q4", starts_on=date(2026, 10, 1), checksum="0" * 64, row_count=1
    )
    HcpcsCode.objects.create(
        release=release, code="A0001", starts_on=date(2000, 1, 1), ends_on=date(2020, 12, 31)
    )
    assert ask(NOVEMBER, "A0001", "A0002").hcpcs == {
        "A0001": (date(2000, 1, 1), date(2020, 12, 31))
    }


def test_statements_are_few_and_do_not_grow_with_the_codes(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Releases, pairs, limits, add-on codes, releases once more; then none."""
    load_all(tmp_path)
    many = [f"Z{number:04}" for number in range(200)]
    for codes in (["Z0001", "Z0002"], many):
        with django_assert_num_queries(5):
            ask(NOVEMBER, *codes)
        table_cache.forget_releases()
        for keeper in table_cache.ALL_KEPT:
            keeper.answers.clear()
    ask(NOVEMBER, *many)
    with django_assert_num_queries(0):
        assert ask(NOVEMBER, *many[:50]).units == ask(NOVEMBER, *many).units


def test_a_new_release_is_noticed_and_the_old_one_forgotten(tmp_path: Path) -> None:
    load_all(tmp_path)
    assert ask(NOVEMBER, "Z0001").units["Z0001"].units == 2
    load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "Z0001,7,2 Day,x")])
    assert ask(NOVEMBER, "Z0001").units["Z0001"].units == 7
    in_use = set(EditTableRelease.objects.filter(state="loaded").values_list("pk", flat=True))
    assert {pk for keeper in table_cache.ALL_KEPT for pk in keeper.answers} <= in_use


def test_a_release_replaced_while_it_is_read_is_asked_again(tmp_path: Path) -> None:
    """Its rows are gone by the time they are read: that must not read as "no limit"."""
    load_all(tmp_path)
    known = table_cache.fresh_releases()
    load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "Z0001,7,2 Day,x")])
    table_cache._releases[:] = [known]
    assert ask(NOVEMBER, "Z0001").units == {"Z0001": UnitLimit("Z0001", 7, 2)}


def test_what_is_kept_is_bounded() -> None:
    keeper = table_cache.Kept[str, int](lambda release, keys: {}, 3)
    keeper.keep(1, {"a": 1, "b": 2})
    keeper.keep(1, {"c": 3, "d": None})
    assert keeper.answers == {1: {"c": 3, "d": None}}
    keeper.keep(1, dict.fromkeys("efgh", 1))
    assert keeper.answers == {1: {}}


def test_a_release_of_some_parts_says_so(tmp_path: Path) -> None:
    paths = pair_files(tmp_path, pair_row("Z0002", "Z0001"))
    load_table(Table.PTP_PRACTITIONER, paths[:3], wish=Wish(is_partial=True))
    load_table(Table.ADD_ON, [add_on_file(tmp_path, "1Z0003       Z0001       2013091       ")])
    releases = ask(NOVEMBER, "Z0001").releases
    assert releases[Table.PTP_PRACTITIONER].is_partial
    assert not releases[Table.ADD_ON].is_partial
