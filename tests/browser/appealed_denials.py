"""Appeals for the pages that show them: a draft, one with the payer; a letter of the practice."""

from coding.actions.tasks import uphold_task
from coding.models import CoderTask
from denials.actions import appeal_decisions, appeals
from denials.actions.appeal_templates import save_template
from denials.actions.appeals import Sending
from denials.actions.denials import follow_coder_task
from denials.models import Denial
from denials.rules.appeal_letters import built_in
from rcm.models import Practice, User


def appeal_denials(practice: Practice, *, coder: User, by: User) -> dict[str, int]:
    """The coder upholds the newest two returned tasks; one appeal is written, the other sent."""
    tasks = CoderTask.objects.filter(
        practice=practice, state="open", denial__isnull=False
    ).order_by("-pk")
    upheld = list(tasks.distinct()[:2])
    drafts = []
    for task in upheld:
        uphold_task(task, answer="The note shows each service by itself.", by=coder)
        follow_coder_task(CoderTask.objects.get(pk=task.pk))
        denial = Denial.objects.filter(coder_task=task).order_by("pk")[0]
        drafts.append(appeals.open_appeal(denial, by=by))
    draft, sent = drafts
    # Which tasks are the newest depends on which payment came first: some want a number of an
    # authorization, which no visit of the demo has.
    sent.items.filter(kind="authorization").update(is_required=False)
    appeals.make_ready(sent, by=by)
    appeals.submit(sent, Sending("fax", "FAX-77"), by=by)
    appeal_decisions.log(sent, kind="call", text="In review", reference="REF 4", by=by)
    save_template(
        practice, name="Coding, our words", category="coding", body=built_in("coding"), by=by
    )
    return {"appeal_draft": draft.pk, "appeal_sent": sent.pk}
