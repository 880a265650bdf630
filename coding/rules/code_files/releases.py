"""Which release the files of a code set are, for which days, and which file is which.

NCHS and CMS name their files by fiscal year: that of 2027 begins on October 1 2026. An update of
April 1 names the month in some of the files.
"""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from payers.rules.edit_tables import Table
from payers.rules.tables.releases import ReleaseDates, release_of


class CodeSet(StrEnum):
    """The sets that are loaded as releases."""

    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"


# Role of a file -> what its publisher calls it. The order of roles is that of the loader.
ROLES: dict[CodeSet, dict[str, str]] = {
    CodeSet.ICD10CM: {
        "order": r"icd10cm[_-]order[_-](?!addenda).*\.txt",
        "tabular": r"icd10cm?[_-]tabular[_-](?!addenda).*\.xml",
        "index": r"icd10cm[_-](e?index|neoplasm|drug)[_-](?!addenda).*\.xml",
    },
    CodeSet.ICD10PCS: {
        "order": r"icd10pcs[_-]order[_-](?!addenda).*\.txt",
        "codes": r"icd10pcs[_-]codes[_-](?!addenda).*\.txt",
        "tables": r"icd10pcs[_-]tables[_-](?!addenda).*\.xml",
    },
    CodeSet.HCPCS: {"codes": r"HCPC\d{4}_(JAN|APR|JUL|OCT)_.*ANWEB.*\.txt"},
    CodeSet.CPT: {"codes": r"(LONGULT|LONGU?T?|MEDU|SHORTU)\.txt"},
}
# One of these files has to be there.
NEEDED: dict[CodeSet, tuple[str, ...]] = {
    CodeSet.ICD10CM: ("order",),
    CodeSet.ICD10PCS: ("order", "codes"),
    CodeSet.HCPCS: ("codes",),
    CodeSet.CPT: ("codes",),
}
# Of these there are several that belong together.
SEVERAL = frozenset({"index"})


def file_pattern(code_set: CodeSet) -> re.Pattern[str]:
    """The names of all files of a set that can be read."""
    return re.compile("|".join(f"(?:{shape})" for shape in ROLES[code_set].values()), re.I)


def role_of(code_set: CodeSet, name: str) -> str:
    """What a file is by its name; of a set with one kind of file it is that whatever its name.

    "" when the name does not tell.
    """
    roles = ROLES[code_set]
    if len(roles) == 1:
        return next(iter(roles))
    return next((role for role, shape in roles.items() if re.fullmatch(shape, name, re.I)), "")


def unfit_files(code_set: CodeSet, names: Sequence[str]) -> str:
    """Why these are not the files of one release of the set; "" when they are."""
    roles = [role_of(code_set, name) for name in names]
    for name, role in zip(names, roles, strict=True):
        if not role:
            wanted = ", ".join(ROLES[code_set])
            return f"{name} is none of the files of {code_set} ({wanted}) by its name"
    twice = next((role for role in roles if roles.count(role) > 1 and role not in SEVERAL), "")
    if twice:
        several = [name for name, role in zip(names, roles, strict=True) if role == twice]
        return f"{' and '.join(several)} are both the file “{twice}”"
    if not set(NEEDED[code_set]).intersection(roles):
        return f"{code_set} lacks the file “{NEEDED[code_set][0]}”"
    return ""


def release_of_files(code_set: CodeSet, names: Sequence[str]) -> ReleaseDates | None:
    """The release that the names tell; None when they do not, or not all the same year."""
    if code_set == CodeSet.HCPCS:
        return release_of(Table.HCPCS, names)
    if code_set == CodeSet.CPT:
        return None
    years = {year for name in names for year in re.findall(r"(?<!\d)(20\d\d)(?!\d)", name)}
    if len(years) != 1:
        return None
    is_update = any(re.search(r"apr", name, re.I) for name in names)
    return fiscal_year(int(years.pop()), is_update=is_update)


def fiscal_year(year: int, *, is_update: bool = False) -> ReleaseDates:
    """ "FY2026": 2025-10-01 to 2026-09-30; its update begins on April 1 and ends with it."""
    if is_update:
        name = f"FY{year}, update of April 1 {year}"
        return ReleaseDates(name, date(year, 4, 1), date(year, 9, 30))
    return ReleaseDates(f"FY{year}", date(year - 1, 10, 1), date(year, 9, 30))
