"""Made-up tables to measure with: in the official layouts, of the size asked for."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from payers.actions.edit_tables import load_table
from payers.bench_tables import made_up_codes
from payers.rules.edit_tables import Table


@pytest.mark.django_db
def test_made_up_tables_load_like_the_published_ones(tmp_path: Path) -> None:
    call_command("write_bench_tables", str(tmp_path), "--pairs", "30000", stdout=StringIO())
    pairs = load_table(Table.PTP_PRACTITIONER, [tmp_path])
    # One pair in twenty never applied.
    assert (pairs.counts.rows, pairs.counts.left_out) == (28_500, 1_500)
    assert pairs.dates.name == "2026 Q4"
    limits = load_table(Table.MUE_PRACTITIONER, [tmp_path])
    assert limits.counts.rows == len(set(made_up_codes())) == 13_000


def test_the_same_size_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        call_command(
            "write_bench_tables", str(tmp_path / name), "--pairs", "100", stdout=StringIO()
        )
        files = sorted((tmp_path / name).iterdir())
        written.append([(path.name, path.read_bytes()) for path in files])
    assert written[0] == written[1]
    assert len(written[0]) == 5
