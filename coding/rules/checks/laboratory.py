"""Laboratory: the certificate (CLIA) and waived tests."""

import re

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import Kind
from coding.rules.code_lists import NCCI_PAYERS
from coding.rules.coded_claim import CodedClaim, CodedLine, payer_class_of
from coding.rules.fixes import add, drop
from coding.rules.hits import Hit, Look

LABORATORY = "CMS IOM 100-04 ch. 16 §70"
_CLIA = re.compile(r"\d{2}D\d{7}", re.ASCII)
# Waived tests of offices (CMS transmittals to IOM 100-04 ch. 16 §70.8): these need QW, the next
# ones do not.
# fmt: off
WAIVED_WITH_QW = frozenset({
    "80061", "81003", "82044", "82274", "82947", "83036", "85018", "85610", "86308", "86318",
    "86701", "87804", "87807", "87809", "87880", "87905",
})
WAIVED_WITHOUT_QW = frozenset({
    "81002", "81025", "82270", "82272", "82962", "83026", "84830", "85013", "85651",
})
# Laboratory codes that need no certificate (IOM 100-04 ch. 16 §70.10): clinical pathology advice,
# breath and skin tests, autologous blood, and the like.
NO_CERTIFICATE = frozenset({
    "80503", "80504", "80505", "80506", "81050", "82075", "83013", "83014", "83987", "86077",
    "86078", "86079", "86485", "86486", "86490", "86510", "86580", "86910", "86960", "88125",
    "88240", "88241", "88304", "89049", "89220",
})
# fmt: on


def needs_certificate(line: CodedLine) -> bool:
    """Laboratory tests under CLIA; with 90 another laboratory did them under its own number."""
    return (
        line.kind == Kind.LABORATORY and line.code not in NO_CERTIFICATE and "90" not in line.marks
    )


def look_clia(view: CodedClaim, codes: CodeFacts) -> Look:
    if Kind.LABORATORY not in view.kinds:
        return
    bare = [line for line in view.lines if needs_certificate(line) and not line.clia_number]
    if bare and "26" not in view.marks:
        more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        yield Hit(
            f"{bare[0].code} on line {bare[0].position}{more}: the laboratory's CLIA number is "
            "missing.",
            bare[0].position,
        )


def look_clia_form(view: CodedClaim, codes: CodeFacts) -> Look:
    told: set[str] = set()
    for line in view.lines:
        number = line.clia_number
        if number and number not in told and not _CLIA.fullmatch(number):
            told.add(number)
            yield Hit(f"CLIA number {number} is not two digits, D and seven digits.", line.position)


def look_qw(view: CodedClaim, codes: CodeFacts) -> Look:
    """Only a laboratory with a certificate of waiver needs it: in an office that is the rule."""
    if not view.codes & WAIVED_WITH_QW or payer_class_of(view, codes) not in NCCI_PAYERS:
        return
    for line in view.lines:
        if line.code in WAIVED_WITH_QW and line.place == "11" and "QW" not in line.marks:
            yield Hit(
                f"{line.code} on line {line.position}: a waived test carries QW.",
                line.position,
                fix=add("QW", line.position, line.marks),
            )


def look_qw_place(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines if "QW" in view.marks else ():
        if "QW" not in line.marks:
            continue
        if line.kind not in (Kind.LABORATORY, Kind.OTHER):
            yield Hit(
                f"Line {line.position}: QW is for waived laboratory tests.",
                line.position,
                fix=drop("QW", line.position),
            )
        elif line.code in WAIVED_WITHOUT_QW:
            yield Hit(
                f"Line {line.position}: {line.code} is waived without QW.",
                line.position,
                fix=drop("QW", line.position),
            )
