"""The ICD-10-CM release in the simple_icd_10_cm package: its data files, read as any release.

The package itself is never imported: that takes seconds and about 180 MB. Its files are the
tabular list of NCHS and the codes that exist, without dates.
"""

import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from coding.code_set_files import Content, SystemRow
from coding.rules.code_files.icd_rows import icd_rows, order_of
from coding.rules.code_files.icd_tabular import read_tabular
from coding.rules.code_files.releases import CodeSet, fiscal_year
from payers.rules.tables.releases import ReleaseDates

RELEASE = "FY2026, update of April 1 2026"
# The files tell no days: the release stands for its whole fiscal year.
DAYS = fiscal_year(2026)
PACKAGE = "simple_icd_10_cm"
# Goes into the checksum: after a change of what is read from the files they are read again.
READING = b"2"


def package_content() -> Content:
    """The package's release. Raises FileNotFoundError when its files are not where they were."""
    tabular, codes = package_files()
    digest = hashlib.sha256(READING)
    for path in (codes, tabular):
        digest.update(path.read_bytes())

    def rows() -> Iterator[SystemRow]:
        known = set(codes.read_text(encoding="utf-8").split())
        with tabular.open("rb") as stream:
            entries = {entry.code: entry for entry in read_tabular(tabular.name, stream)}
        for row in icd_rows(list(order_of(entries.values(), known)), entries):
            yield "icd10cm", row

    return Content(
        code_set=CodeSet.ICD10CM,
        names=(codes.name, tabular.name),
        checksum=digest.hexdigest(),
        dates=ReleaseDates(RELEASE, DAYS.starts_on, DAYS.ends_on),
        systems=("icd10cm",),
        rows=rows,
        sources=("title", "inclusion"),
        lacking="index",
    )


def package_files() -> tuple[Path, Path]:
    """The tabular list and the list of codes."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(PACKAGE)
    folder = Path(found.submodule_search_locations[0]) / "data"
    paths = [next(folder.glob(shape), None) for shape in ("*tabular*.xml", "code-list*.txt")]
    tabular, codes = paths
    if tabular is None or codes is None:
        raise FileNotFoundError(folder)
    return tabular, codes
