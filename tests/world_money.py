"""The money of the world (tests/world.py): deposits, refunds, offsets, keyed payments, denials."""

from datetime import date
from decimal import Decimal

from billing.models import (
    Account,
    BankLine,
    BankStatement,
    Claim,
    DepositMatch,
    ManualBatch,
    ManualClaim,
    ManualLine,
    ManualPage,
    ManualProviderAdjustment,
    OffsetLink,
    ProviderAdjustment,
    Refund,
    Remittance,
    RemittedLine,
    WorkOwner,
)
from coding.models import CoderTask
from denials.models import (
    AppealLevel,
    AppealTerms,
    CauseOverride,
    ChangeAlarm,
    Denial,
    DenialDeadline,
    DenialWeek,
)
from payers.models import Payer
from rcm.models import Role
from tests import make

PAID_ON = date(2026, 11, 16)


def make_offset_link(remittance: Remittance, mark: str) -> OffsetLink:
    """Another PLB gave 2.00 of the 5.00 back."""
    taken = remittance.provider_adjustments.get()
    given = ProviderAdjustment.objects.create(
        practice=remittance.practice,
        remittance=remittance,
        position=2,
        provider_identifier=remittance.practice.npi,
        code="WO",
        reference=mark,
        amount=Decimal("-2.00"),
    )
    return OffsetLink.objects.create(
        practice=remittance.practice,
        opening=taken,
        closing=given,
        amount=Decimal("2.00"),
        method=OffsetLink.Method.REFERENCE,
    )


def make_refund(claim: Claim, remittance: Remittance, mark: str) -> Refund:
    """7.00 of the 100.00 paid on no charge are to go back; the person who asked owns the work."""
    practice = claim.practice
    person = make.member(practice, Role.BILLER, f"{mark}@example.test", "Pat", mark)
    shared = {"owner": person, "assigned_by": person, "practice": practice}
    WorkOwner.objects.create(remittance=remittance, **shared)
    WorkOwner.objects.create(claim=claim, account=Account.PRIMARY_RECEIVABLE, **shared)
    return Refund.objects.create(
        practice=practice,
        claim=claim,
        account=Account.PRIMARY_RECEIVABLE,
        owner=Refund.Owner.PAYER,
        kind=Refund.Kind.REFUND,
        amount=Decimal("7.00"),
        reason=f"{mark} paid twice",
        state=Refund.State.REQUESTED,
        needs_approval=True,
        requested_by=person,
    )


def make_deposit(remittance: Remittance, mark: str) -> DepositMatch:
    """A bank line of 120.00, of which 100.00 are the payment; the rest is open."""
    practice = remittance.practice
    statement = BankStatement.objects.create(
        practice=practice,
        name=f"{mark}.bai",
        kind=BankStatement.Kind.BAI2,
        content=b"01,",
        size=3,
        sha256=f"{mark:0>64}",
        state=BankStatement.State.READ,
        note=f"{mark}: 1 new.",
        faults=[{"line": 1, "place": "01", "code": "x", "message": mark}],
        lines_new=1,
        starts_on=PAID_ON,
        ends_on=PAID_ON,
    )
    line = BankLine.objects.create(
        practice=practice,
        statement=statement,
        line_number=4,
        deposited_on=PAID_ON,
        amount=Decimal("120.00"),
        method=BankLine.Method.EFT,
        trace_number=f"B{mark}",
        trace_key=f"B{mark}".upper(),
        description=f"HCCLAIMPMT {mark}",
        identity=mark,
    )
    return DepositMatch.objects.create(
        practice=practice,
        bank_line=line,
        remittance=remittance,
        amount=Decimal("100.00"),
        method=DepositMatch.Method.TRACE,
    )


def make_manual_line(claim: Claim, mark: str) -> ManualLine:
    """A paper EOB of the claim, half keyed, with a scanned page and a PLB."""
    shared = {
        "practice": claim.practice,
        "batch": ManualBatch.objects.create(
            practice=claim.practice,
            payer=claim.payer,
            trace_number=f"M{mark}",
            paid_on=PAID_ON,
            control_total=Decimal("45.00"),
        ),
    }
    content = f"%PDF-1.4 {mark} %%EOF".encode()
    ManualPage.objects.create(
        **shared,
        position=1,
        name=f"{mark}.pdf",
        content_type="application/pdf",
        content=content,
        size=len(content),
        sha256=mark,
    )
    ManualProviderAdjustment.objects.create(
        **shared, position=1, code="WO", reference=mark, amount=Decimal("5.00")
    )
    row = ManualClaim.objects.create(
        **shared, position=1, claim=claim, payer_claim_control_number=f"P{mark}"
    )
    return ManualLine.objects.create(
        practice=claim.practice,
        manual_claim=row,
        service_line=claim.lines.get(),
        position=1,
        amount_paid=Decimal("50.00"),
    )


def make_cause_override(claim: Claim, mark: str) -> CauseOverride:
    """What the practice says CO-50 means."""
    return CauseOverride.objects.create(
        practice=claim.practice,
        payer=claim.payer,
        reason="50",
        category="documentation",
        owner_queue="records",
        note=f"Set for {mark}",
        created_by=make.member(
            claim.practice, Role.MANAGER, f"{mark.lower()}-causes@example.test", mark, "Causes"
        ),
    )


def make_denial(line: RemittedLine, task: CoderTask) -> Denial:
    """The part of the line that was not paid, with the coder."""
    claim = line.remitted_claim.claim
    denial = Denial.objects.create(
        practice=line.practice,
        claim=claim,
        service_line=line.service_line,
        remitted_claim=line.remitted_claim,
        remitted_line=line,
        payer=claim.payer,
        group="CO",
        reason="50",
        amount=Decimal("65.00"),
        category="medical_necessity",
        owner_queue="coding",
        denied_on=PAID_ON,
        due_on=date(2027, 3, 16),
        coder_task=task,
    )
    DenialDeadline.objects.create(
        practice=line.practice,
        denial=denial,
        remedy="appeal_1",
        starts_on=PAID_ON,
        days=120,
        day_kind="calendar",
        deadline=denial.due_on,
        last_safe_day=denial.due_on,
        source="Appeal days of the payer",
        confidence="low",
    )
    return denial


def make_appeal_terms(payer: Payer) -> AppealTerms:
    """One level of 60 days in 2026."""
    terms = AppealTerms.objects.create(
        practice=payer.practice,
        payer=payer,
        starts_on=date(2026, 1, 1),
        corrected_claim_days=90,
    )
    AppealLevel.objects.create(practice=payer.practice, terms=terms, level=1, days=60)
    return terms


def make_change_alarm(payer: Payer) -> ChangeAlarm:
    """The payer denies 99213 lately; a person of the practice has not looked yet."""
    shared = {"practice": payer.practice, "payer": payer, "procedure_code": "99213"}
    DenialWeek.objects.create(**shared, reason="197", week=PAID_ON, claims=12)
    return ChangeAlarm.objects.create(
        **shared,
        reason="197",
        week=PAID_ON,
        weeks=1,
        recent_claims=20,
        recent_denied=12,
        baseline_claims=200,
        baseline_denied=4,
        p_value=Decimal("1e-9"),
        note=f"{payer.short_name} asks for authorizations",
    )
