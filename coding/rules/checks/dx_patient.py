"""Checks of the diagnoses against the patient's age and sex, in the manner of CMS's MCE.

The groups of age are CMS's (newborn 0, pediatric 0-17, maternity 9-64, adult 15-124). CMS applies
them to claims of facilities, where they block; for others they are a warning. The full lists of
codes are CMS's to load; here are those chapters and codes that are certain.
"""

from dataclasses import dataclass

from coding.rules.code_facts import CodeFacts
from coding.rules.coded_claim import CodedClaim
from coding.rules.hits import WARNING, CodeLook, Hit, Look
from coding.rules.written_codes import dotted

MCE = "CMS Medicare Code Editor, age conflict"
SEX_SOURCE = "Prompt only: CMS ended its sex edit on 2024-10-01"


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Codes (by their start) that belong to ages from `low` to `high`, whole years, inclusive."""

    name: str
    low: int
    high: int
    starts: tuple[str, ...]


NEWBORN = AgeGroup("newborns", 0, 0, ("A33", "Z00110", "Z00111", "Z38"))
CHILD = AgeGroup("children", 0, 17, ("Z00121", "Z00129", "Z0070", "Z0071", "Z761", "Z762"))
MATERNITY = AgeGroup("ages 9 to 64", 9, 64, ("O", "Z34", "Z37", "Z39", "Z3A", "Z332", "Z640"))
ADULT = AgeGroup("ages from 15", 15, 124, ("N40", "R54", "Z0000", "Z0001", "F03", "H251"))
# Conditions of chapter 16 may last beyond the first year (Guidelines I.C.16.a.4), but seldom do.
PERINATAL = AgeGroup("newborns", 0, 0, ("P",))
FEMALE_ONLY = ("O", "C51", "C52", "C53", "C54", "C55", "C56", "C57", "C58", "N70", "N71", "N72",
               "N73", "N75", "N76", "N77", "N80", "N81", "N82", "N83", "N84", "N85", "N86", "N87",
               "N88", "N89", "N90", "N91", "N92", "N93", "N94", "N95", "N96", "N97", "Z33", "Z34",
               "Z3A", "Z39")  # fmt: skip
MALE_ONLY = ("C60", "C61", "C62", "C63", "N40", "N41", "N42", "N43", "N44", "N45", "N46", "N47",
             "N48", "N49", "N50", "N51", "N52", "N53")  # fmt: skip


def look_group(group: AgeGroup) -> CodeLook:
    """The check of one group of age; a claim without a birth date has its own finding."""

    def look(view: CodedClaim, codes: CodeFacts) -> Look:
        age = view.age
        if age is None or group.low <= age <= group.high:
            return
        for code in view.every_diagnosis:
            if code.startswith(group.starts):
                yield Hit(
                    f"{dotted(code)} is for {group.name}; the patient is {age}.",
                    severity=_severity(view),
                    diagnosis=code,
                )

    return look


def _severity(view: CodedClaim) -> str:
    """CMS edits age on facility claims; a payer of professional claims may look, or not."""
    return "" if view.is_institutional else WARNING


def look_perinatal(view: CodedClaim, codes: CodeFacts) -> Look:
    for hit in look_group(PERINATAL)(view, codes):
        yield Hit(hit.message, diagnosis=hit.diagnosis)


def look_sex(view: CodedClaim, codes: CodeFacts) -> Look:
    """A prompt to look at the demographics only: CMS ended its edit on October 1, 2024."""
    others = {"M": (FEMALE_ONLY, "women"), "F": (MALE_ONLY, "men")}.get(view.sex)
    if others is None:
        return
    starts, whom = others
    for code in view.every_diagnosis:
        if code.startswith(starts):
            yield Hit(
                f"{dotted(code)} is mostly of {whom}; look at the patient's record.", diagnosis=code
            )


look_newborn = look_group(NEWBORN)
look_child = look_group(CHILD)
look_maternity = look_group(MATERNITY)
look_adult = look_group(ADULT)
