"""Small files in the official layouts of the edit tables, with codes nobody uses."""

from pathlib import Path

PAIR_HEADING = (
    "CPT only, a notice over two lines\r\nwith its second line\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate *=no data\t0=not allowed 1=allowed 9=not applicable\t\r\n"
)
UNIT_HEADING = (
    '"A notice,\nover two lines",,,\r\n"HCPCS/\nCPT Code",Practitioner Services MUE Values,'
    "MUE Adjudication Indicator,MUE Rationale\r\n"
)


def pair_row(
    column_1: str, column_2: str, starts: str = "20200101", ends: str = "*", indicator: str = "1"
) -> str:
    return f"{column_1}\t{column_2}\t\t{starts}\t{ends}\t{indicator}\tA reason\r\n"


def pair_files(folder: Path, *rows: str, release: str = "v323r0") -> list[Path]:
    """Four parts; the rows stand in the first, the others hold one pair each."""
    contents = ["".join(rows), *(pair_row(f"Z000{part}", "Z9999") for part in (2, 3, 4))]
    folder.mkdir(exist_ok=True)
    paths = []
    for part, content in enumerate(contents, 1):
        path = folder / f"ccipra-{release}-f{part}.TXT"
        path.write_bytes((PAIR_HEADING + content).encode("latin-1"))
        paths.append(path)
    return paths


def unit_file(
    folder: Path, *rows: str, day: str = "10-01-2026", of: str = "PractitionerServices"
) -> Path:
    path = folder / f"MCR_MUE_{of}_Eff_{day}.csv"
    path.write_bytes((UNIT_HEADING + "".join(f"{row}\r\n" for row in rows)).encode("latin-1"))
    return path


def add_on_file(folder: Path, *rows: str, release: str = "2026Q4") -> Path:
    path = folder / f"AOC_V{release}-F-MCR.txt"
    path.write_bytes("".join(f"{row}\r\n" for row in rows).encode("latin-1"))
    return path
