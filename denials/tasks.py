"""Tasks of this app: load by id, call one action. Each is safe to repeat."""

from celery import shared_task

from billing.models import Remittance
from coding.models import CoderTask
from denials.actions import bulk as bulk_actions
from denials.actions import bulk_undo, closing, denials, opening
from denials.models import Denial, DenialBulk
from denials.practice_days import practice_today
from denials.rules.bulk import VERB_LABELS
from denials.tasks_deadlines import rewrite_deadlines, watch_deadlines
from denials.tasks_follow_up import refresh_follow_ups
from denials.tasks_learning import draft_learned_rules, watch_payer_changes, weigh_denials
from rcm import access
from rcm.actions.jobs import running_job
from rcm.events import enqueue
from rcm.every_practice import for_every_practice
from rcm.locks import alone
from rcm.models import Practice

__all__ = [
    "draft_learned_rules",
    "follow_coder_task",
    "open_denials",
    "refresh_follow_ups",
    "rest_denials",
    "rewrite_deadlines",
    "run_bulk",
    "sweep_denials",
    "watch_deadlines",
    "watch_payer_changes",
    "weigh_denials",
]


# The kind of work rcm.locks keeps to one worker.
BULK_LOCK = 7315


@shared_task(name="denials.tasks.open_denials")
def open_denials(practice_id: int, remittance_id: int) -> None:
    with access.acting_in(practice_id):
        opening.open_denials(Remittance.objects.select_related("payer").get(pk=remittance_id))


@shared_task(name="denials.tasks.rest_denials")
def rest_denials(practice_id: int, remittance_id: int) -> None:
    """The posting of the remittance, or of one of its claims, was taken back."""
    with access.acting_in(practice_id):
        closing.close_unposted(Remittance.objects.get(pk=remittance_id))


@shared_task(name="denials.tasks.follow_coder_task")
def follow_coder_task(practice_id: int, task_id: int) -> None:
    with access.acting_in(practice_id):
        denials.follow_coder_task(CoderTask.objects.get(pk=task_id))


@shared_task(name="denials.tasks.run_bulk")
def run_bulk(practice_id: int, bulk_id: int) -> None:
    """Do, or take back, what is left of a bulk, in view; one worker at a time."""
    with alone(BULK_LOCK, bulk_id) as is_ours:
        if not is_ours:
            return
        with access.acting_in(practice_id):
            rows = DenialBulk.objects.select_related("practice", "made_by", "undone_by")
            bulk = rows.get(pk=bulk_id)
        if bulk.state in (DenialBulk.State.RUNNING, DenialBulk.State.UNDOING):
            work_bulk(bulk)


def work_bulk(bulk: DenialBulk) -> None:
    is_undo = bulk.state == DenialBulk.State.UNDOING
    label = VERB_LABELS[bulk.verb]
    with running_job(
        bulk.practice_id,
        kind="denial_bulk",
        label=f"Undoing: {label}" if is_undo else f"Denials: {label}",
        subject=bulk,
        total=len(bulk.denial_ids),
        by=bulk.undone_by if is_undo else bulk.made_by,
    ) as progress:
        for through in bulk_undo.undo(bulk) if is_undo else bulk_actions.run(bulk):
            progress.reach(through)
        progress.message = "The result names what was left."


@shared_task(name="denials.tasks.sweep_denials")
@for_every_practice
def sweep_denials(practice: Practice) -> None:
    """What lost messages left behind, and pended denials whose day has come."""
    practice_id = practice.pk
    with access.acting_in(practice_id):
        remittances = opening.remittances_to_read(practice_id)
        answered = CoderTask.objects.filter(
            state__in=["upheld", "recoded"], denial__state=Denial.State.WITH_CODER
        )
        tasks = list(answered.values_list("pk", flat=True).distinct())
        resting = closing.unposted(practice_id).values_list(
            "remitted_claim__remittance_id", flat=True
        )
        unposted = list(resting.distinct())
        denials.reopen_due(practice_id, today=practice_today(practice))
        unfinished = DenialBulk.objects.filter(state__in=["running", "undoing"])
        bulks = list(unfinished.order_by("pk").values_list("pk", flat=True))
    for bulk_id in bulks:
        enqueue("denials.tasks.run_bulk", practice_id, bulk_id)
    for remittance_id in remittances:
        enqueue("denials.tasks.open_denials", practice_id, remittance_id)
    for remittance_id in unposted:
        enqueue("denials.tasks.rest_denials", practice_id, remittance_id)
    for task_id in tasks:
        enqueue("denials.tasks.follow_coder_task", practice_id, task_id)
