"""In which order codes come when the words say no more: what is coded every day before the rest."""

# What family practice codes every day comes before what merely has a shorter name.
# fmt: off
COMMON = frozenset({
    "E119", "E1165", "E1142", "E1122", "E782", "E785", "E039", "E669", "E6601", "F411",
    "F329", "F339", "G43909", "G4733", "H6690", "H6691", "H6692", "I10", "I2510", "I480",
    "I4891", "I509", "J020", "J029", "J0190", "J069", "J189", "J209", "J301", "J309",
    "J4520", "J45909", "J449", "J441", "K219", "K5900", "L039", "L309", "L700", "M170",
    "M1711", "M1712", "M25511", "M25512", "M25561", "M25562", "M5416", "M542", "M5450", "M5459",
    "M545", "N183", "N390", "N401", "R05", "R059", "R0602", "R079", "R109", "R51",
    "R519", "R7303", "Z0000", "Z0001", "Z23", "Z7984", "Z794",
})
# fmt: on
# Ranks at which a code is an early one: only the others are left out of a broad first look.
EARLY = 50
LATER_ENCOUNTER = 60
SEQUELA = 5
# Chapters that describe how something came about, or belong to few patients.
SELDOM = {"V": 25, "W": 25, "X": 25, "Y": 25, "T": 10, "O": 8, "P": 8, "Q": 6}
ICD10CM = "icd10cm"


def rank_of(system: str, code: str, label: str | None, *, is_billable: bool) -> int:
    """0 for a code of every day up to about 130; codes of EARLY and more are later encounters."""
    if code in COMMON:
        return 0
    words = (label or "").count(" ") + 1
    rank = min(words, 20)
    if system != ICD10CM:
        return rank
    rank += SELDOM.get(code[0], 0)
    if not is_billable:
        rank += 5
    # The 7th character: A is the first visit for an injury, B and C those of an open fracture.
    if len(code) == 7 and code[6] in "BCDEFGHJKLMNPQRS":
        later = 20 if code[6] in "BC" else LATER_ENCOUNTER
        rank = EARLY + later + SEQUELA * (code[6] == "S") + min(words, 20)
    return rank
