"""Which kind of service a procedure code is: ranges and short lists of numbers, no descriptors.

The ranges are the sections of CPT and HCPCS Level II. Where a section says too little, lists of
ours name the few codes a check is about.
"""

from enum import StrEnum
from functools import lru_cache

from coding.rules.code_lists import CHECK_UPS


class Kind(StrEnum):
    """The section a code belongs to, as far as the checks tell sections apart.

    A visit is face to face and has its day for itself; CARE is the rest of 99202-99499, such as
    counselling, prolonged time and care management.
    """

    ANESTHESIA = "anesthesia"
    SURGERY = "surgery"
    RADIOLOGY = "radiology"
    LABORATORY = "laboratory"
    MEDICINE = "medicine"
    VISIT = "visit"
    CARE = "care"
    DRUG = "drug"
    AMBULANCE = "ambulance"
    OTHER = "other"


# Visits outside 99202-99499: eye visits, wellness visits, clinic, emergency, telehealth.
OTHER_VISITS = CHECK_UPS | {
    *("92002", "92004", "92012", "92014", "G0463", "S0610", "S0612", "S0613"),
    *("G0380", "G0381", "G0382", "G0383", "G0384", "G0406", "G0407", "G0408", "G0425", "G0426"),
    *("G0427", "G0508", "G0509"),
}

_SECTIONS = (
    ("00100", "01999", Kind.ANESTHESIA),
    ("10004", "69990", Kind.SURGERY),
    ("70010", "79999", Kind.RADIOLOGY),
    ("80047", "89398", Kind.LABORATORY),
    ("90281", "99199", Kind.MEDICINE),
    ("99202", "99215", Kind.VISIT),
    ("99221", "99255", Kind.VISIT),
    ("99281", "99285", Kind.VISIT),
    ("99291", "99291", Kind.VISIT),
    ("99304", "99316", Kind.VISIT),
    ("99341", "99350", Kind.VISIT),
    ("99381", "99397", Kind.VISIT),
    ("99460", "99463", Kind.VISIT),
    ("99468", "99480", Kind.VISIT),
    ("99202", "99499", Kind.CARE),
    ("99500", "99607", Kind.MEDICINE),
)


@lru_cache(maxsize=4096)
def kind_of(code: str) -> Kind:
    """The kind of one procedure code; OTHER for what is in none of the sections."""
    if code in OTHER_VISITS:
        return Kind.VISIT
    if len(code) == 5 and code.isdigit():
        return next((kind for low, high, kind in _SECTIONS if low <= code <= high), Kind.OTHER)
    if code[:1] == "J" or code[:2] == "Q5" or code in ("Q0138", "Q0139"):
        return Kind.DRUG
    if "A0425" <= code <= "A0436":
        return Kind.AMBULANCE
    if code[-1:] == "U" and code[:4].isdigit():
        return Kind.LABORATORY
    return Kind.OTHER


# From where and to where an ambulance went: two of these letters make a modifier of their own.
ENDPOINTS = frozenset("DEGHIJNPRSX")


def is_way(mark: str) -> bool:
    """Two letters, origin and destination (CMS IOM 100-04 ch. 15 §30)."""
    return len(mark) == 2 and set(mark) <= ENDPOINTS


def is_supply(code: str) -> bool:
    """Equipment, supplies, prosthetics: Level II codes that suppliers bill (A4-A9, B, E, K, L)."""
    return code[:1] in ("B", "E", "K", "L") or "A4000" <= code <= "A9999"


# Sections that are certainly no visit: a modifier made for visits is wrong there.
CLEAR_PROCEDURES = frozenset(
    {Kind.ANESTHESIA, Kind.SURGERY, Kind.RADIOLOGY, Kind.LABORATORY, Kind.DRUG}
)
