"""Plain words for what a 277CA says of a claim. Numbers are the standard's, the labels are ours.

Decides which of a claim's statements counts and how it reads; never whether the claim moves.
"""

from rcm.x12.acknowledgment_277ca import ClaimStatus, Status, StatusInformation

CATEGORIES = {
    "A0": "Passed on to the next party",
    "A1": "Received",
    "A2": "Taken in for a decision",
    "A3": "Sent back: cannot be worked on",
    "A4": "Not found",
    "A5": "Split into several claims",
    "A6": "Something needed is missing",
    "A7": "Something on it is not valid",
    "A8": "Two things on it do not fit together",
}
# What the claim comes back with; the others only say where it is.
REFUSING = frozenset({"A3", "A4", "A6", "A7", "A8"})
CODES = {
    "16": "passed on",
    "20": "accepted",
    "21": "missing or not valid",
    "24": "not approved to send electronically",
    "26": "not found",
    "33": "policy holder and member id not found",
    "54": "duplicate of a claim decided before",
    "78": "duplicate of a claim still waiting",
    "88": "no benefits on the day of service",
    "91": "not approved on the day of service",
    "97": "patient not covered by this payer",
    "109": "not eligible",
    "116": "sent to the wrong payer",
    "122": "data missing or not valid",
    "125": "name",
    "145": "taxonomy code",
    "153": "identification number",
    "158": "birth date",
    "164": "member id",
    "178": "amount billed",
    "187": "date of service",
    "249": "place of service",
    "254": "first diagnosis",
    "255": "diagnosis code",
    "453": "modifier",
    "454": "procedure code",
    "464": "payer's claim number",
    "476": "units",
    "477": "diagnosis pointer",
    "478": "claim number",
    "500": "ZIP code",
    "535": "claim frequency",
    "562": "NPI",
    "718": "filed too late",
}
ENTITIES = {
    "1P": "provider",
    "40": "receiver",
    "41": "submitter",
    "77": "service facility",
    "82": "rendering provider",
    "85": "billing provider",
    "DN": "referring provider",
    "IL": "subscriber",
    "PR": "payer",
    "QC": "patient",
}


def describe_status(status: Status) -> str:
    """One composite in words, such as "Something on it is not valid: subscriber, member id"."""
    category = CATEGORIES.get(status.category, f"Category {status.category}")
    code = CODES.get(status.code, f"status {status.code}" if status.code else "")
    detail = ", ".join(part for part in (ENTITIES.get(status.entity, ""), code) if part)
    return f"{category}: {detail}" if detail else category


def deciding_information(status: ClaimStatus) -> StatusInformation | None:
    """The statement that counts: the first rejection, a rejected line's if the claim has none,
    else the last acceptance; None when empty.
    """
    of_lines = (part for _, parts in status.lines for part in parts)
    rejections = [part for part in (*status.information, *of_lines) if part.action == "U"]
    if rejections:
        return rejections[0]
    return status.information[-1] if status.information else None


def deciding_status(information: StatusInformation) -> Status | None:
    """Of up to three composites the one that names a cause: a refusing category with a code."""
    refusing = [s for s in information.statuses if s.category in REFUSING and s.code]
    found = refusing or list(information.statuses)
    return found[0] if found else None


def describe_information(information: StatusInformation) -> str:
    """All composites of one STC in words; the payer's free text is left out: it may name people."""
    return "; ".join(describe_status(status) for status in information.statuses)
