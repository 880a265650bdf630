"""The tasks of this app under their public names (settings.NOTICES, the beat schedule)."""

from billing.tasks_deposits import match_deposits, sweep_deposits
from billing.tasks_in import (
    fetch_channel,
    fetch_files,
    post_remittance,
    read_file,
    sweep_files,
    sweep_remittances,
)
from billing.tasks_inquiries import (
    ask_payers,
    send_inquiries,
    send_inquiry_batch,
    sweep_inquiries,
)
from billing.tasks_money import (
    draft_next_claims,
    link_provider_adjustments,
    sweep_next_claims,
    sweep_provider_adjustments,
)
from billing.tasks_out import (
    draft_ready_claims,
    learn_answer_clocks,
    send_batch,
    submit_daily,
    sweep_batches,
)
from billing.tasks_statements import join_statements, make_statements, run_statement_batch

__all__ = [
    "ask_payers",
    "draft_next_claims",
    "draft_ready_claims",
    "fetch_channel",
    "fetch_files",
    "join_statements",
    "learn_answer_clocks",
    "link_provider_adjustments",
    "make_statements",
    "match_deposits",
    "post_remittance",
    "read_file",
    "run_statement_batch",
    "send_batch",
    "send_inquiries",
    "send_inquiry_batch",
    "submit_daily",
    "sweep_batches",
    "sweep_deposits",
    "sweep_files",
    "sweep_inquiries",
    "sweep_next_claims",
    "sweep_provider_adjustments",
    "sweep_remittances",
]
