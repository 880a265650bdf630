"""Full-size edit tables in the official layouts, with codes nobody uses: for measuring.

Written as a stream, the same bytes for the same numbers. The codes begin with a letter that no
published code begins with, and mean nothing.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

LETTERS = "WXYZ"
CODES = 13_000
RELEASE = "v323r0"
PARTS = 4
HEADING = (
    "Made-up codes, for measuring only\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate *=none\t0=not allowed 1=allowed 9=not applicable\t\r\n"
)


def made_up_codes(count: int = CODES) -> list[str]:
    """`count` codes of five characters, at most 40,000, in order."""
    return [f"{LETTERS[number // 10_000]}{number % 10_000:04}" for number in range(count)]


def pair_lines(pairs: int, codes: list[str]) -> Iterator[str]:
    """Rows of the pair file: each column 1 with the codes after it, a third of them deleted,
    one in twenty with indicator 9.
    """
    each = -(-pairs // len(codes))
    number = 0
    for first, column_1 in enumerate(codes):
        for step in range(1, each + 1):
            if number == pairs:
                return
            column_2 = codes[(first + step * 7) % len(codes)]
            starts = f"{1996 + number % 28}{1 + number % 4 * 3:02}01"
            if number % 20 == 0:
                ends, indicator = starts, 9
            else:
                ends = "20250331" if number % 3 == 0 else "*"
                indicator = number % 2
            yield f"{column_1}\t{column_2}\t\t{starts}\t{ends}\t{indicator}\tMade up\r\n"
            number += 1


def write_pair_files(folder: Path, pairs: int) -> list[Path]:
    """The four parts of the practitioner pairs."""
    codes = made_up_codes()
    lines = pair_lines(pairs, codes)
    paths = [folder / f"ccipra-{RELEASE}-f{part}.TXT" for part in range(1, PARTS + 1)]
    for path in paths:
        with path.open("w", encoding="latin-1", newline="") as file:
            file.write(HEADING)
            file.writelines(islice(lines, -(-pairs // PARTS)))
    return paths


def write_unit_file(folder: Path) -> Path:
    """A limit for each of the codes."""
    path = folder / "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv"
    texts = ("1 Line Edit", "2 Date of Service Edit: Policy", "3 Date of Service Edit: Clinical")
    with path.open("w", encoding="latin-1", newline="") as file:
        file.write('"Made-up codes,\nfor measuring only",,,\r\n')
        file.write('"HCPCS/\nCPT Code",Practitioner Services MUE Values,')
        file.write("MUE Adjudication Indicator,MUE Rationale\r\n")
        file.writelines(
            f"{code},{number % 7},{texts[number % 3]},Made up\r\n"
            for number, code in enumerate(made_up_codes())
        )
    return path
