"""pyx12's maps with two corrections, in a folder made for one run.

- 835: a remittance may have more than one PLB segment; the map allows its loop once.
- 837P: a line's PWK02 may say how a certification of equipment travels (AB, AD, AF, AG, NS); the
  map has these codes on a second PWK, which its PWK01 CT keeps pyx12 from ever reaching.
"""

import re
from importlib.resources import files
from pathlib import Path

REMITTANCE_MAP = "835.5010.X221.A1.xml"
CLAIM_MAP = "837.5010.X222.A1.xml"
_FOOTER_REPEAT = re.compile(r'(<loop xid="FOOTER".*?<repeat>)1(</repeat>)', re.DOTALL)
_CERTIFICATION_CODES = "".join(f"<code>{code}</code>" for code in ("AB", "AD", "AF", "AG", "NS"))
_ATTACHMENT_CODES = re.compile(
    r'(<element xid="PWK02">(?:(?!</element>|<code>AD</code>).)*?<code>AA</code>)', re.DOTALL
)


def prepare_maps(folder: Path) -> Path:
    """Fill `folder` with links to pyx12's maps and corrected copies of two; return it."""
    corrections = {REMITTANCE_MAP: _correct_remittance, CLAIM_MAP: _correct_claim}
    for known in Path(str(files("pyx12").joinpath("map"))).iterdir():
        if known.suffix != ".xml":
            continue
        correct = corrections.get(known.name)
        if correct is None:
            (folder / known.name).symlink_to(known)
        else:
            text = correct(known.read_text("utf-8"))
            (folder / known.name).write_text(text, "utf-8")
    return folder


def _correct_remittance(text: str) -> str:
    return _FOOTER_REPEAT.sub(r"\1&gt;1\2", text, count=1)


def _correct_claim(text: str) -> str:
    return _ATTACHMENT_CODES.sub(rf"\1{_CERTIFICATION_CODES}", text)
