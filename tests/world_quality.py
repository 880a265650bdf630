"""Credentials and audits in the world (tests/world.py)."""

from dataclasses import dataclass
from datetime import date

from coding.models import (
    AuditChart,
    AuditLine,
    CodingAudit,
    Credential,
    CredentialRequirement,
    Encounter,
    ProductivityWeight,
)
from rcm.models import Membership, Practice, Role, User
from tests import make


@dataclass(frozen=True)
class Quality:
    """A coder who works here with what she holds."""

    membership: Membership
    credential: Credential
    requirement: CredentialRequirement
    audit: CodingAudit
    audit_chart: AuditChart
    audit_line: AuditLine
    weight: ProductivityWeight


def make_quality(encounter: Encounter, mark: str) -> Quality:
    """A coder with a CPC; stays, of which there is none, want a CIC or CCS."""
    practice = encounter.practice
    membership = make_coder(practice, mark)
    line = make_audit(encounter, membership.user, mark)
    return Quality(
        audit=line.chart.audit,
        audit_chart=line.chart,
        audit_line=line,
        weight=ProductivityWeight.objects.create(practice=practice, specialty=mark, weight=2),
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


def make_audit(encounter: Encounter, coder: User, mark: str) -> AuditLine:
    """An open audit of one chart with one line nobody has judged."""
    shared = {"practice": encounter.practice}
    audit = CodingAudit.objects.create(
        **shared,
        name=f"Audit of {mark}",
        auditor=coder,
        method="random",
        size=1,
        seed=1,
        coded_from=date(2026, 11, 1),
        coded_to=date(2026, 11, 30),
        state="open",
        pool_count=1,
        weights=dict.fromkeys(("dx", "procedure", "em", "modifier", "units", "pointer"), "1"),
        opened_at="2026-11-30T15:00:00Z",
        made_by=coder,
    )
    chart = AuditChart.objects.create(
        **shared,
        audit=audit,
        encounter=encounter,
        coder=coder,
        position=1,
        snapshot={"diagnoses": [], "lines": [["99213", "Visit", [], "1", []]]},
    )
    return AuditLine.objects.create(
        **shared, chart=chart, order=1, position="1", kind="em", coder_value="99213"
    )
