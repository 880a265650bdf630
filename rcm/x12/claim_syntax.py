"""What is read of each segment of an 837, element by element, and how long or which it may be.

`ELEMENTS` names the elements read: the most characters the guides allow, the codes, or ANY for what
its reader looks at more closely. An element that is not named is not read, which is said aloud.
"""

import re
from collections.abc import Mapping

from rcm.x12.elements import ContentReader

Codes = frozenset[str]
Elements = Mapping[int, int | Codes]

ANY = 0
AMOUNT, NUMBER, NAME, LINE, IDENTIFIER = 18, 15, 60, 80, 50
YES = frozenset("Y")
YES_NO = frozenset("YN")
DAY = frozenset({"D8"})
RANKS = frozenset("ABCDEFGHPSTU")
RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})
INSURANCE_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
FILING_INDICATORS = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "AM",
        "BL",
        "CH",
        "CI",
        "DS",
        "FI",
        "HM",
        "LM",
        "MA",
        "MB",
        "MC",
        "OF",
        "TV",
        "VA",
        "WC",
        "ZZ",
    ]
)
TRANSMISSIONS = frozenset(["AA", "BM", "EL", "EM", "FT", "FX", "AB", "AD", "AF", "AG", "NS"])
CONTRACTS = frozenset({"01", "02", "03", "04", "05", "06", "09"})
DELAY_REASONS = frozenset(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"])

SHARED_ELEMENTS: Mapping[str, Elements] = {
    "BHT": {1: frozenset({"0019"}), 2: frozenset({"00", "18"}), 3: 50, 4: 8, 5: 8, 6: 2},
    "HL": {1: 12, 2: 12, 3: ANY, 4: frozenset("01")},
    "NM1": {1: ANY, 2: frozenset("12"), 3: NAME, 4: 35, 5: 25, 7: 10, 8: 2, 9: 80},
    "N3": {1: 55, 2: 55},
    "N4": {1: 30, 2: 2, 3: 15, 4: 3},
    "DMG": {1: DAY, 2: ANY, 3: frozenset("FMU")},
    "REF": {1: ANY, 2: IDENTIFIER},
    "PER": {1: frozenset({"IC"}), 2: NAME, 3: ANY, 4: 256},
    "PRV": {1: 3, 2: frozenset({"PXC"}), 3: IDENTIFIER},
    "SBR": {
        **{1: RANKS, 2: RELATIONSHIPS, 3: IDENTIFIER, 4: NAME},
        **{5: INSURANCE_TYPES, 9: FILING_INDICATORS},
    },
    "PAT": {1: RELATIONSHIPS, 5: DAY, 6: ANY, 7: frozenset({"01"}), 8: 10, 9: YES},
    "CLM": {
        **{1: 38, 2: AMOUNT, 5: ANY, 6: YES_NO, 7: frozenset("ABC"), 8: frozenset("NWY")},
        **{9: frozenset("IY"), 20: DELAY_REASONS},
    },
    "DTP": {1: ANY, 2: frozenset({"D8", "RD8", "DT", "TM"}), 3: 35},
    "PWK": {1: 2, 2: TRANSMISSIONS, 5: frozenset({"AC"}), 6: 80},
    "CN1": {1: CONTRACTS, 2: AMOUNT, 3: 6, 4: 50, 5: 6, 6: 30},
    "AMT": {1: ANY, 2: AMOUNT},
    "K3": {1: LINE},
    "NTE": {1: 3, 2: LINE},
    "CRC": {1: ANY, 2: YES_NO, 3: 3, 4: 3, 5: 3, 6: 3, 7: 3},
    "HI": dict.fromkeys(range(1, 13), ANY),
    "HCP": {
        **{1: 2, 2: AMOUNT, 3: AMOUNT, 4: 50, 5: 9, 6: 50, 7: AMOUNT, 8: 48, 9: 2, 10: 48},
        **{11: 2, 12: NUMBER, 13: 2, 14: 2, 15: 2},
    },
    "CAS": {
        1: frozenset({"CO", "CR", "OA", "PI", "PR"}),
        **{index: (5, AMOUNT, NUMBER)[(index - 2) % 3] for index in range(2, 20)},
    },
    "OI": {3: frozenset("NWY"), 4: frozenset("P"), 6: frozenset("IY")},
    "MIA": dict.fromkeys(range(1, 25), IDENTIFIER),
    "MOA": {1: 10, 2: AMOUNT, **dict.fromkeys(range(3, 8), IDENTIFIER)},
    "LX": {1: 6},
    "LIN": {2: ANY, 3: 48},
    "CTP": {4: NUMBER, 5: ANY},
    "SVD": {1: 80, 2: AMOUNT, 3: ANY, 4: 48, 5: NUMBER, 6: 6},
}


def compile_elements(separator: str, name: str, known: Elements) -> re.Pattern[str]:
    """What a segment without a defect looks like as a whole; only others need a closer look."""
    mark = re.escape(separator)
    pattern = f"{mark}*"
    for index in range(max(known), 0, -1):
        allowed = known.get(index)
        if allowed is None:
            element = ""
        elif isinstance(allowed, int):
            element = f"[^{mark}]{{0,{allowed}}}" if allowed else f"[^{mark}]*"
        else:
            element = f"(?:{'|'.join(map(re.escape, sorted(allowed)))}|)"
        pattern = f"(?:{mark}{element}{pattern})?"
    return re.compile(name + pattern)


def check_elements(reader: ContentReader, elements: list[str], known: Elements) -> None:
    """Report every element that is too long or not one of its codes; warn of those not read."""
    unread: list[str] = []
    for index, text in enumerate(elements):
        if not text or not index:
            continue
        allowed = known.get(index)
        if allowed is None:
            unread.append(f"{elements[0]}{index:02d}")
        elif isinstance(allowed, int):
            if allowed and len(text) > allowed:
                name = f"{elements[0]}{index:02d}"
                message = f"{name} has more than {allowed} characters."
                reader.report("element_too_long", message, name)
        elif text not in allowed:
            name = f"{elements[0]}{index:02d}"
            reader.report("invalid_code", f"{name} is not one of its codes.", name)
    if unread:
        message = f"{', '.join(unread)}: not expected here and not read."
        reader.warn("unexpected_element", message, unread[0])
