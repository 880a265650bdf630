"""277CA 005010X214: claims accepted into adjudication or rejected before it. Cents."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Status:
    """One STC composite. `category` such as A1, A2, A7; `entity` an entity code."""

    category: str
    code: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """STC. `action` is STC03: WQ accepted, U rejected. Up to three statuses (STC01, 10, 11)."""

    statuses: tuple[Status, ...]
    effective_on: date | None
    action: str
    amount: int | None = None
    free_text: str = ""


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """Loop 2200D: what became of one claim. `patient_control_number` is TRN02 (our CLM01).

    `lines` are (line control number, statuses); `line_procedures`, in the same order, the code and
    the cents of each SVC.
    """

    patient_control_number: str
    information: tuple[StatusInformation, ...]
    last_name: str = ""
    first_name: str = ""
    member_id: str = ""
    payer_claim_control_number: str = ""
    clearinghouse_number: str = ""
    date_of_service: date | None = None
    date_of_service_end: date | None = None
    lines: tuple[tuple[str, tuple[StatusInformation, ...]], ...] = ()
    segment_number: int = 0
    byte_offset: int = 0
    line_procedures: tuple[tuple[str, int], ...] = ()

    @property
    def is_rejected(self) -> bool:
        """STC03 is authoritative: any U on the claim or on a line of it rejects it."""
        stated = (*self.information, *(part for _, parts in self.lines for part in parts))
        return any(part.action == "U" for part in stated)


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgmentStart:
    """BHT, loops 2000A-2000B: who answers, and which of our files (`batch_trace`, 2200B TRN02)."""

    source_name: str
    source_id: str
    receiver_name: str
    receiver_id: str
    reference: str
    created_on: date | None
    batch_trace: str = ""
    received_on: date | None = None
    processed_on: date | None = None
    provider_name: str = ""
    provider_npi: str = ""


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """What is said of everything below a level: 2200B the whole file, 2200C one billing provider.

    `identifier` is NM109 of the level (our submitter id, or the provider's NPI). The totals are
    QTY*90 or QA and QTY*AA or QC, AMT*YU and AMT*YY in cents, None where not stated. `listed` and
    `listed_rejected` count the claims that follow below the level.
    """

    loop: str
    identifier: str
    trace: str
    information: tuple[StatusInformation, ...]
    accepted: int | None = None
    rejected: int | None = None
    amount_accepted: int | None = None
    amount_rejected: int | None = None
    listed: int = 0
    listed_rejected: int = 0

    @property
    def is_rejected(self) -> bool:
        return any(part.action == "U" for part in self.information)


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgmentEnd:
    """After the last claim: what was said of whole levels, in file order."""

    levels: tuple[LevelStatus, ...]
