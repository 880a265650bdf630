"""Credentials and audits in the world (tests/world.py)."""

from dataclasses import dataclass
from datetime import date

from coding.models import Credential, CredentialRequirement, Encounter
from rcm.models import Membership, Practice, Role
from tests import make


@dataclass(frozen=True)
class Quality:
    """A coder who works here with what she holds."""

    membership: Membership
    credential: Credential
    requirement: CredentialRequirement


def make_quality(encounter: Encounter, mark: str) -> Quality:
    """A coder with a CPC; stays, of which there is none, want a CIC or CCS."""
    practice = encounter.practice
    membership = make_coder(practice, mark)
    return Quality(
        membership=membership,
        credential=Credential.objects.create(
            practice=practice,
            person=membership.user,
            kind="cpc",
            number=f"{mark}1",
            issued_on=date(2020, 1, 1),
            expires_on=date(2030, 12, 31),
            recorded_by=membership.user,
        ),
        requirement=CredentialRequirement.objects.create(
            practice=practice,
            care="inpatient",
            specialty=mark,
            kinds=["cic", "ccs"],
            made_by=membership.user,
        ),
    )


def make_coder(practice: Practice, mark: str) -> Membership:
    email = f"{mark.lower()}-coder@example.test"
    coder = make.member(practice, Role.CODER, email, "Kim", mark)
    return Membership.objects.get(practice=practice, user=coder)
