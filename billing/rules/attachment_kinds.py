"""What an attachment is and how it travels: PWK01 and PWK02 of 005010X222A1 and X223A2.

The codes are the guide's, the labels our own. Certifications of equipment are lines' and stand
elsewhere. Loop 2300 holds ten PWK.
"""

from rcm.x12.claim_837 import Attachment

MOST_ATTACHMENTS = 10
REPORT_TYPES = {
    "OZ": "Support for the claim",
    "M1": "Medical record",
    "09": "Progress notes",
    "08": "Treatment plan",
    "06": "First assessment",
    "03": "Why more treatment than usual",
    "15": "Why admitted",
    "AS": "Summary of the admission",
    "DS": "Discharge summary",
    "OB": "Operation note",
    "B3": "Order of a physician",
    "PY": "Letter of a physician",
    "B4": "Referral form",
    "NN": "Nursing notes",
    "PN": "Therapy notes",
    "DG": "Diagnostic report",
    "LA": "Laboratory results",
    "P4": "Pathology report",
    "RR": "Radiology report",
    "RB": "Radiology images",
    "XP": "Photographs",
    "04": "Drugs given",
    "B2": "Prescription",
    "AM": "Ambulance papers",
    "EB": "Another payer's EOB",
}
ON_REQUEST = "AA"
TRANSMISSIONS = {
    "BM": "By mail",
    "FX": "By fax",
    "EL": "Electronically",
    "FT": "File transfer",
    ON_REQUEST: "Kept here, on request",
}
# What leaves on paper or by fax, in a packet with a cover sheet.
IN_PACKET = frozenset({"BM", "FX", ON_REQUEST})


def attachment_of(report_type: str, transmission: str, control_number: str) -> Attachment:
    """The PWK of one file. PWK05 and 06 are sent only with what travels apart from the claim."""
    number = "" if transmission == ON_REQUEST else control_number
    return Attachment(report_type, transmission, number)
