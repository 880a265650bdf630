"""The claim of a practice's world, with what was sent: its paper form has something to show."""

from dataclasses import replace

from billing.models import Claim
from billing.rules.claim_content import renumber, to_json
from coding.models import Encounter
from rcm.x12.claim_837 import Person
from tests import make
from tests.x12.build import CLAIM


def make_sent_claim(encounter: Encounter, mark: str) -> Claim:
    """Decided by its payer; the policy holder on it has the practice's mark as name."""
    holder = replace(CLAIM.subscriber, person=Person(mark, "ADA"), member_id=f"ID{mark}")
    content = renumber(replace(CLAIM, subscriber=holder), f"C{mark}")
    return make.claim(
        encounter.practice,
        encounter=encounter,
        patient_control_number=f"C{mark}",
        status="adjudicated",
        content=to_json(content),
    )
