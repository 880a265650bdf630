"""Shares of a package and families of endoscopies, priced from a loaded fee schedule.

Worked out by hand with the indices 1.000, 0.869 and 0.575 and the factor 33.4009. Z0001 is
(0.45 × 1.000 + 0.66 × 0.869 + 0.07 × 0.575) × 33.4009 = 35.53, Z0010 (the base) 122.40,
Z0011 186.74 and Z0012 157.91.
"""

from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from payers.actions.edit_tables import load_table
from payers.models import RelativeValueRow
from payers.rules.edit_tables import Table
from payers.rules.expected_allowed import Terms, expect_allowed
from payers.rules.medicare_units import BilledLine
from payers.terms import fee_tables
from rcm.models import Practice
from tests.payers.fee_files import fee_file, fee_row, locality_files

NOVEMBER = date(2026, 11, 3)
MEDICARE = Terms("Medicare", "medicare", date(2026, 1, 1), percent=Decimal(100))
ROWS = (
    fee_row("Z0001", pre="0.10", intra="0.69", post="0.21"),
    fee_row("Z0002", pre="0.00", intra="0.00", post="0.00"),
    fee_row("Z0010", work="1.00", outside="3.00", risk="0.10", global_days="000"),
    fee_row("Z0011", work="2.00", outside="4.00", risk="0.20", mult="3", base="Z0010"),
    fee_row("Z0012", work="1.60", outside="3.50", risk="0.15", mult="3", base="Z0010"),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Z0001"], ["35.53"]),
        (["Z0001-54"], ["28.07"]),
        (["Z0001-55"], ["7.46"]),
        (["Z0001-56"], ["3.55"]),
        (["Z0001-78"], ["24.52"]),
        (["Z0001-54-55"], ["35.53"]),
        (["Z0002-55"], ["the shares of the global package of Z0002 are not in the loaded table"]),
        (["Z0010-54"], ["Z0010 has no global package to share"]),
        (["Z0011"], ["186.74"]),
        (["Z0011", "Z0012"], ["186.74", "35.51"]),
        (["Z0012", "Z0011"], ["35.51", "186.74"]),
        (["Z0010", "Z0012"], ["0.00", "157.91"]),
        (["Z0011", "Z0012", "Z0001"], ["186.74", "35.51", "17.77"]),
    ],
)
def test_a_loaded_schedule_splits_packages_and_families_of_endoscopies(
    north: Practice, tmp_path: Path, lines: list[str], expected: list[str]
) -> None:
    load_table(Table.FEES, [fee_file(tmp_path, *ROWS)])
    load_table(Table.LOCALITIES, locality_files(tmp_path))
    north.medicare_contractor, north.medicare_locality = "10112", "00"
    billed = []
    for position, line in enumerate(lines, 1):
        code, *modifiers = line.split("-")
        one, charge = Decimal(1), Decimal("999.00")
        billed.append(BilledLine(position, code, tuple(modifiers), one, "11", NOVEMBER, charge))
    tables = fee_tables(north, [NOVEMBER], {each.code for each in billed})
    found = expect_allowed(billed, [MEDICARE], tables, "Medicare")
    assert [each.reason if each.amount is None else str(each.amount) for each in found] == expected


@pytest.mark.django_db
def test_a_schedule_loaded_before_there_were_shares_may_be_loaded_again(tmp_path: Path) -> None:
    file = fee_file(tmp_path, *ROWS)
    load_table(Table.FEES, [file])
    RelativeValueRow.objects.update(intraoperative_share=None)
    assert load_table(Table.FEES, [file]).is_known
    import_module("payers.migrations.0011_fee_shares").forget_checksums(apps, None)
    assert not load_table(Table.FEES, [file]).is_known
    row = RelativeValueRow.objects.get(code="Z0001")
    assert row.intraoperative_share == Decimal("0.69")
