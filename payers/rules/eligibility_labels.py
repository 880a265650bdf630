"""Short names of ours for the numbers in a 270 and 271. The numbers are the standard's."""

from collections.abc import Mapping

# EB01.
BENEFITS: Mapping[str, str] = {
    "1": "Active",
    "2": "Active, full risk",
    "3": "Active, paid per head",
    "4": "Active, paid per head to the family doctor",
    "5": "Active, being looked into",
    "6": "Inactive",
    "7": "Inactive, update awaited",
    "8": "Inactive, being looked into",
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "CB": "Coverage basis",
    "D": "What is covered",
    "E": "Not covered beyond",
    "F": "Limit",
    "G": "Most the patient pays",
    "H": "No limit",
    "I": "Not covered",
    "J": "Cost containment",
    "K": "Reserve",
    "L": "Family doctor",
    "M": "Pre-existing condition",
    "MC": "Managed care coordinator",
    "N": "Limited to named providers",
    "O": "Not a medical necessity",
    "P": "Note of the payer",
    "Q": "Second opinion needed",
    "R": "Another payer",
    "S": "History of this year",
    "T": "Card lost or changed",
    "U": "Ask somebody else",
    "V": "The payer cannot say",
    "W": "Other source of the answer",
    "X": "Health care facility",
    "Y": "Spend down",
}
# EQ01 and EB03.
SERVICE_TYPES: Mapping[str, str] = {
    "1": "Medical care",
    "2": "Surgery",
    "3": "Consultation",
    "4": "X-ray",
    "5": "Laboratory",
    "6": "Radiation therapy",
    "7": "Anesthesia",
    "12": "Equipment, bought",
    "18": "Equipment, rented",
    "30": "Plan as a whole",
    "33": "Chiropractic",
    "35": "Dental",
    "42": "Home health",
    "45": "Hospice",
    "47": "Hospital",
    "48": "Hospital, inpatient",
    "50": "Hospital, outpatient",
    "51": "Emergency, accident",
    "52": "Emergency, medical",
    "53": "Surgery center",
    "62": "MRI and CT",
    "68": "Well baby",
    "73": "Diagnostic, medical",
    "80": "Immunizations",
    "81": "Routine physical",
    "86": "Emergency",
    "88": "Pharmacy",
    "93": "Podiatry",
    "98": "Office visit",
    "A4": "Psychiatry",
    "A6": "Psychotherapy",
    "AD": "Occupational therapy",
    "AF": "Speech therapy",
    "AG": "Skilled nursing",
    "AL": "Vision",
    "BY": "Office visit, sick",
    "BZ": "Office visit, well",
    "MH": "Mental health",
    "PT": "Physical therapy",
    "UC": "Urgent care",
}
# EB06.
TIMES: Mapping[str, str] = {
    "6": "an hour",
    "7": "a day",
    "13": "24 hours",
    "21": "years",
    "22": "a service year",
    "23": "a calendar year",
    "24": "so far this year",
    "25": "a contract",
    "26": "an episode",
    "27": "a visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "a lifetime",
    "33": "remaining of a lifetime",
    "34": "a month",
    "35": "a week",
    "36": "an admission",
}
# EB12.
NETWORKS: Mapping[str, str] = {
    "Y": "in network",
    "N": "out of network",
    "W": "in and out of network",
}
# AAA03.
REJECTIONS: Mapping[str, str] = {
    "04": "more was asked than is allowed",
    "15": "something needed is missing",
    "33": "something sent is not valid",
    "35": "out of network",
    "41": "not allowed to ask",
    "42": "the payer cannot answer now",
    "43": "provider id missing or not valid",
    "45": "provider specialty missing or not valid",
    "48": "referring provider id missing or not valid",
    "50": "the provider may not ask",
    "51": "the provider is not known",
    "52": "the provider was not enrolled that day",
    "53": "the question does not fit the provider",
    "56": "the date does not fit",
    "57": "date of service missing or not valid",
    "58": "birth date missing or not valid",
    "60": "birth date after the date of service",
    "61": "died before the date of service",
    "62": "date of service outside of what may be asked",
    "63": "date of service in the future",
    "64": "patient id missing or not valid",
    "65": "patient name missing or not valid",
    "66": "patient sex missing or not valid",
    "67": "patient not found",
    "68": "several patients with this id",
    "71": "the birth date is not the one on file",
    "72": "member id missing or not valid",
    "73": "policy holder's name missing or not valid",
    "74": "policy holder's sex missing or not valid",
    "75": "policy holder not found",
    "76": "several policy holders with this id",
    "77": "policy holder found, patient not",
    "78": "not in the group that was named",
    "79": "receiver's id not valid",
    "80": "no answer from the payer",
    "T4": "payer missing or not valid",
}
# AAA04.
FOLLOW_UPS: Mapping[str, str] = {
    "C": "correct it and ask again",
    "N": "do not ask again",
    "P": "ask the same again",
    "R": "it may be asked again",
    "S": "do not ask again, ask the other payer",
    "W": "ask again in 30 days",
    "X": "ask again in 10 days",
    "Y": "do not ask again: the answer will come",
}
MISMATCHES: Mapping[str, str] = {
    "member_id": "member id",
    "last_name": "last name",
    "first_name": "first name",
    "birth_date": "birth date",
}


def name_of_type(number: str) -> str:
    """A service type in words, its number when we have none."""
    return SERVICE_TYPES.get(number, f"Type {number}")


def describe_rejection(reason: str, follow_up: str) -> str:
    """An AAA in words: "the birth date is not the one on file (71): correct it and ask again"."""
    words = f"{REJECTIONS.get(reason, 'refused')} ({reason})"
    step = FOLLOW_UPS.get(follow_up, "")
    return f"{words}: {step}" if step else words
