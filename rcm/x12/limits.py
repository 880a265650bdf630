"""How much one file may ask of us. Beyond a limit the reader reports a problem and moves on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, `differences` and `summaries` in rows kept per remittance.

    An X12 data element is at most a few hundred bytes in the guides read here; the limits leave
    room for long notes and attachments (BIN) and still bound what a hostile file can hold.
    """

    element_size: int = 32_768
    segment_size: int = 262_144
    file_size: int = 1_073_741_824
    differences: int = 1_000
    summaries: int = 10_000
