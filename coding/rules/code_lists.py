"""Short lists of code numbers that several checks share. Numbers only, no descriptors."""

NEW_PATIENT_VISITS = frozenset({"99202", "99203", "99204", "99205"})
OFFICE_VISITS = NEW_PATIENT_VISITS | {"99211", "99212", "99213", "99214", "99215"}
# Small procedures of an office day. A visit beside one is paid only when it is marked separate.
# fmt: off
MINOR_PROCEDURES = frozenset({
    "10060", "10061", "10120", "10160", "11055", "11056", "11057", "11102", "11104", "11106",
    "11200", "11400", "11401", "11402", "11420", "11421", "11422", "11440", "11441", "11442",
    "11719", "11720", "11721", "11730", "11750", "11900", "12001", "12002", "12011", "12013",
    "17000", "17003", "17004", "17110", "17111", "20550", "20551", "20552", "20553", "20600",
    "20604", "20605", "20606", "20610", "20611", "29125", "29515", "30901", "46600", "51701",
    "51702", "57452", "58100", "58300", "58301", "64405", "64450", "65205", "69200", "69209",
    "69210",
})
# fmt: on
# A check-up is complete in itself too; a problem treated beside it is a visit of its own.
CHECK_UPS = frozenset({"G0402", "G0438", "G0439", *map(str, range(99381, 99388))}) | frozenset(
    map(str, range(99391, 99398))
)
# Drugs mostly drawn from vials of many doses, for which nothing is said about waste.
MULTI_DOSE_DRUGS = frozenset({"J1100", "J1815", "J2001", "J3420"})
# Joint injections and the like: done on one side or both, and the claim must say which.
SIDED_PROCEDURES = frozenset({"20600", "20604", "20605", "20606", "20610", "20611"})
SIDE_WORDS = {"RT": "right", "LT": "left"}
SIDE_MODIFIERS = frozenset({"RT", "LT", "50"})
# Revenue codes of rooms (010x to 021x): they count days, and the statement says which.
ROOM_REVENUE = tuple(f"{number:03}" for number in range(10, 22))
# The payers that must follow NCCI; others often do, with edits of their own.
NCCI_PAYERS = frozenset({"medicare", "medicaid", "advantage"})
# Those that follow CMS's coverage documents.
COVERED_PAYERS = frozenset({"medicare", "advantage"})
# SV103 of anesthesia.
MINUTES = "MJ"
SEPARATE_VISIT = "25"
# Places of service of patients admitted.
INPATIENT_PLACES = frozenset({"21", "51", "61"})
