"""Relative values and policy indicators: the PPRRVU file of CMS, as CSV.

The place of a column differs from year to year; its heading does not, though it goes over several
lines. The description is copyrighted and never read.
"""

import re
from collections.abc import Iterable, Iterator

from payers.rules.tables.reading import Record, Row, csv_records, has_words

NOT_A_VALUE = "opps na indicator ind total used"
COLUMNS = {
    "code": has_words("hcpcs"),
    "modifier": has_words("mod"),
    "status": has_words("status"),
    "work": has_words("work"),
    "non_facility_expense": has_words("pe", "non|nf", without=NOT_A_VALUE),
    "facility_expense": has_words("pe", "fac|facility|f", without=f"non nf {NOT_A_VALUE}"),
    "malpractice": has_words("mp", without=NOT_A_VALUE),
    "non_facility_rare": has_words("na", "non|nf"),
    "facility_rare": has_words("na", "fac|facility|f", without="non nf"),
    "pc_tc": has_words("pctc|pc"),
    "global_days": has_words("glob|global"),
    "multiple": has_words("mult|multiple"),
    "bilateral": has_words("bilat|bilateral"),
    "assistant": has_words("asst|assistant"),
    "co_surgeon": has_words("co"),
    "team": has_words("team"),
    "conversion_factor": has_words("conv|conversion|cf"),
    "endoscopy_base": has_words("endo|endoscopy|endoscopic", "base"),
    "preoperative_share": has_words("pre|preop|preoperative"),
    "intraoperative_share": has_words("intra|intraop|intraoperative"),
    "postoperative_share": has_words("post|postop|postoperative"),
}
SHARES = ("preoperative_share", "intraoperative_share", "postoperative_share")
OPTIONAL = frozenset({"non_facility_rare", "facility_rare", "endoscopy_base", *SHARES})
VALUES = ("work", "non_facility_expense", "facility_expense", "malpractice")
MARKS = ("pc_tc", "multiple", "bilateral", "assistant", "co_surgeon", "team")
MODIFIER, STATUS = re.compile(r"[0-9A-Z]{2}|"), re.compile(r"[A-Z]")
VALUE, FACTOR = re.compile(r"\d{0,6}(\.\d{1,2})?(?<=\d)"), re.compile(r"\d{1,4}(\.\d{1,4})?")
SHARE, BASE = re.compile(r"(0?\.\d{1,6}|[01](\.0{1,6})?)?"), re.compile(r"([0-9A-Z]{5})?")
MARK, GLOBAL = re.compile(r"[0-9A-Z]?"), re.compile(r"\d{3}|[A-Z]{3}|")


def read_fees(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(code, modifier, status, four relative values, rare outside and inside a facility, global
    days, the six marks, conversion factor, endoscopic base, three shares) of each line.
    """
    for record in csv_records(file, lines, COLUMNS, optional=OPTIONAL):
        yield (
            record.code(),
            record.matched("modifier", MODIFIER, "a modifier of two characters or nothing"),
            record.matched("status", STATUS, "one letter"),
            *(record.matched(name, VALUE, "a number of two decimals") for name in VALUES),
            "t" if record.text("non_facility_rare") else "f",
            "t" if record.text("facility_rare") else "f",
            record.matched("global_days", GLOBAL, "three digits or letters"),
            *(record.matched(name, MARK, "one character or nothing") for name in MARKS),
            record.matched("conversion_factor", FACTOR, "dollars"),
            record.matched("endoscopy_base", BASE, "a code or nothing"),
            *package_shares(record),
        )


def package_shares(record: Record) -> Row:
    """The shares of the global fee before, in and after surgery (CMS IOM 100-04 chapter 12 section
    40.1), as fractions.

    None where the file says nothing, or 0 for all three: there is no package to share then.
    """
    found = [record.matched(name, SHARE, "a share from 0 to 1 or nothing") for name in SHARES]
    if not any(share.strip("0.") for share in found):
        return (None, None, None)
    return tuple(share or None for share in found)
