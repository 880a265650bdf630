"""Numbers and letters the guides and CMS give out, as sets; what they mean is not told here."""


def _set(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


STATES = _set(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ"
    " NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
    " AS GU MP PR VI FM MH PW AA AE AP"
)
CANADIAN_PROVINCES = _set("AB BC MB NB NL NS NT NU ON PE QC SK YT")

# CMS place of service codes in use.
PLACES_OF_SERVICE = _set(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34"
    " 41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99"
)
# Places where the patient is in somebody else's house: the house must be named (2310C).
FACILITY_PLACES = _set("21 22 23 24 31 32 51 61")
# CLM05-3 of a claim that replaces or voids another.
CORRECTIONS = _set("7 8")

# SBR02 and PAT01, SBR09, SBR05.
RELATIONSHIPS = _set("18 01 19 20 21 39 40 53 G8")
FILING_INDICATORS = _set("11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ")
INSURANCE_TYPES = _set("12 13 14 15 16 41 42 43 47")
MEDICARE = _set("MA MB")
# Payers of an injury know the case by its own number, not a member.
CASE_PAYERS = _set("WC AM LM")

# First two digits of a type of bill in use; CL101 and CL102.
TYPES_OF_BILL = _set(
    "11 12 13 14 18 21 22 23 28 32 33 34 41 43 65 66 71 72 73 74 75 76 77 79 81 82 83 84 85 86 87"
    " 89"
)
# CL103 in use.
PATIENT_STATUSES = _set(
    "01 02 03 04 05 06 07 09 20 21 30 40 41 42 43 50 51 61 62 63 64 65 66 69 70 81 82 83 84 85 86"
    " 87 88 89 90 91 92 93 94 95"
)
# Bills of patients who sleep elsewhere: no room is on them.
WITHOUT_ROOM = _set("12 13 14 22 23 34 71 72 73 74 75 76 77 83 85")
ADMISSION_TYPES = _set("1 2 3 4 5 9")
ORIGINS = _set("1 2 4 5 6 8 9 D E F G")
