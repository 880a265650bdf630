"""What a letter of appeal and its packet say, read of the case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from billing.account_documents import phone_text
from billing.filing_proof import proof_facts
from billing.models import Claim, ServiceLine
from denials.models import Appeal, AppealLine, Denial, DenialDeadline
from denials.rules.appeals import (
    BUNDLED,
    WITHDRAWN,
    LevelWindow,
    Opening,
    level_of,
    level_words,
    opening,
)
from denials.sent_codes import PolicyRow, sent_facts
from payers.models import ReasonCode, RemarkCode
from payers.table_lookup import tables_on


@dataclass(frozen=True)
class Case:
    """One appeal's claim, denied lines and level, and the facts of its letter."""

    claim: Claim
    denials: Sequence[Denial]
    level: int
    follows: Appeal | None
    letter: dict[str, str]
    policies: list[PolicyRow] = field(default_factory=list)
    coder_answer: str = ""
    coder: str = ""
    filing_proof: str = ""
    authorization: str = ""

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.denials), Decimal(0))


def read_case(
    denials: Sequence[Denial], level: int, follows: Appeal | None, *, now: datetime, today: date
) -> Case:
    """The facts of an appeal of these lines, all of one case."""
    claim = Claim.objects.select_related(
        "patient", "payer", "practice", "coverage", "encounter__provider"
    ).get(pk=denials[0].claim_id)
    content = sent_facts(claim) if claim.content else {}
    policies = list(content.get("policies", []))
    task = denials[0].coder_task
    answer = task.answer.strip() if task is not None else ""
    proof = proof_facts(claim, now)
    case = Case(
        claim=claim,
        denials=denials,
        level=level,
        follows=follows,
        letter={},
        policies=policies,
        coder_answer=answer,
        coder=str(task.resolved_by) if task is not None and task.resolved_by else "",
        filing_proof=proof["statement"] if proof["sendings"] else "",
        authorization=claim.encounter.authorization_number,
    )
    codes = ", ".join(row.dotted for row in content.get("sent_diagnoses", []))
    case.letter.update(_party_facts(claim), diagnoses=codes)
    case.letter.update(_denial_facts(case, today))
    return case


def _party_facts(claim: Claim) -> dict[str, str]:
    patient, practice, provider = claim.patient, claim.practice, claim.encounter.provider
    return {
        "payer": claim.payer.name,
        "claim_number": claim.patient_control_number,
        "patient_name": f"{patient.first_name} {patient.last_name}",
        "patient_birth_date": f"{patient.birth_date:%m/%d/%Y}",
        "member_id": claim.coverage.member_id,
        "group_number": claim.coverage.group_number,
        "provider": ", ".join(
            filter(None, [f"{provider.first_name} {provider.last_name}", provider.credential])
        ),
        "provider_npi": provider.npi,
        "practice": practice.name,
        "practice_npi": practice.npi,
        "practice_phone": phone_text(practice.phone),
    }


def _denial_facts(case: Case, today: date) -> dict[str, str]:
    first, claim = case.denials[0], case.claim
    remitted = first.remitted_claim
    days = sorted(
        {
            row.service_line.date_of_service if row.service_line else claim.date_of_service
            for row in case.denials
        }
    )
    return {
        "today": f"{today:%m/%d/%Y}",
        "level": level_words(case.level, claim.payer.payer_class),
        "payer_claim_number": (
            remitted.payer_claim_control_number or claim.payer_claim_control_number
        ),
        "service_dates": ", ".join(f"{day:%m/%d/%Y}" for day in days),
        "denied_on": f"{first.denied_on:%m/%d/%Y}",
        "check_number": remitted.remittance.trace_number,
        "denial_code": first.code,
        "denial_code_words": code_words(first),
        "denied_lines": "\n".join(line_words(row) for row in case.denials),
        "amount": f"${case.amount:,.2f}",
        "coder_reasoning": case.coder_answer,
        "policy": "; ".join(dict.fromkeys(f"{row.document} {row.title}" for row in case.policies)),
        "authorization": case.authorization,
        "filing_proof": case.filing_proof,
        "previous_decision": decision_words(case.follows) if case.follows else "",
    }


def code_words(denial: Denial) -> str:
    """The reason and remarks in our own words: "CO-50 (not medically necessary), N115 (…)"."""
    reason = ReasonCode.objects.filter(pk=denial.reason).first()
    remarks = RemarkCode.objects.in_bulk(denial.remarks)
    found = [f"{denial.code} ({reason.label})" if reason else denial.code]
    found += [f"{code} ({remarks[code].label})" for code in denial.remarks if code in remarks]
    return ", ".join(found)


def line_words(denial: Denial) -> str:
    """ "Line 1: 99213-25 on 11/02/2026, $165.00 denied"."""
    line = denial.service_line
    if line is None:
        return f"The whole claim, ${denial.amount:,.2f} denied"
    code = "-".join([line.procedure_code, *line.modifiers])
    day = f"{line.date_of_service:%m/%d/%Y}"
    return f"Line {line.position}: {code} on {day}, ${denial.amount:,.2f} denied"


def decision_words(appeal: Appeal) -> str:
    note = f": {appeal.decision_note}" if appeal.decision_note else ""
    on = f"{appeal.decided_on:%m/%d/%Y}" if appeal.decided_on else ""
    return f"{appeal.level_label}, {appeal.get_outcome_display().lower()} on {on}{note}"


def opening_of(
    denial: Denial,
    today: date,
    *,
    appeals: Iterable[Appeal] | None = None,
    rows: Iterable[DenialDeadline] | None = None,
) -> Opening:
    """The level of appeal that is open for a denial, or why none is.

    `appeals` are its appeals and `rows` its deadlines, read when they are not given.
    """
    if rows is None:
        rows = DenialDeadline.objects.filter(denial=denial)
    # A level that was only said to be filed is written down as an appeal still.
    used = {row.level for row in (appeals_of([denial]) if appeals is None else appeals)}
    windows = [
        LevelWindow(level, row.deadline, row.last_safe_day, level in used)
        for row in rows
        if (level := level_of(row.remedy)) is not None
    ]
    return opening(
        windows,
        today=today,
        payer_class=denial.payer.payer_class,
        reason=denial.reason,
        remarks=denial.remarks,
        fixed_pair=fixed_pair(denial),
    )


def fixed_pair(denial: Denial) -> tuple[str, str] | None:
    """The NCCI pair with modifier indicator 0 that the denied line is the second code of."""
    line = denial.service_line
    if denial.reason not in BUNDLED or line is None:
        return None
    others = ServiceLine.objects.filter(
        practice_id=denial.practice_id,
        claim__patient_id=denial.claim.patient_id,
        date_of_service=line.date_of_service,
    ).exclude(procedure_code=line.procedure_code)
    codes = sorted(set(others.values_list("procedure_code", flat=True)))
    is_institutional = denial.claim.form == Claim.Form.INSTITUTIONAL
    found = tables_on(
        line.date_of_service,
        setting="hospital" if is_institutional else "practitioner",
        codes=[],
        pairs=[(code, line.procedure_code) for code in codes],
    ).pairs
    for code in codes:
        for edit in found.get((code, line.procedure_code), ()):
            if int(edit.modifier_indicator) == 0:
                return code, line.procedure_code
    return None


def appeals_of(denials: Sequence[Denial]) -> list[Appeal]:
    """Appeals of these lines, or of the same lines denied before with the same code, newest first.

    A withdrawn one counts as none. One statement, two where there are some.
    """
    first = denials[0]
    rows = Appeal.objects.filter(
        practice_id=first.practice_id,
        claim_id=first.claim_id,
        group=first.group,
        reason=first.reason,
    )
    found = rows.exclude(outcome=WITHDRAWN).select_related("payer", "claim")
    of_lines = Prefetch("lines", AppealLine.objects.select_related("denial"))
    lines = {row.service_line_id for row in denials}
    return [
        appeal
        for appeal in found.prefetch_related(of_lines).order_by("-level", "-pk")
        if any(line.denial.service_line_id in lines for line in appeal.lines.all())
    ]
