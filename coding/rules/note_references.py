"""What the notes of the tabular list name: codes, ranges, and titles that differ by a side."""

import re
from collections.abc import Iterator, Mapping

# "(E08.-)", "(O10-O11, O13-O16)": what notes name between parentheses, without dot and hyphen.
REFERENCE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]+)?(?:\.?-)?(?:[A-Z][0-9A-Z]{2}[0-9A-Z.]*)?")
SIDES = ("right", "left")


def references(note: str) -> Iterator[str]:
    """Code prefixes and ranges a note names: "E08", "O10-O11"."""
    for inside in re.findall(r"\(([^()]*)\)", note):
        for found in REFERENCE.findall(inside):
            low, hyphen, high = found.replace(".", "").partition("-")
            # "(HIV)" and "(COPD)" are no codes: every category has a digit.
            if low[:3].isalpha():
                continue
            yield f"{low}-{high}" if hyphen and high else low


def siblings_of(label: str, by_label: Mapping[str, str]) -> list[list[str]]:
    """For "… unspecified knee": [["right", code of "… right knee"], ["left", …]].

    `by_label` maps titles in lower case to codes without their dot.
    """
    lower = label.lower()
    if "unspecified" not in lower:
        return []
    found = []
    for side in SIDES:
        for match in re.finditer("unspecified", lower):
            words = lower[: match.start()] + side + lower[match.end() :]
            if words in by_label:
                found.append([side, by_label[words]])
                break
    return found
