"""A small dictionary for tests of reading notes: a few real codes, the tables of ours."""

from datetime import date

from coding import text_tables
from coding.rules.suggestions import Knowledge, Reading, Suggestion, read_chart
from coding.rules.text_notes import NoteText
from coding.rules.text_terms import IndexedCode, build_index

ON = date(2026, 11, 2)
STARTS = date(2025, 10, 1)
HEADINGS = {
    "C5091": "Malignant neoplasm of breast of unspecified site, female",
    "E11": "Type 2 diabetes mellitus",
    "I50": "Heart failure",
    "I502": "Systolic (congestive) heart failure",
    "J44": "Other chronic obstructive pulmonary disease",
    "M17": "Osteoarthritis of knee",
    "M171": "Unilateral primary osteoarthritis of knee",
    "M2556": "Pain in knee",
    "M706": "Trochanteric bursitis",
    "M545": "Low back pain",
    "N18": "Chronic kidney disease (CKD)",
    "N183": "Chronic kidney disease, stage 3 (moderate)",
    "N300": "Acute cystitis",
}
BILLABLE = {
    "B0789": "Retired wart",
    "C50911": "Malignant neoplasm of unspecified site of right female breast",
    "E119": "Type 2 diabetes mellitus without complications",
    "E1122": "Type 2 diabetes mellitus with diabetic chronic kidney disease",
    "E1140": "Type 2 diabetes mellitus with diabetic neuropathy, unspecified",
    "E1142": "Type 2 diabetes mellitus with diabetic polyneuropathy",
    "E1165": "Type 2 diabetes mellitus with hyperglycemia",
    "E785": "Hyperlipidemia, unspecified",
    "I10": "Essential (primary) hypertension",
    "I110": "Hypertensive heart disease with heart failure",
    "I129": "Hypertensive chronic kidney disease with stage 1 through stage 4",
    "I130": "Hypertensive heart and chronic kidney disease with heart failure",
    "I5020": "Unspecified systolic (congestive) heart failure",
    "I5022": "Chronic systolic (congestive) heart failure",
    "I509": "Heart failure, unspecified",
    "I2699": "Other pulmonary embolism without acute cor pulmonale",
    "J189": "Pneumonia, unspecified organism",
    "J441": "Chronic obstructive pulmonary disease with (acute) exacerbation",
    "J449": "Chronic obstructive pulmonary disease, unspecified",
    "M170": "Bilateral primary osteoarthritis of knee",
    "M1710": "Unilateral primary osteoarthritis, unspecified knee",
    "M1711": "Unilateral primary osteoarthritis, right knee",
    "M1712": "Unilateral primary osteoarthritis, left knee",
    "M179": "Osteoarthritis of knee, unspecified",
    "M25561": "Pain in right knee",
    "M25562": "Pain in left knee",
    "M25569": "Pain in unspecified knee",
    "M5450": "Low back pain, unspecified",
    "M7060": "Trochanteric bursitis, unspecified hip",
    "M7061": "Trochanteric bursitis, right hip",
    "M7062": "Trochanteric bursitis, left hip",
    "N1830": "Chronic kidney disease, stage 3 unspecified",
    "N1831": "Chronic kidney disease, stage 3a",
    "N189": "Chronic kidney disease, unspecified",
    "N3000": "Acute cystitis without hematuria",
    "N3001": "Acute cystitis with hematuria",
    "R05": "Cough",
    "R079": "Chest pain, unspecified",
    "R509": "Fever, unspecified",
    "Z23": "Encounter for immunization",
    "Z794": "Long term (current) use of insulin",
    "Z803": "Family history of malignant neoplasm of breast",
    "Z853": "Personal history of malignant neoplasm of breast",
}
WAITING = {"S51812": "Laceration without foreign body of left forearm"}


def rows() -> list[IndexedCode]:
    found = [IndexedCode(code, label, False, STARTS) for code, label in HEADINGS.items()]
    found += [
        IndexedCode(code, label, True, STARTS, date(2026, 9, 30) if code == "B0789" else None)
        for code, label in BILLABLE.items()
    ]
    return found + [
        IndexedCode(code, label, False, STARTS, None, "ADS") for code, label in WAITING.items()
    ]


def knowledge() -> Knowledge:
    return text_tables.knowledge_of(build_index(rows(), text_tables.own_terms()))


def read(text: str, known: Knowledge, on: date = ON, kind: str = "progress_note") -> Reading:
    return read_chart([NoteText(1, text, kind)], known, on)


def suggested(text: str, known: Knowledge, on: date = ON) -> list[Suggestion]:
    return list(read(text, known, on).suggestions)


def codes(text: str, known: Knowledge, on: date = ON) -> list[str]:
    return [suggestion.code for suggestion in suggested(text, known, on)]
