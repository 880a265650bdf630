"""Root cause of a denial and who works it: group, remark, reason, then the practice's overrides.

The group says whose matter it is; whether it is a denial at all, payers.rules.treatment decides. A
remark code is sharper than a generic reason (CARC 16 means nothing without one). What the practice
has set for the code beats the shipped tables.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Reasons whose cause a remark decides; for others the reason stands.
GENERIC_REASONS = frozenset(
    {"16", "96", "125", "129", "148", "226", "227", "234", "252", "267", "A1", "B7"}
)
# Every cause in words; a person chooses among these, "unknown" apart.
CAUSES = {
    "eligibility": "Eligibility",
    "authorization": "Authorization",
    "coding": "Coding",
    "documentation": "Documentation",
    "timely_filing": "Timely filing",
    "payer_policy": "Payer policy",
    "cob": "Coordination of benefits",
    "duplicate": "Duplicate",
    "enrolment": "Enrolment",
    "contract": "Contract",
    "patient_responsibility": "Patient responsibility",
    "informational": "Informational",
    "unknown": "Unknown",
}
UNKNOWN = "unknown"
# People write the group code before the reason.
GROUP_BEFORE = re.compile(r"^(?:CO|PR|OA|PI|CR)(?:[ -]+|(?=[A-Z]?[0-9]))")
REASON = re.compile(r"[A-Z]?[0-9]{1,4}")
TRIAGE_QUEUE = "triage"
CODER_QUEUE = "coder"
QUEUES = {
    "biller": "Billing",
    CODER_QUEUE: "Coder",
    "auth": "Authorizations",
    "eligibility": "Eligibility",
    "cob": "Coordination of benefits",
    "credentialing": "Credentialing",
    "records": "Records",
    "clinical_appeals": "Clinical appeals",
    "contract": "Contracts",
    "um": "Utilization review",
    "compliance": "Compliance",
    "patient_ar": "Patient accounts",
    "posting": "Posting",
    TRIAGE_QUEUE: "Triage",
}
# Said before the rest: who answers for the amount by the group code (CO and PI: the provider).
GROUP_WORDS = {
    "PR": "PR leaves it to the patient, but it is taken as a denial. ",
    "OA": "OA is information or another payer's matter, but nobody paid it. ",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table: our label, cause and owner of a reason or remark."""

    label: str
    category: str
    owner_queue: str
    routes_to_coder: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the payer said of the denied amount; the remarks in its order."""

    payer_id: int
    payer: str
    group: str
    reason: str
    remarks: Sequence[str]

    @property
    def code(self) -> str:
        return f"{self.group}-{self.reason}"


# (payer or None for all, group or "", reason, remark or "")
OverrideKey = tuple[int | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The shipped routing and the practice's open overrides."""

    reasons: Mapping[str, Route]
    remarks: Mapping[str, Route]
    overrides: Mapping[OverrideKey, Route]


@dataclass(frozen=True, slots=True)
class Triage:
    """The cause, who works it, and why, in plain words."""

    category: str
    owner_queue: str
    routes_to_coder: bool
    why: str


def triage(said: Said, tables: Tables) -> Triage:
    """Cause and owner of one denial. A reason in no table goes to the triage queue."""
    own = overriding(said, tables.overrides)
    if own is not None:
        key, route = own
        return to(route, GROUP_WORDS.get(said.group, "") + override_words(said, key, route))
    prefix = GROUP_WORDS.get(said.group, "")
    is_generic = said.reason in GENERIC_REASONS
    remark = sharpest(said.remarks, tables.remarks) if is_generic else None
    if remark is not None:
        sharper = tables.remarks[remark]
        says = cause_words(sharper.category)
        return to(sharper, f"{prefix}{said.code} is generic; remark {remark} says {says}.")
    if said.reason not in tables.reasons:
        why = f"{said.code} is not in the table of reasons; a manager says what it means."
        return Triage(UNKNOWN, TRIAGE_QUEUE, False, why)
    route = tables.reasons[said.reason]
    says = cause_words(route.category)
    if is_generic:
        return to(route, f"{prefix}{said.code} is generic and no known remark says more: {says}.")
    return to(route, f"{prefix}{said.code} says {says}.")


def to(route: Route, why: str) -> Triage:
    queue = CODER_QUEUE if route.routes_to_coder else route.owner_queue
    return Triage(route.category, queue, route.routes_to_coder, why)


def sharpest(remarks: Iterable[str], known: Mapping[str, Route]) -> str | None:
    """The first remark that names a cause; one that only informs counts when there is no other."""
    found = [remark for remark in remarks if remark in known]
    causes = [remark for remark in found if known[remark].category != "informational"]
    return next(iter(causes or found), None)


def overriding(
    said: Said, overrides: Mapping[OverrideKey, Route]
) -> tuple[OverrideKey, Route] | None:
    """The override in force: the practice's for the payer beats the one for all payers.

    Within each, one that names a remark beats one that does not, then one that names the group.
    """
    if not overrides:
        return None
    for payer_id in (said.payer_id, None):
        for remark in (*said.remarks, ""):
            for group in (said.group, ""):
                key = (payer_id, group, said.reason, remark)
                if key in overrides:
                    return key, overrides[key]
    return None


def override_words(said: Said, key: OverrideKey, route: Route) -> str:
    payer_id, _, _, remark = key
    code = f"{said.code} with {remark}" if remark else said.code
    sends = f"our practice sends {code} to {cause_words(route.category)}."
    return f"Y{sends}" if payer_id is None else f"{said.payer}: y{sends}"


def cause_label(category: str) -> str:
    """The cause in words: "Timely filing"."""
    return CAUSES.get(category) or category.replace("_", " ").capitalize()


def cause_words(category: str) -> str:
    """The cause inside a sentence: "timely filing"."""
    return cause_label(category).lower()


def code_of(written: str) -> str:
    """The reason in "CO-50", "co 50" and "50", in capitals; not asked whether it is one."""
    return GROUP_BEFORE.sub("", written.strip().upper())


def is_reason(code: str) -> bool:
    """Is it written as claim adjustment reason codes are: a number, or a letter and a number?"""
    return REASON.fullmatch(code) is not None
