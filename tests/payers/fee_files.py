"""Small files of the fee schedule, the code list and the coverage database in their layouts."""

import zipfile
from io import BytesIO
from pathlib import Path

# The heading as CMS writes it: over four lines, some cells filled in one of them only.
FEE_HEADING = (
    "A Relative Value File,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n"
    "Codes and descriptions are copyright of their owner.,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n"
    ",,,,NOT USED,,NON-FAC,NON-FAC,FACILITY,FACILITY,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,"
    "NON-FACILITY,FACILITY,\r\n"
    ",,,,FOR,,,NA,,NA,,NON-,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,PE USED FOR OPPS,"
    "PE USED FOR OPPS,MP USED FOR OPPS\r\n"
    ",,,STATUS,MEDICARE,WORK,PE,,PE,,MP,FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,"
    "ASST,CO-,TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT\r\n"
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,RVU,INDICATOR,RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,"
    "OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,"
    "AMOUNT\r\n"
)


def fee_row(code: str, modifier: str = "", status: str = "A", **values: str) -> str:
    """A row of 31 columns; `values` by the names used here."""
    filled = {"work": "0.45", "outside": "0.66", "na": "", "inside": "0.30", "risk": "0.07"}
    filled |= {"global_days": "010", "factor": "33.4009", "mult": "2", "base": ""}
    filled |= {"pre": "0.10", "intra": "0.80", "post": "0.10"} | values
    return (
        f'{code},{modifier},"NOT, READ",{status},,{filled["work"]},{filled["outside"]},'
        f"{filled['na']},{filled['inside']},,{filled['risk']},1.18,0.82,0,{filled['global_days']},"
        f"{filled['pre']},{filled['intra']},{filled['post']},{filled['mult']},1,0,9,9,"
        f"{filled['base']},{filled['factor']},09,0,99,0.66,0.30,0.07\r\n"
    )


def fee_file(folder: Path, *rows: str, name: str = "PPRRVU2026_Oct_nonQPP.csv") -> Path:
    path = folder / name
    path.write_bytes((FEE_HEADING + "".join(rows)).encode("latin-1"))
    return path


INDEX_HEADING = (
    "ADDENDUM E,,,,,,,\r\n"
    "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
    "2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI\r\n"
)
FACTOR_HEADING = "Contractor,Locality,Locality Name,2026 Anesthesia Conversion Factor\r\n"


def locality_files(folder: Path) -> list[Path]:
    """Two localities, one with an anesthesia factor, and footnotes."""
    indices, factors = folder / "GPCI2026.csv", folder / "ANES2026.csv"
    indices.write_text(
        INDEX_HEADING + "10112,AL,0,ALABAMA,0.980,1.000,0.869,0.575\r\n"
        "02102,AK,01,ALASKA*,1.500,1.500,1.081,0.592\r\n\r\n* A footnote.,,,,,,,\r\n",
        newline="",
    )
    factors.write_text(FACTOR_HEADING + "10112,00,ALABAMA,$19.77\r\n", newline="")
    return [indices, factors]


def code_line(code: str, record: str, added: str = "20000101", ends: str = "", **text: str) -> str:
    """One line of 320 characters of the code list."""
    line = f"{code:>5}00100{record}{text.get('long', 'Long'):80}{text.get('short', 'Short'):28}"
    return f"{line:268}{added:8}{added:8}{ends:8}N".ljust(320) + "\r\n"


COVERAGE = {
    "article.csv": (
        "article_id,article_version,article_type,title,article_pub_date,article_eff_date,"
        "article_end_date,description,status,last_updated,article_rev_end_date,date_retired,"
        "display_id\r\n"
        '90001,3,6,"Sample, article",2025-01-01 00:00:00,2025-02-01 00:00:00,,"<p>A\r\nb</p>",'
        "A,2026-09-30 12:00:00,,,A90001\r\n"
        "90002,1,6,Ended article,,2024-01-01 00:00:00,2026-10-01 00:00:00,,A,"
        "2026-09-01 00:00:00,,,A90002\r\n"
        "90004,2,6,Retired some day,,2020-01-01 00:00:00,,,R,2020-02-01 00:00:00,,,A90004\r\n"
        "90003,1,3,Answers to comments,,2024-01-01 00:00:00,,,A,2026-09-01 00:00:00,,,A90003\r\n"
    ),
    "article_x_hcpc_code.csv": (
        "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,"
        "last_updated,long_description,short_description\r\n"
        "90001,3,G0121,2026,1,,2026-07-01,NOT READ,NOT READ\r\n"
        "90001,3,G0121,2026,2,,2026-07-01,NOT READ,NOT READ\r\n"
        "90002,1,G0121,2026,1,,2026-07-01,NOT READ,NOT READ\r\n"
        "90003,1,G0121,2026,1,,2026-07-01,NOT READ,NOT READ\r\n"
        "90002,1,XX000,2026,1,,2026-07-01,,\r\n"
    ),
    "article_x_icd10_covered.csv": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,"
        "last_updated,sort_order,description,asterisk\r\n"
        "90001,3,Z12.11,2026,1,,2026-07-01,1,,\r\n"
        "90001,3,Z80.0,2026,2,,2026-07-01,1,,\r\n"
        "90002,1,XX000,2026,1,,2026-07-01,1,,\r\n"
    ),
    "article_x_icd10_noncovered.csv": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,"
        "last_updated,sort_order,description\r\n"
        "90001,3,R19.5,2026,1,,2026-07-01,1,\r\n"
    ),
    "article_x_contractor.csv": (
        "article_id,article_version,article_type,contractor_id,contractor_type_id,"
        "contractor_version,last_updated\r\n"
        "90001,3,6,140,9,2,2026-07-01\r\n90002,1,6,140,9,2,2026-07-01\r\n"
    ),
    "contractor_jurisdiction.csv": (
        "contractor_id,contractor_type_id,contractor_version,state_id,last_updated,active_date,"
        "term_date\r\n"
        "140,9,2,1,2020-01-01,2020-01-01,\r\n140,9,2,2,2020-01-01,2020-01-01,2022-01-01\r\n"
        "140,9,2,3,2020-01-01,2020-01-01,2027-01-01\r\n"
    ),
    "state_lookup.csv": (
        "state_id,state_abbrev,description\r\n1,OH,Ohio\r\n2,KY,Kentucky\r\n3,IN,Indiana\r\n"
    ),
}


def coverage_export(folder: Path, **changed: str) -> Path:
    """The export as it is downloaded: an archive in an archive. `changed` by name without .csv."""
    inner = BytesIO()
    contents = COVERAGE | {f"{name}.csv": text for name, text in changed.items()}
    with zipfile.ZipFile(inner, "w") as archive:
        for name, text in contents.items():
            if text:
                archive.writestr(name, text.encode("cp1252"))
    path = folder / "current_article.zip"
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("current_article_csv.zip", inner.getvalue())
        outer.writestr("readme.txt", b"not read")
    return path
