"""A practice's own wording of appeals: each save is a new version."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from denials.actions.appeals import check_body
from denials.models import AppealTemplate
from denials.rules.appeals import ITEMS
from denials.rules.triage import CAUSES
from payers.models import Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def save_template(
    practice: Practice,
    *,
    name: str,
    body: str,
    by: User,
    payer: Payer | None = None,
    payer_class: str = "",
    category: str = "",
    level: int | None = None,
    required: Collection[str] = (),
) -> AppealTemplate:
    """A wording from now on: the next version of the one of this name, or a first.

    Drafts that began with the version before keep their letters. Raises Refusal 422 for an unknown
    field, cause or item, and for a payer together with a class.
    """
    text, title = check_body(body), name.strip()
    if not title:
        raise Refusal("name_missing", "Give it a name.", fields={"name": "Required."})
    if payer is not None and payer_class:
        message = "A payer has its class already: choose one of both."
        raise Refusal("payer_or_class", message, fields={"payer_class": message})
    if (category and category not in CAUSES) or not set(required) <= set(ITEMS):
        raise Refusal("unknown_choice", "Choose a cause and items of the lists.")
    versions = AppealTemplate.objects.select_for_update().filter(practice=practice, name=title)
    before = versions.order_by("-version").first()
    if before is not None and before.retired_at is None:
        before.retired_at = timezone.now()
        before.save(update_fields=["retired_at"])
    row = AppealTemplate.objects.create(
        practice=practice,
        name=title,
        version=before.version + 1 if before else 1,
        payer=payer,
        payer_class=payer_class,
        category=category,
        level=level,
        body=text,
        required=[item for item in ITEMS if item in required],
        made_by=by,
    )
    events.record("appeal_template.saved", row, by=by, version=row.version)
    return row


@transaction.atomic
def retire_template(template: AppealTemplate, *, by: User) -> None:
    """New letters begin without it. Raises Refusal 409 when it is retired or has a new version."""
    row = AppealTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if row.retired_at is not None:
        raise Refusal("template_retired", "This version is not used any more.", status=409)
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    events.record("appeal_template.retired", row, by=by)
