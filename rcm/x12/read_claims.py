"""Reads what 837P and 837I share: levels, parties, other payers, adjudications of lines.

A guide's reader derives from ClaimsReader, names its loops and segments, and makes its claim. What
is in a file beyond what is read is said, once per segment, as a warning.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from rcm.x12.claim_837 import BillingProvider
from rcm.x12.claim_facts import Facts, freeze
from rcm.x12.claim_parties import (
    HEADER_LOOPS,
    NOBODY,
    PATIENT_LOOPS,
    PROVIDER_LOOPS,
    SUBSCRIBER_LOOPS,
    NameLoops,
    Parties,
    Party,
    PatientCondition,
    make_billing_provider,
    make_condition,
    make_patient,
    make_payer,
    make_submitter,
    make_subscriber,
)
from rcm.x12.claim_syntax import Elements, check_elements, compile_elements
from rcm.x12.elements import ENVELOPE, Reading, pick
from rcm.x12.items import Item
from rcm.x12.read_other_payers import NO_TAKERS, OtherPayerReader, Takers
from rcm.x12.tokenizer import Segments
from rcm.x12.values import parse_count

HEADER, PROVIDER, SUBSCRIBER, PATIENT = "", "20", "22", "23"
LEVEL_NAMES = {PROVIDER: "2000A", SUBSCRIBER: "2000B", PATIENT: "2000C"}
# By kind of reader and separator; compiled when first met.
PATTERNS: dict[tuple[type, str], dict[str, re.Pattern[str]]] = {}
ABOVE = {SUBSCRIBER: PROVIDER, PATIENT: SUBSCRIBER}
LEVEL_LOOPS: Mapping[str, NameLoops] = {
    HEADER: HEADER_LOOPS,
    PROVIDER: PROVIDER_LOOPS,
    SUBSCRIBER: SUBSCRIBER_LOOPS,
    PATIENT: PATIENT_LOOPS,
}


class ClaimsReader(OtherPayerReader):
    """Yields the Submitter, then one claim per CLM. A claim is closed by the next CLM, HL or SE.

    `rare` collects what few claims or lines carry: a guide that keeps it in an object of its own
    overrides `open_rare`. Beside the segments of `takers` those of `loop_takers`, which begin a
    loop, are known everywhere.
    """

    elements_of: ClassVar[Mapping[str, Elements]] = {}
    loop_takers: ClassVar[Takers] = {}
    claim_takers: ClassVar[Takers] = {}
    line_takers: ClassVar[Takers] = {}
    claim_loops: ClassVar[NameLoops] = {}
    line_loops: ClassVar[NameLoops] = {}
    largest_lines: ClassVar[int] = 999

    __slots__ = (
        "billing_provider",
        "claim",
        "claim_facts",
        "claim_parties",
        "claim_rare",
        "condition",
        "has_beginning",
        "is_started",
        "level",
        "levels",
        "line_count",
        "line_parties",
        "lines",
        "parents",
        "patient_parties",
        "patterns",
        "policy",
        "provider_parties",
        "provider_taxonomy",
        "rare",
        "submitter_parties",
        "subscriber_condition",
        "subscriber_parties",
    )

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.loop = "HEADER"
        self.level = HEADER
        self.levels = 0
        self.parents: dict[str, list[str]] = {}
        self.is_started = False
        self.has_beginning = False
        self.patterns = PATTERNS.setdefault((type(self), self.separator), {})
        self.submitter_parties: Parties = {}
        self.provider_parties: Parties = {}
        self.provider_taxonomy = ""
        self.billing_provider: BillingProvider | None = None
        self.subscriber_parties: Parties = {}
        self.policy: list[str] = []
        self.subscriber_condition = PatientCondition()
        self.condition = PatientCondition()
        self.patient_parties: Parties = {}
        self.parties = self.submitter_parties
        self.loops = HEADER_LOOPS
        self.takers = HEADER_TAKERS
        self.party = NOBODY
        self.clear_claim()

    def clear_claim(self) -> None:
        self.claim: list[str] | None = None
        self.claim_facts: Facts = {}
        self.claim_rare: Facts = {}
        self.claim_parties: Parties = {}
        self.lines: list[Any] = []
        self.line_count = 0
        self.other_payers = []
        self.other_payer = None
        self.line = None
        self.line_parties: Parties = {}
        self.adjudication = None
        self.facts = {}
        self.rare: Facts = {}

    def open_claim(self, elements: list[str], facts: Facts, rare: Facts) -> None:
        """Read the elements of CLM into the fields of the guide's claim."""
        raise NotImplementedError

    def make_line(self, facts: Facts, rare: Facts, parties: Parties) -> object | None:
        """The guide's line of the collected facts; None, said aloud, when something is missing."""
        raise NotImplementedError

    def make_claim(self, facts: Facts, rare: Facts, parties: Parties) -> Item:
        """The guide's claim; `facts` hold all fields both guides share."""
        raise NotImplementedError

    def open_rare(self, facts: Facts) -> Facts:
        """Where rare facts of a claim or line go: with the others, by default."""
        return facts

    def read(self) -> Reading:
        ended_by: list[str] | None = None
        for text in self.segments:
            elements = text.split(self.separator)
            if elements[0] in ENVELOPE:
                ended_by = elements
                break
            self.take(elements, text)
            if self.segments.pending:
                yield from self.take_pending()
        self.close_claim()
        self.start()
        yield from self.take_pending()
        return ended_by

    def start(self) -> None:
        if not self.is_started:
            self.is_started = True
            if not self.has_beginning:
                self.report("missing_segment", "BHT is missing.", "BHT")
            self.segments.pending.append(make_submitter(self, self.submitter_parties))

    def take(self, elements: list[str], text: str) -> None:
        name = elements[0]
        taker = self.loop_takers.get(name) or self.takers.get(name)
        if taker is None:
            self.unexpected(name)
        elif not taker(self, elements):
            pattern = self.patterns.get(name)
            if pattern is None:
                known = self.elements_of.get(name)
                if known is None:
                    return
                pattern = compile_elements(self.separator, name, known)
                self.patterns[name] = pattern
            if pattern.fullmatch(text) is None:
                check_elements(self, elements, self.elements_of[name])

    def take_beginning(self, elements: list[str]) -> None:
        """BHT: its reference and times say nothing the envelope does not."""
        self.has_beginning = True
        if self.required(elements, 6) not in ("CH", ""):
            self.warn("unexpected_element", "BHT06 is not CH: these are no charges.", "BHT06")

    def take_level(self, elements: list[str]) -> None:
        """HL."""
        self.close_claim()
        self.start()
        self.levels += 1
        self.level = pick(elements, 3)
        self.enter(LEVEL_NAMES.get(self.level, ""), LEVEL_TAKERS.get(self.level, NO_TAKERS))
        if not self.loop:
            self.report("invalid_code", "HL03 is not one of 20, 22, 23.", "HL03")
        self.check_hierarchy(elements)
        if self.level == PROVIDER:
            self.provider_parties, self.provider_taxonomy = {}, ""
            self.billing_provider = None
        if self.level in (PROVIDER, SUBSCRIBER):
            self.subscriber_parties, self.policy = {}, []
            self.subscriber_condition = PatientCondition()
        self.patient_parties, self.condition = {}, PatientCondition()
        self.loops = LEVEL_LOOPS[self.level] if self.loop else {}
        if self.level == PROVIDER:
            self.parties = self.provider_parties
        elif self.level == SUBSCRIBER:
            self.parties = self.subscriber_parties
        else:
            self.parties = self.patient_parties

    def check_hierarchy(self, elements: list[str]) -> None:
        """HL01 counts from 1 in each ST; HL02 is the level above, which says so in HL04."""
        if pick(elements, 1) != str(self.levels):
            self.report("wrong_count", f"HL01 does not say {self.levels}.", "HL01")
        above = ABOVE.get(self.level, "")
        parent = self.parents.get(above)
        if above and parent is None:
            message = f"There is no loop {LEVEL_NAMES[above]} above this HL."
            self.report("missing_segment", message, "HL")
        elif pick(elements, 2) != (parent[1] if parent else ""):
            self.report("invalid_hierarchy", "HL02 is not the level above this one.", "HL02")
        elif parent and pick(parent, 4) == "0":
            message = "HL04 of the level above says that there is none below."
            self.report("invalid_hierarchy", message, "HL04")
        if self.level == PROVIDER:
            self.parents.clear()
        self.parents[self.level] = [*elements, "", ""]

    def take_name(self, elements: list[str]) -> bool:
        """NM1 in the loop that is open. Names behind an adjudication end it."""
        self.close_adjudication()
        entity = pick(elements, 1)
        loop = self.loops.get(entity)
        if loop is None:
            self.enter(self.loop, NO_TAKERS)
            return self.pass_over("NM1")
        self.enter(loop.name, PARTY_TAKERS)
        self.party = Party(elements, loop)
        if entity in self.parties:
            message = f"Loop {loop.name} with this NM101 is there already; it is not read."
            self.report("repeated_loop", message, "NM101")
            return True
        self.parties[entity] = self.party
        self.party.check_name(self)
        return False

    def take_under_name(self, elements: list[str]) -> bool:
        if self.party.take(self, elements):
            return False
        return self.pass_over(elements[0])

    def take_taxonomy(self, elements: list[str]) -> None:
        """PRV of the billing provider."""
        self.provider_taxonomy = self.required(elements, 3)

    def take_policy(self, elements: list[str]) -> bool:
        """SBR: of the subscriber, or of another payer where a claim is open."""
        if self.claim is None:
            if self.level != SUBSCRIBER or self.policy:
                return self.pass_over("SBR")
            self.required(elements, 1)
            self.policy = elements
        elif self.line is not None:
            self.close_adjudication()
            self.enter("2320", NO_TAKERS)
            return self.pass_over("SBR")
        else:
            self.open_other_payer(elements)
        return False

    def take_relationship(self, elements: list[str]) -> None:
        """PAT."""
        self.condition = make_condition(self, elements)
        if self.level == SUBSCRIBER:
            self.subscriber_condition = self.condition
        else:
            self.required(elements, 1)

    def take_claim(self, elements: list[str]) -> None:
        """CLM."""
        self.close_claim()
        self.enter("2300", self.claim_takers)
        self.claim = elements
        self.facts = self.claim_facts
        self.rare = self.claim_rare = self.open_rare(self.claim_facts)
        self.parties, self.loops = self.claim_parties, self.claim_loops
        self.open_claim(elements, self.claim_facts, self.claim_rare)

    def take_line_number(self, elements: list[str]) -> bool:
        """LX."""
        if self.claim is None:
            self.enter(self.loop, NO_TAKERS)
            self.report("misplaced_segment", "LX without a claim before it.", "LX")
            return True
        self.close_line()
        self.close_other_payer()
        self.enter("2400", self.line_takers)
        self.line_count += 1
        expected = self.line_count
        if expected == self.largest_lines + 1:
            message = f"The claim has more than {self.largest_lines} service lines."
            self.report("wrong_count", message, "LX")
        position = parse_count(pick(elements, 1))
        if position != expected:
            self.warn("wrong_count", f"LX01 does not say {expected}.", "LX01")
        self.line = self.facts = {"position": position or expected}
        self.rare = self.open_rare(self.line)
        self.parties = self.line_parties = {}
        self.loops = self.line_loops
        return False

    def close_line(self) -> None:
        self.close_adjudication()
        line, self.line = self.line, None
        if line is None:
            return
        made = self.make_line(line, self.rare, self.line_parties)
        if made is not None:
            self.lines.append(made)

    def close_claim(self) -> None:
        """Build the claim from its own segments and the levels above it."""
        if self.claim is None:
            return
        self.close_line()
        self.close_other_payer()
        if self.billing_provider is None:
            self.billing_provider = make_billing_provider(
                self, self.provider_parties, self.provider_taxonomy
            )
        is_patient = self.level == PATIENT
        patient = make_patient(self, self.condition, self.patient_parties)
        if is_patient and patient is None:
            self.report("missing_segment", "NM1*QC, the patient, is missing.", "NM1")
        # Only in the segment after the claim can be said that it has no line.
        if not self.lines:
            self.report("missing_segment", "The claim has no service line.", "LX")
        shared = {
            "billing_provider": self.billing_provider,
            "subscriber": make_subscriber(
                self, self.policy, self.subscriber_parties, patient, self.subscriber_condition
            ),
            "payer": make_payer(self, self.subscriber_parties),
            "patient": patient,
            "lines": tuple(self.lines),
            "other_payers": tuple(self.other_payers),
        }
        facts = freeze(self.claim_facts) | shared
        made = self.make_claim(facts, freeze(self.claim_rare), self.claim_parties)
        self.segments.pending.append(made)
        self.clear_claim()


LOOP_TAKERS: Takers = {
    "HL": ClaimsReader.take_level,
    "NM1": ClaimsReader.take_name,
    "SBR": ClaimsReader.take_policy,
    "CLM": ClaimsReader.take_claim,
    "LX": ClaimsReader.take_line_number,
    "LIN": ClaimsReader.take_drug,
    "SVD": ClaimsReader.take_adjudication,
}
HEADER_TAKERS: Takers = {"BHT": ClaimsReader.take_beginning}
LEVEL_TAKERS: Mapping[str, Takers] = {
    PROVIDER: {"PRV": ClaimsReader.take_taxonomy},
    SUBSCRIBER: {"PAT": ClaimsReader.take_relationship},
    PATIENT: {"PAT": ClaimsReader.take_relationship},
}
PARTY_TAKERS: Takers = dict.fromkeys(
    ("N3", "N4", "DMG", "REF", "PER", "PRV", "DTP"), ClaimsReader.take_under_name
)
