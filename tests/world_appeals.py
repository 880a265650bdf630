"""An appeal of the world of tests/world.py: a draft with a file, and a letter of the practice."""

from dataclasses import dataclass
from datetime import date

from denials.models import (
    Appeal,
    AppealDocument,
    AppealEntry,
    AppealFile,
    AppealItem,
    AppealLine,
    AppealRequirement,
    AppealTemplate,
    Denial,
)
from denials.rules.appeals import ITEMS, REQUIRED, Kind
from rcm.models import User


@dataclass(frozen=True)
class Appealing:
    """The rows pages and endpoints of appeals are about."""

    appeal: Appeal
    file: AppealFile
    template: AppealTemplate
    requirement: AppealRequirement


def make_appealing(denial: Denial) -> Appealing:
    """Level 2 of the denial, still a draft, so that the level its deadline names stays open."""
    practice, mark = denial.practice, denial.payer.short_name
    by = User.objects.create_user(f"{mark.lower()}-appeals@example.test", "correct-Horse-7")
    template = AppealTemplate.objects.create(
        practice=practice, name=f"Letter of {mark}", body=f"{mark} asks for {{amount}}.", made_by=by
    )
    requirement = AppealRequirement.objects.create(
        practice=practice, payer=denial.payer, level=3, items=["policy"], changed_by=by
    )
    appeal = Appeal.objects.create(
        practice=practice,
        claim=denial.claim,
        remitted_claim=denial.remitted_claim,
        payer=denial.payer,
        group=denial.group,
        reason=denial.reason,
        category=denial.category,
        level=2,
        kind=Kind.MEDICAL_NECESSITY,
        amount=denial.amount,
        deadline=date(2027, 3, 20),
        last_safe_day=date(2027, 3, 19),
        template=template,
        template_name=str(template),
        body=template.body,
        opened_by=by,
    )
    owned = {"practice": practice, "appeal": appeal}
    AppealLine.objects.create(**owned, denial=denial)
    required = REQUIRED[Kind.MEDICAL_NECESSITY]
    AppealItem.objects.bulk_create(
        AppealItem(**owned, kind=kind, is_required=kind in required) for kind in ITEMS
    )
    for page in denial.claim.encounter.documents.all():
        AppealDocument.objects.create(**owned, document=page)
    AppealEntry.objects.create(**owned, kind="call", text=f"{mark} is busy", made_by=by)
    file = AppealFile.objects.create(
        **owned,
        item="other",
        name=f"{mark}.txt",
        content_type="text/plain",
        content=f"Letter of {mark}".encode(),
        size=20,
        pages=1,
        sha256="0" * 64,
        added_by=by,
    )
    return Appealing(appeal, file, template, requirement)
