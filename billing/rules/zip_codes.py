"""Which ZIP codes lie in which state: by their first three digits (USPS, three-digit prefixes)."""

# Both ends belong to the state. A few areas are shared by two states and stand with both.
_AREAS = """
AA 340 AE 090-099 AK 995-999 AL 350-369 AP 962-966 AR 716-729,755 AS 967 AZ 850-865 CA 900-961
CO 800-816 CT 060-069 DC 200,202-205,569 DE 197-199 FL 320-339,341-349 FM 969 GA 300-319,398-399
GU 969 HI 967-968 IA 500-528 ID 832-838 IL 600-629 IN 460-479 KS 660-679 KY 400-427
LA 700-714 MA 010-027,055 MD 206-219 ME 039-049 MH 969 MI 480-499 MN 550-567 MO 630-658
MP 969 MS 386-397 MT 590-599 NC 270-289 ND 580-588 NE 680-693 NH 030-038 NJ 070-089
NM 870-884 NV 889-898 NY 005,063,100-149 OH 430-459 OK 730-732,734-749 OR 970-979 PA 150-196
PR 006-007,009 PW 969 RI 028-029 SC 290-299 SD 570-577 TN 370-385 TX 733,750-799,885
UT 840-847 VA 201,220-246 VI 008 VT 050-059 WA 980-994 WI 530-549 WV 246-268 WY 820-831,834
"""


def _read(text: str) -> dict[str, frozenset[str]]:
    words = text.split()
    areas: dict[str, frozenset[str]] = {}
    for state, spans in zip(words[::2], words[1::2], strict=True):
        found: set[str] = set()
        for span in spans.split(","):
            first, _, last = span.partition("-")
            found |= {f"{number:03}" for number in range(int(first), int(last or first) + 1)}
        areas[state] = frozenset(found)
    return areas


AREAS = _read(_AREAS)


def is_in_state(zip_code: str, state: str) -> bool:
    """Could a ZIP code of five or nine digits lie in the state? True for states not listed."""
    areas = AREAS.get(state)
    return areas is None or zip_code[:3] in areas
