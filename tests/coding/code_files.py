"""Small official-looking files of code sets, made up here: layouts of the publishers, our words."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

ORDER = (
    ("A10", 0, "Made-up fever"),
    ("A100", 1, "Made-up fever of the morning"),
    ("A109", 1, "Made-up fever, unspecified"),
    ("M25", 0, "Sore joint"),
    ("M2556", 0, "Pain in knee"),
    ("M25561", 1, "Pain in right knee"),
    ("M25562", 1, "Pain in left knee"),
    ("M25569", 1, "Pain in unspecified knee"),
    ("S93", 0, "Twisted ankle"),
    ("S934", 0, "Sprain of ankle"),
    ("S934XXA", 1, "Sprain of ankle, initial encounter"),
    ("S934XXD", 1, "Sprain of ankle, subsequent encounter"),
)
TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2027</version>
<chapter><name>1</name><desc>Fevers (A10-A19)</desc>
<excludes1><note>fever of machines (U99)</note></excludes1>
<section id="A10-A19"><desc>Made-up fevers (A10-A19)</desc>
<diag><name>A10</name><desc>Made-up fever</desc>
<includes><note>Heat of the brow</note></includes>
<useAdditionalCode><note>code for the ache (M25.5-)</note></useAdditionalCode>
<diag><name>A10.0</name><desc>Made-up fever of the morning</desc>
<inclusionTerm><note>Dawn glow</note></inclusionTerm></diag>
<diag><name>A10.9</name><desc>Made-up fever, unspecified</desc>
<codeFirst><note>the cause (M25.-)</note></codeFirst></diag></diag></section></chapter>
<chapter><name>13</name><desc>Joints (M20-M29)</desc>
<section id="M20-M29"><desc>Joints (M20-M29)</desc>
<diag><name>M25</name><desc>Sore joint</desc>
<diag><name>M25.56</name><desc>Pain in knee</desc>
<diag><name>M25.561</name><desc>Pain in right knee</desc></diag>
<diag><name>M25.562</name><desc>Pain in left knee</desc></diag>
<diag><name>M25.569</name><desc>Pain in unspecified knee</desc></diag></diag></diag>
</section></chapter>
<chapter><name>19</name><desc>Injuries (S90-S99)</desc>
<section id="S90-S99"><desc>Feet (S90-S99)</desc>
<diag><name>S93</name><desc>Twisted ankle</desc>
<sevenChrNote><note>One of these</note></sevenChrNote>
<sevenChrDef><extension char="A">initial encounter</extension>
<extension char="D">subsequent encounter</extension>
<extension char="S">sequela</extension></sevenChrDef>
<diag><name>S93.4</name><desc>Sprain of ankle</desc></diag></diag></section></chapter>
</ICD10CM.tabular>
"""
INDEX = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index><version>2027</version>
<letter><title>G</title>
<mainTerm><title>Glow, gleam <nemod>(warm)</nemod></title><code>A10.9</code>
<term level="1"><title>early</title><code>A10.0</code></term></mainTerm>
<mainTerm><title>Gonalgia</title><see>Ache, knee</see></mainTerm></letter>
<letter><title>A</title>
<mainTerm><title>Ache</title>
<term level="1"><title>knee</title><code>M25.56-</code></term></mainTerm></letter>
</ICD10CM.index>
"""
DRUGS = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index><version>2027</version>
<indexHeading><head col="2">Warm</head><head col="3">Cold</head></indexHeading>
<letter><title>B</title>
<mainTerm><title>Brew</title><cell col="2">A10.0</cell><cell col="3">--</cell></mainTerm></letter>
</ICD10CM.index>
"""
PCS_ORDER = (
    ("0X1", 0, "Made-up section, moving"),
    ("0X10070", 1, "Moving of thumb to palm, openly"),
    ("0X100Z0", 1, "Moving of thumb, openly"),
)
PCS_TABLES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular><version>2027</version>
<pcsTable>
<axis pos="1" values="1"><title>Section</title><label code="0">Made-up section</label></axis>
<axis pos="2" values="1"><title>Part of body</title><label code="X">Hand</label></axis>
<axis pos="3" values="1"><title>Operation</title><label code="1">Moving</label></axis>
<pcsRow codes="2">
<axis pos="4" values="1"><title>Place</title><label code="0">Thumb</label></axis>
<axis pos="5" values="1"><title>Way</title><label code="0">Open</label></axis>
<axis pos="6" values="2"><title>Device</title><label code="7">Peg</label>
<label code="Z">No device</label></axis>
<axis pos="7" values="1"><title>To</title><label code="0">Palm</label></axis></pcsRow>
<pcsRow codes="1">
<axis pos="4" values="1"><title>Place</title><label code="1">Finger</label></axis>
<axis pos="5" values="1"><title>Way</title><label code="3">Through a tube</label></axis>
<axis pos="6" values="1"><title>Device</title><label code="Z">No device</label></axis>
<axis pos="7" values="1"><title>To</title><label code="Z">Nowhere</label></axis></pcsRow>
</pcsTable></ICD10PCS.tabular>
"""
Rows = Iterable[tuple[str, int, str]]


def order_lines(rows: Rows) -> str:
    """Rows in the layout of the order files."""
    return "".join(
        f"{number:05} {code:<7} {flag} {title[:60]:<60} {title}\r\n"
        for number, (code, flag, title) in enumerate(rows, 1)
    )


def hcpcs_line(
    code: str,
    description: str = "",
    short: str = "",
    added: str = "20200101",
    terminated: str = "",
    record: str = "3",
) -> str:
    """One line of 320 characters; a modifier stands in places 4 and 5."""
    line = f"{code:>5}00100{record}{description:<80}{short:<28}".ljust(229)
    line = f"{line}C".ljust(260) + "1"
    return f"{line.ljust(268)}{added:<8}{'20200101'}{terminated:<8}N".ljust(320) + "\r\n"


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8" if path.suffix == ".xml" else "latin-1"))
    return path


def write_icd(folder: Path, rows: Rows = ORDER, year: int = 2027, **texts: str) -> list[Path]:
    """Order file, tabular list and index; texts named here stand instead, "" leaves one out."""
    names = {
        "order": f"icd10cm_order_{year}.txt",
        "tabular": f"icd10cm-tabular-{year}.xml",
        "index": f"icd10cm-index-{year}.xml",
        "drug": f"icd10cm-drug-{year}.xml",
    }
    usual = {"order": order_lines(rows), "tabular": TABULAR, "index": INDEX, "drug": DRUGS}
    told = usual | texts
    return [write(folder / names[key], text) for key, text in told.items() if text]


def write_pcs(folder: Path, year: int = 2027) -> list[Path]:
    return [
        write(folder / f"icd10pcs_order_{year}.txt", order_lines(PCS_ORDER)),
        write(folder / f"icd10pcs_tables_{year}.xml", PCS_TABLES),
    ]


def write_hcpcs(folder: Path, *lines: str, quarter: str = "2026_OCT") -> list[Path]:
    return [write(folder / f"HCPC{quarter}_ANWEB_made_up.txt", "".join(lines))]


def write_zip(path: Path, files: Iterable[Path]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"inside/{file.name}")
    return path
