"""A release is loaded while others read: committed for real, on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection, transaction

from payers import table_cache
from payers.actions.edit_tables import load_table
from payers.models import EditTableRelease
from payers.rules.edit_tables import Table, UnitLimit
from payers.table_lookup import tables_on
from rcm.errors import Refusal
from tests.payers.edit_files import unit_file

NOVEMBER = date(2026, 11, 3)
T = TypeVar("T")


def elsewhere(act: Callable[[], T]) -> T:
    """The result of `act` on another connection."""

    def run() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(30)


def ask_anew() -> dict[str, UnitLimit]:
    table_cache.forget_releases()
    tables = tables_on(NOVEMBER, setting="practitioner", codes=["Z0001", "Z0002"])
    return dict(tables.units)


def test_others_see_the_old_release_until_the_commit(
    transactional_db: None, tmp_path: Path
) -> None:
    load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "Z0001,2,2 Day,x")])
    old = {"Z0001": UnitLimit("Z0001", 2, 2)}
    with transaction.atomic():
        load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "Z0002,7,3 Day,x")])
        assert elsewhere(ask_anew) == old
    assert elsewhere(ask_anew) == {"Z0002": UnitLimit("Z0002", 7, 3)}


def test_a_second_load_of_the_same_table_is_refused(transactional_db: None, tmp_path: Path) -> None:
    path = unit_file(tmp_path, "Z0001,2,2 Day,x")
    with transaction.atomic():
        load_table(Table.MUE_PRACTITIONER, [path])
        with pytest.raises(Refusal) as refusal:
            elsewhere(lambda: load_table(Table.MUE_PRACTITIONER, [path]))
    assert refusal.value.message == "Another load of mue_practitioner runs."
    assert EditTableRelease.objects.count() == 1
