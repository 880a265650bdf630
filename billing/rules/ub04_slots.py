"""Where each text of a UB-04 (CMS-1450) stands.

The NUBC form is printed at 10 by 6: 63 print lines of 82 columns, data on every line. Its form
locators are in the Medicare Claims Processing Manual, chapter 25, section 75. The positions are
those public programs print this form with (Indian Health Service, third party billing, routines
ABMDF28X, ABMDF28Y and ABMDF28Z, which count columns from 0; here from 1).
"""

from billing.rules.paper_form import LINE_HEIGHT, Grid, Slot

# 63 lines of the 66 of the paper and 82 columns of the 85: the form stands in the paper's middle,
# a quarter inch below the top edge and 0.15 inch from the left one.
TOP_EDGE = LINE_HEIGHT * 3 // 2
LEFT_EDGE = 108
GRID = Grid("UB-04", TOP_EDGE, LEFT_EDGE, 63, 82)

REVENUE_LINES = 22
FIRST_REVENUE_LINE = 18
TOTAL_LINE = FIRST_REVENUE_LINE + REVENUE_LINES
PAYERS = ("A", "B", "C")
CONDITIONS, OCCURRENCES, SPANS, VALUES, OTHER_DIAGNOSES = 11, 8, 4, 12, 17
OTHER_PROCEDURES = 5

_FIXED = {
    "1.1": Slot("1", 1, 1, 25),
    "1.2": Slot("1", 2, 1, 25),
    "1.3": Slot("1", 3, 1, 25),
    "1.4": Slot("1", 4, 1, 25),
    "2.1": Slot("2", 1, 26, 25),
    "2.2": Slot("2", 2, 26, 25),
    "2.3": Slot("2", 3, 26, 25),
    "3a": Slot("3A", 1, 54, 24),
    "3b": Slot("3B", 2, 54, 23),
    "4": Slot("4", 2, 78, 4),
    "5": Slot("5", 4, 51, 10),
    "6.from": Slot("6", 4, 61, 6),
    "6.to": Slot("6", 4, 68, 6),
    "8a": Slot("8A", 5, 12, 19),
    "8b": Slot("8B", 6, 3, 29),
    "9a": Slot("9A", 5, 42, 40),
    "9b": Slot("9B", 6, 32, 30),
    "9c": Slot("9C", 6, 65, 2),
    "9d": Slot("9D", 6, 69, 10),
    "9e": Slot("9E", 6, 80, 2),
    "10": Slot("10", 8, 1, 8),
    "11": Slot("11", 8, 11, 1),
    "12": Slot("12", 8, 13, 6),
    "13": Slot("13", 8, 20, 2),
    "14": Slot("14", 8, 23, 1),
    "15": Slot("15", 8, 26, 1),
    "16": Slot("16", 8, 28, 2),
    "17": Slot("17", 8, 31, 2),
    "29": Slot("29", 8, 70, 2),
    "42.total": Slot("42", TOTAL_LINE, 1, 4),
    "43.page": Slot("PAGE", TOTAL_LINE, 11, 3, is_right=True),
    "43.pages": Slot("OF", TOTAL_LINE, 17, 3, is_right=True),
    "45.created": Slot("45", TOTAL_LINE, 46, 6),
    "47.total": Slot("47", TOTAL_LINE, 61, 10, is_right=True),
    "48.total": Slot("48", TOTAL_LINE, 72, 9, is_right=True),
    "56": Slot("56", 41, 69, 13),
    "66": Slot("66", 54, 1, 1),
    "69": Slot("69", 55, 5, 7),
    "71": Slot("71", 55, 43, 4),
}


def _code_slots() -> dict[str, Slot]:
    """FL 18-28 conditions, 31-34 occurrences, 35-36 spans, 39-41 values, in their order."""
    slots = {
        f"18.{index}": Slot(str(18 + index), 8, 35 + 3 * index, 2) for index in range(CONDITIONS)
    }
    for index in range(OCCURRENCES):
        box, line, column = str(31 + index % 4), 10 + index // 4, 1 + 10 * (index % 4)
        slots[f"31.{index}"] = Slot(box, line, column, 2)
        slots[f"31.{index}.on"] = Slot(box, line, column + 3, 6)
    for index in range(SPANS):
        box, line, column = str(35 + index % 2), 10 + index // 2, 41 + 17 * (index % 2)
        slots[f"35.{index}"] = Slot(box, line, column, 2)
        slots[f"35.{index}.from"] = Slot(box, line, column + 3, 6)
        slots[f"35.{index}.to"] = Slot(box, line, column + 10, 6)
    for row in range(5):
        slots[f"38.{row}"] = Slot("38", 12 + row, 1, 40)
    for index in range(VALUES):
        box, line, column = str(39 + index % 3), 13 + index // 3, 44 + 13 * (index % 3)
        slots[f"39.{index}"] = Slot(box, line, column, 2)
        slots[f"39.{index}.amount"] = Slot(box, line, column + 3, 9, is_right=True)
    return slots


def _revenue_slots(row: int) -> dict[str, Slot]:
    """FL 42-48 of one of the 22 lines."""
    line = FIRST_REVENUE_LINE + row
    return {
        f"42.{row}": Slot("42", line, 1, 4),
        f"43.{row}": Slot("43", line, 6, 24),
        f"44.{row}": Slot("44", line, 31, 14),
        f"45.{row}": Slot("45", line, 46, 6),
        f"46.{row}": Slot("46", line, 53, 7, is_right=True),
        f"47.{row}": Slot("47", line, 61, 10, is_right=True),
        f"48.{row}": Slot("48", line, 72, 9, is_right=True),
    }


def _payer_slots(row: int) -> dict[str, Slot]:
    """FL 50-55, 57-65: rows A, B and C."""
    letter, paid, insured, treated = PAYERS[row], 42 + row, 46 + row, 50 + row
    return {
        f"50.{row}": Slot(f"50{letter}", paid, 1, 22),
        f"51.{row}": Slot(f"51{letter}", paid, 24, 14),
        f"52.{row}": Slot(f"52{letter}", paid, 39, 1),
        f"53.{row}": Slot(f"53{letter}", paid, 42, 1),
        f"54.{row}": Slot(f"54{letter}", paid, 44, 10, is_right=True),
        f"55.{row}": Slot(f"55{letter}", paid, 56, 10, is_right=True),
        f"57.{row}": Slot(f"57{letter}", paid, 68, 14),
        f"58.{row}": Slot(f"58{letter}", insured, 1, 25),
        f"59.{row}": Slot(f"59{letter}", insured, 27, 2),
        f"60.{row}": Slot(f"60{letter}", insured, 30, 20),
        f"61.{row}": Slot(f"61{letter}", insured, 50, 14),
        f"62.{row}": Slot(f"62{letter}", insured, 65, 17),
        f"63.{row}": Slot(f"63{letter}", treated, 1, 30),
        f"64.{row}": Slot(f"64{letter}", treated, 31, 26),
        f"65.{row}": Slot(f"65{letter}", treated, 58, 24),
    }


def _diagnosis_slots() -> dict[str, Slot]:
    """FL 67 with A to Q, 70 and 72, each with its indicator; 74 with A to E."""
    slots: dict[str, Slot] = {}
    for index in range(OTHER_DIAGNOSES + 1):
        box = "67" + ("" if index == 0 else chr(64 + index))
        line, column = 53 + index // 9, 2 + 8 * (index % 9)
        slots[f"67.{index}"] = Slot(box, line, column, 7)
        slots[f"67.{index}.poa"] = Slot(box, line, column + 7, 1)
    for index in range(3):
        slots[f"70.{index}"] = Slot(f"70{chr(65 + index)}", 55, 18 + 8 * index, 7)
        slots[f"72.{index}"] = Slot(f"72{chr(65 + index)}", 55, 49 + 8 * index, 7)
        slots[f"72.{index}.poa"] = Slot(f"72{chr(65 + index)}", 55, 56 + 8 * index, 1)
    for index in range(OTHER_PROCEDURES + 1):
        box = "74" + ("" if index == 0 else chr(64 + index))
        line, column = 57 + 2 * (index // 3), 1 + 15 * (index % 3)
        slots[f"74.{index}"] = Slot(box, line, column, 7)
        slots[f"74.{index}.on"] = Slot(box, line, column + 8, 6)
    return slots


def _provider_slots() -> dict[str, Slot]:
    """FL 76-79, two lines each, and the remarks (80) and code-code pairs (81) beside them."""
    slots: dict[str, Slot] = {}
    for index in range(4):
        box, line = str(76 + index), 56 + 2 * index
        if index > 1:
            slots[f"{box}.type"] = Slot(box, line, 56, 2)
        slots[f"{box}.npi"] = Slot(box, line, 60, 10)
        slots[f"{box}.qualifier"] = Slot(box, line, 71, 2)
        slots[f"{box}.number"] = Slot(box, line, 73, 9)
        slots[f"{box}.last"] = Slot(box, line + 1, 54, 15)
        slots[f"{box}.first"] = Slot(box, line + 1, 71, 11)
    for row in range(4):
        slots[f"80.{row}"] = Slot("80", 60 + row, 1, 24 if row else 19)
        letter = "ABCD"[row]
        slots[f"81.{row}.qualifier"] = Slot(f"81{letter}", 60 + row, 27, 2)
        slots[f"81.{row}"] = Slot(f"81{letter}", 60 + row, 29, 10)
        slots[f"81.{row}.value"] = Slot(f"81{letter}", 60 + row, 40, 12)
    return slots


SLOTS: dict[str, Slot] = {**_FIXED, **_code_slots(), **_diagnosis_slots(), **_provider_slots()}
for _row in range(REVENUE_LINES):
    SLOTS.update(_revenue_slots(_row))
for _row in range(len(PAYERS)):
    SLOTS.update(_payer_slots(_row))
