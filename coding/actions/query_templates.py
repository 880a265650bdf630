"""A practice's own query templates: made, retired, never changed."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from coding.models import QueryTemplate
from coding.rules.query_wording import QueryDraft, check_wording
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

# A template is worded before any chart: what its chart must support is asked again when it is used.
ASKED_OF_A_CHART = {"unsupported_diagnosis", "unsupported_option", "no_indicator"}


@transaction.atomic
def add_template(
    practice: Practice, *, name: str, draft: QueryDraft, options: tuple[str, ...], by: User
) -> QueryTemplate:
    """Keep a wording under a name; `options` are the clinical ones of the draft.

    Raises Refusal 422: "wording_refused" as for a query, or "template_exists".
    """
    faults = [fault for fault in check_wording(draft, "") if fault.code not in ASKED_OF_A_CHART]
    if faults:
        fields = {fault.field: fault.message for fault in reversed(faults)}
        raise Refusal("wording_refused", faults[0].message, fields=fields, faults=faults)
    try:
        with transaction.atomic():
            template = QueryTemplate.objects.create(
                practice=practice,
                name=name.strip(),
                kind=draft.kind,
                purpose=draft.purpose,
                title=draft.title,
                question=draft.question,
                options=list(options) if draft.kind == "multiple_choice" else [],
                made_by=by,
            )
    except IntegrityError as error:
        message = "A template of this name is in use."
        raise Refusal("template_exists", message, fields={"name": message}) from error
    events.record("query_template.added", template, by=by)
    return template


@transaction.atomic
def retire_template(template: QueryTemplate, *, by: User) -> None:
    """Take it off the list; queries asked with it keep it. Raises Refusal 409 when it is off."""
    rows = QueryTemplate.objects.filter(pk=template.pk, retired_at__isnull=True)
    if not rows.update(retired_at=timezone.now()):
        raise Refusal("template_retired", "This template is retired already.", status=409)
    template.refresh_from_db()
    events.record("query_template.retired", template, by=by)
