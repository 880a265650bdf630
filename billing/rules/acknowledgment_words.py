"""Plain words for TA1 and 999: which code means what, and which field of a claim is meant.

Code numbers are those of 005010X231A1 (TA105, IK304, IK403, IK501, IK502, AK905), the words are
ours. Decides nothing about a claim.
"""

from collections.abc import Sequence

from billing.rules.segment_labels import LABELS

# TA105.
NOTES = {
    "000": "no error",
    "001": "its number at the end is not the one at its beginning",
    "002": "the standard it names is not supported",
    "003": "its version is not supported",
    "004": "its segment terminator is not valid",
    "005": "the kind of the sender's id is not valid",
    "006": "the sender's id is not valid",
    "007": "the kind of the receiver's id is not valid",
    "008": "the receiver's id is not valid",
    "009": "the receiver's id is not known there",
    "010": "the kind of authorization is not valid",
    "011": "the authorization is not valid",
    "012": "the kind of security is not valid",
    "013": "the security information is not valid",
    "014": "its date is not valid",
    "015": "its time is not valid",
    "016": "its standards id is not valid",
    "017": "its version id is not valid",
    "018": "its control number is not valid",
    "019": "its request for an answer is not valid",
    "020": "its test mark is not valid",
    "021": "it does not hold as many groups as it says",
    "022": "its structure is not valid",
    "023": "the file ends too early",
    "024": "something in it is not valid",
    "025": "its control number was used before",
    "026": "its element separator is not valid",
    "027": "its component separator is not valid",
    "028": "its delivery date is not valid",
    "029": "its delivery time is not valid",
    "030": "its delivery code is not valid",
    "031": "its level of service is not valid",
}
# IK501 and AK901, when the answer is no.
VERDICTS = {
    "R": "was rejected",
    "M": "was rejected: its authentication failed",
    "W": "was rejected: its assurance failed",
    "X": "was rejected: it could not be decrypted",
    "P": "was accepted in part",
    "E": "was accepted with errors",
    "A": "was accepted",
}
# IK304.
SEGMENT_ERRORS = {
    "1": "is not a known segment",
    "2": "was not expected here",
    "3": "is missing",
    "4": "its loop occurs too often",
    "5": "occurs too often",
    "6": "does not belong into this kind of file",
    "7": "stands in the wrong place",
    "8": "holds a wrong value",
    "I4": "must not be sent",
    "I6": "is missing where it is needed",
    "I7": "its loop occurs too rarely",
    "I8": "occurs too rarely",
    "I9": "must not be sent here",
}
# IK403.
ELEMENT_ERRORS = {
    "1": "is missing",
    "2": "is missing, since another value needs it",
    "3": "has values after the last one allowed",
    "4": "is too short",
    "5": "is too long",
    "6": "holds a character that is not allowed",
    "7": "is not a code that is allowed here",
    "8": "is not a valid date",
    "9": "is not a valid time",
    "10": "must not stand beside another value",
    "12": "is repeated too often",
    "13": "has too many parts",
    "I6": "is not a code this payer takes",
    "I9": "is missing where it is needed",
    "I10": "must not be sent",
    "I11": "is repeated too rarely",
    "I12": "does not look like such a value",
    "I13": "must not be sent here",
}
# IK502.
TRANSACTION_ERRORS = {
    "1": "this kind of file is not taken there",
    "2": "its end is missing",
    "3": "its number at the end is not the one at its beginning",
    "4": "it does not hold as many segments as it says",
    "5": "something in it is wrong",
    "6": "its kind is missing or not valid",
    "7": "its control number is missing or not valid",
    "23": "its control number occurs twice",
    "I5": "something in it is not as the payer needs it",
    "I6": "this version is not taken there",
}
# Segment, element (and component) -> what a person calls it.
FIELDS = {
    ("CLM", 1, 0): "claim number",
    ("CLM", 2, 0): "amount billed",
    ("CLM", 5, 0): "place of service and frequency",
    ("CLM", 5, 1): "place of service",
    ("CLM", 5, 3): "frequency",
    ("DMG", 2, 0): "birth date",
    ("DMG", 3, 0): "sex",
    ("DTP", 3, 0): "date",
    ("N3", 1, 0): "street",
    ("N3", 2, 0): "second line of the street",
    ("N4", 1, 0): "city",
    ("N4", 2, 0): "state",
    ("N4", 3, 0): "ZIP code",
    ("NM1", 3, 0): "last name or name",
    ("NM1", 4, 0): "first name",
    ("NM1", 9, 0): "id",
    ("PAT", 1, 0): "relationship",
    ("PER", 2, 0): "contact name",
    ("PER", 4, 0): "telephone",
    ("PRV", 3, 0): "taxonomy code",
    ("REF", 2, 0): "number",
    ("SBR", 1, 0): "rank",
    ("SBR", 2, 0): "relationship",
    ("SBR", 3, 0): "group number",
    ("SBR", 9, 0): "filing indicator",
    ("SV1", 1, 0): "procedure",
    ("SV1", 1, 2): "procedure code",
    ("SV1", 2, 0): "amount billed",
    ("SV1", 4, 0): "units",
    ("SV1", 7, 0): "diagnosis pointers",
    ("SV2", 1, 0): "revenue code",
    ("SV2", 2, 0): "procedure",
    ("SV2", 3, 0): "amount billed",
    ("SV2", 5, 0): "units",
}


PLACES = {
    "CLM": "Claim",
    "DMG": "Person",
    "DTP": "Dates",
    "HI": "Diagnoses",
    "N3": "Address",
    "N4": "Address",
    "PAT": "Patient",
    "PER": "Contact",
    "PRV": "Taxonomy",
    "SBR": "Coverage",
    "SV1": "Service",
    "SV2": "Service",
}


def describe_note(code: str) -> str:
    """TA105 in words, such as "its control number was used before"."""
    return NOTES.get(code, f"note {code}" if code else "no reason given")


def describe_verdict(code: str) -> str:
    """IK501, AK901 or TA104 in words."""
    return VERDICTS.get(code, f"was answered with {code}" if code else "was not answered")


def describe_transaction_errors(codes: Sequence[str]) -> str:
    """IK502 to IK506 in words; empty without codes."""
    return "; ".join(TRANSACTION_ERRORS.get(code, f"code {code}") for code in codes)


def name_field(segment: str, element: int, component: int) -> str:
    """What a person calls an element, such as "ZIP code"; else its place, such as "N407"."""
    if segment == "HI" and element:
        return f"diagnosis {element}"
    for key in ((segment, element, component), (segment, element, 0)):
        if key in FIELDS:
            return FIELDS[key]
    part = f"-{component}" if component else ""
    return f"{segment}{element:02d}{part}"


def name_place(elements: Sequence[str]) -> str:
    """Whose segment it is, without a value of it: "Policy holder", "Claim", "Service"."""
    name = elements[0]
    return LABELS[name](elements) if name in ("NM1", "REF", "HL") else PLACES.get(name, name)


def describe_segment_error(place: str, code: str) -> str:
    """IK3 in words: "City, state, ZIP code is missing"."""
    return f"{place} {SEGMENT_ERRORS.get(code, f'is wrong (code {code})')}"


def describe_element_error(place: str, field: str, code: str) -> str:
    """IK4 in words: "Policy holder, id: is too short"."""
    return f"{place}, {field}: {ELEMENT_ERRORS.get(code, f'is wrong (code {code})')}"
