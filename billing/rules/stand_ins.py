"""Words that people write where a number is wanted and none is known."""

import re

# fmt: off
_WORDS = frozenset({
    "UNKNOWN", "UNK", "PENDING", "NONE", "NA", "TBD", "TBA", "SELF", "SELFPAY", "SAME", "TEST",
    "NOTREQUIRED", "NOTNEEDED", "NOTAVAILABLE", "NOAUTH", "NOREFERRAL", "ONFILE", "SEEATTACHED",
    "VERBAL", "REQUESTED",
})
# fmt: on
_PLAIN = re.compile(r"[^0-9A-Z]")
_FILLER = re.compile(r"(0+|9{4,}|X+)", re.ASCII)


def is_stand_in(text: str) -> bool:
    """Is this no number but a word for one, or only zeros, nines or Xs? Empty text is neither."""
    plain = _PLAIN.sub("", text.upper())
    return plain in _WORDS or _FILLER.fullmatch(plain) is not None
