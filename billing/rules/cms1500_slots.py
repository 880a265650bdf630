"""Where each text of a CMS-1500 (02/12) stands.

Columns and lines are the print positions of the NUCC form, which is laid out for 10 by 6 printing
(Medicare Claims Processing Manual, chapter 26, section 30): 79 columns, data on every second line.
Box 1 is print line 8 of the form, box 33a print line 61; the same positions are used by public
programs that print this form (Indian Health Service, third party billing, routine ABMDF35X).
"""

from billing.rules.paper_form import LINE_HEIGHT, Grid, Slot

# The form's frame begins 0.30 inch from the left and 1.33 inches from the top edge (the X and Y
# offsets of the printing standards); box 1 is written on the second line inside the frame. So
# print line 8 lies on line 10 of the paper.
LEFT_EDGE = 216
LINES_ABOVE_LINE_1 = 2
GRID = Grid("CMS-1500", LINES_ABOVE_LINE_1 * LINE_HEIGHT, LEFT_EDGE, 62, 79)

SERVICE_LINES = 6
FIRST_SERVICE_LINE = 43  # its shaded half; the lower half is the next line
DIAGNOSES = 12

_FIXED = {
    "page": Slot("PAGE", 5, 1, 20),
    "payer.1": Slot("PAYER", 2, 41, 38),
    "payer.2": Slot("PAYER", 3, 41, 38),
    "payer.3": Slot("PAYER", 4, 41, 38),
    "payer.4": Slot("PAYER", 5, 41, 38),
    "1.medicare": Slot("1", 8, 1, 1),
    "1.medicaid": Slot("1", 8, 8, 1),
    "1.tricare": Slot("1", 8, 15, 1),
    "1.champva": Slot("1", 8, 24, 1),
    "1.group": Slot("1", 8, 31, 1),
    "1.feca": Slot("1", 8, 39, 1),
    "1.other": Slot("1", 8, 45, 1),
    "1a": Slot("1A", 8, 50, 29),
    "2": Slot("2", 10, 1, 28),
    "3.birth": Slot("3", 10, 31, 10),
    "3.M": Slot("3", 10, 42, 1),
    "3.F": Slot("3", 10, 47, 1),
    "4": Slot("4", 10, 50, 29),
    "5.street": Slot("5", 12, 1, 28),
    "5.city": Slot("5", 14, 1, 24),
    "5.state": Slot("5", 14, 26, 3),
    "5.zip": Slot("5", 16, 1, 12),
    "6.18": Slot("6", 12, 33, 1),
    "6.01": Slot("6", 12, 38, 1),
    "6.19": Slot("6", 12, 42, 1),
    "6.other": Slot("6", 12, 47, 1),
    "7.street": Slot("7", 12, 50, 29),
    "7.city": Slot("7", 14, 50, 23),
    "7.state": Slot("7", 14, 74, 4),
    "7.zip": Slot("7", 16, 50, 12),
    "9": Slot("9", 18, 1, 28),
    "9a": Slot("9A", 20, 1, 28),
    "9d": Slot("9D", 26, 1, 28),
    "10a.yes": Slot("10A", 20, 35, 1),
    "10a.no": Slot("10A", 20, 41, 1),
    "10b.yes": Slot("10B", 22, 35, 1),
    "10b.no": Slot("10B", 22, 41, 1),
    "10b.state": Slot("10B", 22, 45, 2),
    "10c.yes": Slot("10C", 24, 35, 1),
    "10c.no": Slot("10C", 24, 41, 1),
    "10d": Slot("10D", 26, 30, 19),
    "11": Slot("11", 18, 50, 29),
    "11a.birth": Slot("11A", 20, 53, 10),
    "11a.M": Slot("11A", 20, 68, 1),
    "11a.F": Slot("11A", 20, 75, 1),
    "11b.qualifier": Slot("11B", 22, 50, 2),
    "11b": Slot("11B", 22, 53, 26),
    "11c": Slot("11C", 24, 50, 29),
    "11d.yes": Slot("11D", 26, 52, 1),
    "11d.no": Slot("11D", 26, 57, 1),
    "12": Slot("12", 29, 7, 24),
    "13": Slot("13", 29, 56, 23),
    "14": Slot("14", 32, 2, 10),
    "14.qualifier": Slot("14", 32, 16, 3),
    "15.qualifier": Slot("15", 32, 31, 3),
    "15": Slot("15", 32, 37, 10),
    "16.from": Slot("16", 32, 54, 10),
    "16.to": Slot("16", 32, 68, 10),
    "17.qualifier": Slot("17", 34, 1, 2),
    "17": Slot("17", 34, 4, 25),
    "17a.qualifier": Slot("17A", 33, 30, 2),
    "17a": Slot("17A", 33, 33, 16),
    "17b": Slot("17B", 34, 33, 10),
    "18.from": Slot("18", 34, 54, 10),
    "18.to": Slot("18", 34, 68, 10),
    "19": Slot("19", 36, 1, 48),
    "20.yes": Slot("20", 36, 52, 1),
    "20.no": Slot("20", 36, 57, 1),
    "20": Slot("20", 36, 62, 8, is_right=True),
    "21.icd": Slot("21 ICD", 37, 42, 1),
    "22.code": Slot("22", 38, 50, 11),
    "22.number": Slot("22", 38, 62, 17),
    "23": Slot("23", 40, 50, 29),
    "25": Slot("25", 56, 1, 15),
    "25.ssn": Slot("25", 56, 17, 1),
    "25.ein": Slot("25", 56, 19, 1),
    "26": Slot("26", 56, 23, 14),
    "27.yes": Slot("27", 56, 38, 1),
    "27.no": Slot("27", 56, 43, 1),
    "28": Slot("28", 56, 51, 9, is_right=True),
    "29": Slot("29", 56, 61, 9, is_right=True),
    "31": Slot("31", 60, 1, 21),
    "32.1": Slot("32", 58, 23, 26),
    "32.2": Slot("32", 59, 23, 26),
    "32.3": Slot("32", 60, 23, 26),
    "32a": Slot("32A", 61, 23, 10),
    "32b": Slot("32B", 61, 34, 14),
    "33.area": Slot("33", 57, 66, 3),
    "33.phone": Slot("33", 57, 70, 9),
    "33.1": Slot("33", 58, 50, 29),
    "33.2": Slot("33", 59, 50, 29),
    "33.3": Slot("33", 60, 50, 29),
    "33a": Slot("33A", 61, 50, 10),
    "33b": Slot("33B", 61, 62, 17),
}


def _diagnosis_slots() -> dict[str, Slot]:
    """A to L: four in a row, three rows."""
    return {
        f"21.{chr(65 + index)}": Slot(
            f"21{chr(65 + index)}", 38 + index // 4, 3 + 13 * (index % 4), 8
        )
        for index in range(DIAGNOSES)
    }


def _line_slots(row: int) -> dict[str, Slot]:
    """Box 24 of one service line: its shaded half above, the other below."""
    shaded = FIRST_SERVICE_LINE + 2 * row
    lower = shaded + 1
    return {
        f"24.{row}.shaded": Slot("24 SHADED", shaded, 1, 61),
        f"24.{row}.h.shaded": Slot("24H", shaded, 63, 2),
        f"24.{row}.i": Slot("24I", shaded, 65, 2),
        f"24.{row}.j.shaded": Slot("24J", shaded, 68, 11),
        f"24.{row}.from": Slot("24A", lower, 1, 8),
        f"24.{row}.to": Slot("24A", lower, 10, 8),
        f"24.{row}.b": Slot("24B", lower, 19, 2),
        f"24.{row}.c": Slot("24C", lower, 22, 2),
        f"24.{row}.d": Slot("24D", lower, 25, 6),
        f"24.{row}.modifiers": Slot("24D", lower, 33, 11),
        f"24.{row}.e": Slot("24E", lower, 45, 4),
        f"24.{row}.f": Slot("24F", lower, 50, 8, is_right=True),
        f"24.{row}.g": Slot("24G", lower, 59, 4),
        f"24.{row}.h": Slot("24H", lower, 63, 2),
        f"24.{row}.j": Slot("24J", lower, 68, 10),
    }


SLOTS: dict[str, Slot] = dict(_FIXED)
SLOTS.update(_diagnosis_slots())
for _row in range(SERVICE_LINES):
    SLOTS.update(_line_slots(_row))
