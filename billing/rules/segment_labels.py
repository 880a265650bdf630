"""Plain words beside each segment of an 837, for people who read claims and not X12.

Decides nothing about the claim. Knows the segments our writer writes; others get no label.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Elements = Sequence[str]


@dataclass(frozen=True, slots=True)
class LabelledSegment:
    """One segment: `name` such as CLM, `rest` as on the wire, `loop` only where a loop begins."""

    number: int
    name: str
    rest: str
    label: str
    loop: str = ""
    problem: str = ""


PARTIES = {
    "41": ("1000A Submitter", "Submitter"),
    "40": ("1000B Receiver", "Receiver"),
    "85": ("2010AA Billing provider", "Billing provider"),
    "87": ("2010AB Pay-to address", "Pay-to address"),
    "IL": ("2010BA Subscriber", "Policy holder"),
    "PR": ("2010BB Payer", "Payer"),
    "QC": ("2010CA Patient", "Patient"),
    "DN": ("2310 Referring provider", "Referring provider"),
    "82": ("2310 Rendering provider", "Rendering provider"),
    "77": ("2310 Service facility", "Service facility"),
    "71": ("2310A Attending provider", "Attending provider"),
    "72": ("Operating provider", "Operating provider"),
    "ZZ": ("Other operating provider", "Other operating provider"),
}
LEVELS = {
    "20": ("2000A Billing level", "Billing provider level"),
    "22": ("2000B Subscriber level", "Subscriber level"),
    "23": ("2000C Patient level", "Patient level"),
}
REFERENCES = {
    "EI": "Tax id",
    "SY": "Social security number",
    "F8": "Payer's number of the claim replaced",
    "G1": "Prior authorization",
    "9F": "Referral number",
    "6R": "Line number the payer echoes",
    "X4": "Laboratory certificate",
    "D9": "Clearinghouse number",
    "2U": "Payer's second id",
}
DATES = {
    "472": "Date of service",
    "431": "Onset",
    "454": "First treated",
    "434": "Statement",
    "435": "Admission",
    "096": "Hour of discharge",
}
# HI by its qualifier; diagnoses of a professional claim share one segment.
CODES = {
    "ABK": "Diagnoses",
    "ABF": "Other diagnoses",
    "ABJ": "Admitting diagnosis",
    "APR": "Reasons for the visit",
    "ABN": "External causes",
    "DR": "DRG",
    "BBR": "Principal procedure",
    "BBQ": "Other procedures",
    "BI": "Occurrence spans",
    "BH": "Occurrences",
    "BE": "Value codes",
    "BG": "Condition codes",
    "TC": "Treatment codes",
}
FREQUENCIES = {"1": "original", "7": "replacement", "8": "void"}


def _at(elements: Elements, position: int) -> str:
    return elements[position] if position < len(elements) else ""


def _day(text: str) -> str:
    """CCYYMMDD as people write it; other texts as they are."""
    return f"{text[4:6]}/{text[6:8]}/{text[:4]}" if len(text) == 8 and text.isdigit() else text


def _claim(elements: Elements) -> str:
    place, qualifier, frequency = (_at(elements, 5).split(":") + ["", ""])[:3]
    kind = FREQUENCIES.get(frequency, frequency)
    if qualifier == "A":
        bill = f"0{place}{frequency}"
        return f"Claim {_at(elements, 1)}, billed {_at(elements, 2)}, type of bill {bill}"
    return f"Claim {_at(elements, 1)}, billed {_at(elements, 2)}, place {place}, {kind}"


def _procedure(elements: Elements) -> str:
    code, *modifiers = _at(elements, 1).split(":")[1:]
    pointed = "".join(
        chr(64 + int(p)) for p in _at(elements, 7).split(":") if p.isdigit() and 0 < int(p) < 27
    )
    shown = "-".join([code, *[modifier for modifier in modifiers if modifier]])
    return f"{shown}, {_at(elements, 4)} units, billed {_at(elements, 2)}, diagnoses {pointed}"


def _revenue(elements: Elements) -> str:
    code, *modifiers = (_at(elements, 2).split(":") + [""])[1:]
    shown = "-".join([code, *[modifier for modifier in modifiers if modifier]])
    procedure = f", {shown}" if code else ""
    units = f"{_at(elements, 5)} {'days' if _at(elements, 4) == 'DA' else 'units'}"
    return f"Revenue code {_at(elements, 1)}{procedure}, {units}, billed {_at(elements, 3)}"


def _codes(elements: Elements) -> str:
    codes = [part.split(":")[1] for part in elements[1:] if ":" in part]
    return f"{CODES.get(_at(elements, 1).split(':')[0], 'Codes')} {', '.join(codes)}"


def _subscriber(elements: Elements) -> str:
    rank = {"P": "Primary", "S": "Secondary", "T": "Tertiary"}.get(_at(elements, 1), "")
    own = "patient holds the policy" if _at(elements, 2) == "18" else "somebody else holds it"
    return f"{rank} coverage, {own}, filing indicator {_at(elements, 9)}"


LABELS: dict[str, Callable[[Elements], str]] = {
    "ISA": lambda e: f"Interchange {_at(e, 13)} from {_at(e, 6).strip()} to {_at(e, 8).strip()}",
    "GS": lambda e: f"Group {_at(e, 6)} of health care claims",
    "ST": lambda e: f"Transaction {_at(e, 2)}",
    "BHT": lambda e: f"Created {_day(_at(e, 4))}",
    "HL": lambda e: LEVELS.get(_at(e, 3), ("", "Level"))[1],
    "NM1": lambda e: PARTIES.get(_at(e, 1), ("", "Party"))[1],
    "PER": lambda e: "Contact",
    "N3": lambda e: "Street",
    "N4": lambda e: "City, state, ZIP code",
    "DMG": lambda e: f"Born {_day(_at(e, 2))}, sex {_at(e, 3)}",
    "PRV": lambda e: f"Taxonomy {_at(e, 3)}",
    "SBR": _subscriber,
    "PAT": lambda e: "Patient's relationship to the policy holder",
    "CLM": _claim,
    "REF": lambda e: REFERENCES.get(_at(e, 1), f"Reference {_at(e, 1)}"),
    "DTP": lambda e: f"{DATES.get(_at(e, 1), 'Date')} {_day(_at(e, 3))}",
    "HI": _codes,
    "CL1": lambda e: f"Admission {_at(e, 1)} from {_at(e, 2)}, patient's status {_at(e, 3)}",
    "NTE": lambda e: "Note",
    "LX": lambda e: f"Line {_at(e, 1)}",
    "SV1": _procedure,
    "SV2": _revenue,
    "LIN": lambda e: f"Drug {_at(e, 3)}",
    "CTP": lambda e: f"Drug quantity {_at(e, 4)}",
    "SE": lambda e: f"{_at(e, 1)} segments in the transaction",
    "GE": lambda e: "End of group",
    "IEA": lambda e: "End of interchange",
}


def _loop(name: str, elements: Elements) -> str:
    """The loop this segment begins; empty inside one."""
    if name == "HL":
        return LEVELS.get(_at(elements, 3), ("",))[0]
    if name == "NM1":
        return PARTIES.get(_at(elements, 1), ("",))[0]
    return {"ISA": "Envelope", "CLM": "2300 Claim", "LX": "2400 Line", "SE": "Envelope"}.get(
        name, ""
    )


def without_accounts(elements: Elements) -> Elements:
    """BPR with dots for its bank accounts (BPR09, BPR15): they are kept and never shown."""
    return ["····" if index in (9, 15) and value else value for index, value in enumerate(elements)]


def label_segments(
    content: bytes, *, start: int = 0, limit: int = 400
) -> tuple[list[LabelledSegment], int]:
    """Segments `start` to `start + limit` of a file our writer made, and how many there are."""
    terminator = chr(content[105]) if len(content) > 105 else "~"
    separator = chr(content[3]) if len(content) > 3 else "*"
    texts = [text.strip() for text in content.decode("latin-1").split(terminator)]
    texts = [text for text in texts if text]
    labelled = []
    for number, text in enumerate(texts[start : start + limit], start + 1):
        elements = text.split(separator)
        name = elements[0]
        label = LABELS[name](elements) if name in LABELS else ""
        if name == "BPR":
            text = separator.join(without_accounts(elements))
        rest = f"{text[len(name) :]}{terminator}"
        labelled.append(LabelledSegment(number, name, rest, label, _loop(name, elements)))
    return labelled, len(texts)
