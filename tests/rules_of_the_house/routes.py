"""All addresses of the application, filled with rows of a world (tests/world.py).

A new argument of an address needs one line below: which row of the world, or which word, it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from operator import attrgetter
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import World

# Argument of an address -> attribute of the world, or a path of them.
ROWS = {
    "account_flag_id": "account_work.flag",
    "account_inquiry_id": "account_work.inquiry",
    "estimate_id": "account_work.estimate",
    "appeal_file_id": "appealing.file",
    "appeal_id": "appealing.appeal",
    "appeal_template_id": "appealing.template",
    "alarm_id": "change_alarm",
    "assignment_rule_id": "work.rule",
    "attachment_id": "claim_work.attachment",
    "audit_chart_id": "quality.audit_chart",
    "audit_id": "quality.audit",
    "audit_line_id": "quality.audit_line",
    "authorization_id": "terms.authorization",
    "authorization_rule_id": "terms.authorization_rule",
    "batch_id": "batch",
    "bulk_id": "denial_work.bulk",
    "bundle_id": "desk.bundle",
    "channel_id": "terms.channel",
    "charge_id": "charge",
    "contract_id": "terms.contract",
    "claim_id": "claim",
    "claim_rule_id": "claim_work.rule",
    "credential_id": "quality.credential",
    "denial_id": "denial",
    "diagnosis_id": "diagnosis",
    "document_id": "document",
    "encounter_id": "encounter",
    "entry_id": "provider_adjustment",
    "file_id": "file",
    "finding_id": "claim_work.finding",
    "follow_up_id": "follow_up",
    "inquiry_id": "eligibility_inquiry",
    "job_id": "job",
    "link_id": "offset_link",
    "manual_adjustment_id": "manual_adjustment",
    "manual_batch_id": "manual_batch",
    "manual_claim_id": "manual_claim",
    "manual_line_id": "manual_line",
    "manual_page_id": "manual_page",
    "match_id": "deposit_match",
    "membership_id": "quality.membership",
    "message_id": "intake_message",
    "override_id": "cause_override",
    "patient_id": "patient",
    "patient_statement_id": "account_work.statement",
    "payment_plan_id": "account_work.plan",
    "payment_id": "account_work.payment",
    "plan_id": "terms.plan",
    "practice_id": "practice",
    "query_id": "provider_query",
    "refund_id": "refund",
    "remittance_id": "remittance",
    "request_id": "denial_work.request",
    "requirement_id": "quality.requirement",
    "reroute_id": "terms.reroute",
    "review_id": "charge_review",
    "rule_id": "posting_rule",
    "saved_view_id": "work.view",
    "statement_batch_id": "account_work.batch",
    "statement_id": "bank_statement",
    "suggestion_id": "suggestion",
    "task_id": "coder_task",
    "terms_id": "appeal_terms",
    "template_id": "provider_query.template",
    "underpayment_id": "claim_work.underpayment",
    "weight_id": "quality.weight",
}
# The same for arguments whose meaning depends on the address: (url name, argument).
ROWS_BY_NAME = {
    ("api-account-detail", "pk"): "patient",
    ("api-estimate-detail", "pk"): "account_work.estimate",
    **{
        (f"api-account-flag-{verb}", "pk"): "account_work.flag"
        for verb in ("approval", "detail", "end")
    },
    **{
        (f"api-account-inquiry-{verb}", "pk"): "account_work.inquiry"
        for verb in ("answer", "detail", "messages")
    },
    ("api-payment-plan-cancellation", "pk"): "account_work.plan",
    ("api-payment-plan-detail", "pk"): "account_work.plan",
    ("api-account-settings-detail", "pk"): "account_work.settings",
    **{
        (f"api-patient-statement-{verb}", "pk"): "account_work.statement"
        for verb in ("detail", "document", "resending", "void")
    },
    **{
        (f"api-statement-batch-{verb}", "pk"): "account_work.batch"
        for verb in ("detail", "document", "mailing", "resumption", "undo")
    },
    ("api-account-payments", "pk"): "patient",
    ("api-account-prepaid", "pk"): "patient",
    ("api-patient-payment-detail", "pk"): "account_work.payment",
    ("api-patient-payment-receipt", "pk"): "account_work.payment",
    ("api-patient-payment-restoration", "pk"): "account_work.payment",
    ("api-patient-payment-reversal", "pk"): "account_work.payment",
    ("api-audit-chart-detail", "pk"): "quality.audit_chart",
    ("api-coding-audit-detail", "pk"): "quality.audit",
    ("api-authorization-detail", "pk"): "terms.authorization",
    ("api-authorization-terms", "pk"): "terms.authorization",
    ("api-authorization-rule-detail", "pk"): "terms.authorization_rule",
    ("api-authorization-rule-end", "pk"): "terms.authorization_rule",
    ("api-assignment-rule-change", "pk"): "work.rule",
    ("api-assignment-rule-detail", "pk"): "work.rule",
    ("api-assignment-rule-removal", "pk"): "work.rule",
    ("api-bank-line-detail", "pk"): "bank_line",
    ("api-batch-detail", "pk"): "batch",
    ("api-change-alarm-acknowledgment", "pk"): "change_alarm",
    ("api-change-alarm-detail", "pk"): "change_alarm",
    ("api-change-alarm-end", "pk"): "change_alarm",
    ("api-change-alarm-hold", "pk"): "change_alarm",
    ("api-channel-detail", "pk"): "terms.channel",
    ("api-charge-review-acceptance", "pk"): "charge_review",
    ("api-charge-review-authorization", "pk"): "charge_review",
    ("api-charge-review-owner", "pk"): "charge_review",
    ("api-charge-review-coverage", "pk"): "charge_review",
    ("api-charge-review-detail", "pk"): "charge_review",
    ("api-charge-review-price", "pk"): "charge_review",
    ("api-charge-review-send-back", "pk"): "charge_review",
    ("api-claim-attachment-content", "pk"): "claim_work.attachment",
    ("api-claim-attachment-detail", "pk"): "claim_work.attachment",
    ("api-claim-detail", "pk"): "claim",
    ("api-claim-rule-detail", "pk"): "claim_work.rule",
    ("api-claim-rule-enabling", "pk"): "claim_work.rule",
    ("api-claim-rule-retirement", "pk"): "claim_work.rule",
    ("api-claim-rule-trial", "pk"): "claim_work.rule",
    ("api-claim-paper", "pk"): "claim",
    ("api-claim-next-payer", "pk"): "claim",
    ("api-claim-replacement", "pk"): "claim",
    ("api-claim-left-as-sent", "pk"): "claim",
    ("api-claim-void", "pk"): "claim",
    ("api-claim-filing-proof", "pk"): "claim",
    ("api-claim-packet", "pk"): "claim",
    ("api-coder-task-detail", "pk"): "coder_task",
    ("api-coding-suggestion-acceptance", "pk"): "suggestion",
    ("api-coding-suggestion-detail", "pk"): "suggestion",
    ("api-coding-suggestion-rejection", "pk"): "suggestion",
    ("api-coding-suggestion-restoration", "pk"): "suggestion",
    ("api-contract-detail", "pk"): "terms.contract",
    ("api-contract-terms", "pk"): "terms.contract",
    ("api-credential-detail", "pk"): "quality.credential",
    ("api-credential-facts", "pk"): "quality.credential",
    ("api-credential-requirement-detail", "pk"): "quality.requirement",
    ("api-plan-coverages", "pk"): "terms.plan",
    ("api-plan-detail", "pk"): "terms.plan",
    ("api-plan-terms", "pk"): "terms.plan",
    ("api-credit-detail", "pk"): "claim",
    ("api-appeal-checklist", "pk"): "appealing.appeal",
    ("api-appeal-completion", "pk"): "appealing.appeal",
    ("api-appeal-decision", "pk"): "appealing.appeal",
    ("api-appeal-decision-undo", "pk"): "appealing.appeal",
    ("api-appeal-detail", "pk"): "appealing.appeal",
    ("api-appeal-entries", "pk"): "appealing.appeal",
    ("api-appeal-files", "pk"): "appealing.appeal",
    ("api-appeal-let-go", "pk"): "appealing.appeal",
    ("api-appeal-letter", "pk"): "appealing.appeal",
    ("api-appeal-next-level", "pk"): "appealing.appeal",
    ("api-appeal-packet", "pk"): "appealing.appeal",
    ("api-appeal-parts", "pk"): "appealing.appeal",
    ("api-appeal-submission", "pk"): "appealing.appeal",
    ("api-appeal-submission-undo", "pk"): "appealing.appeal",
    ("api-appeal-withdrawal", "pk"): "appealing.appeal",
    ("api-appeal-requirement-detail", "pk"): "appealing.requirement",
    ("api-appeal-template-detail", "pk"): "appealing.template",
    ("api-appeal-template-retirement", "pk"): "appealing.template",
    ("api-appeal-terms-detail", "pk"): "appeal_terms",
    ("api-denial-deadline-detail", "pk"): "denial_deadline",
    ("api-cause-override-detail", "pk"): "cause_override",
    ("api-denial-bulk-confirmation", "pk"): "denial_work.bulk",
    ("api-denial-bulk-detail", "pk"): "denial_work.bulk",
    ("api-denial-bulk-undo", "pk"): "denial_work.bulk",
    ("api-denial-detail", "pk"): "denial",
    ("api-denial-group-detail", "pk"): "denial",
    ("api-denial-group-draft", "pk"): "denial",
    ("api-write-off-limit-detail", "pk"): "denial_work.limit",
    ("api-write-off-request-approval", "pk"): "denial_work.request",
    ("api-write-off-request-decline", "pk"): "denial_work.request",
    ("api-write-off-request-detail", "pk"): "denial_work.request",
    ("api-write-off-request-withdrawal", "pk"): "denial_work.request",
    ("api-deposit-detail", "pk"): "deposit_match",
    ("api-eligibility-inquiry-detail", "pk"): "eligibility_inquiry",
    ("api-encounter-detail", "pk"): "encounter",
    ("api-encounter-stay", "pk"): "encounter",
    ("api-encounter-take-over", "pk"): "encounter",
    ("api-event-detail", "pk"): "event",
    ("api-file-detail", "pk"): "file",
    ("api-follow-up-call", "pk"): "follow_up",
    ("api-follow-up-detail", "pk"): "follow_up",
    ("api-follow-up-escalation", "pk"): "follow_up",
    ("api-follow-up-inquiry", "pk"): "follow_up",
    ("api-follow-up-return", "pk"): "follow_up",
    ("api-follow-up-snooze", "pk"): "follow_up",
    ("api-follow-up-touches", "pk"): "follow_up",
    ("api-intake-message-detail", "pk"): "intake_message",
    ("api-intake-message-discarding", "pk"): "intake_message",
    ("api-job-detail", "pk"): "job",
    ("api-my-query-answer", "pk"): "provider_query",
    ("api-my-query-detail", "pk"): "provider_query",
    ("api-patient-detail", "pk"): "patient",
    ("api-payer-detail", "pk"): "payer",
    ("api-payer-route-detail", "pk"): "terms.route",
    ("api-posting-detail", "pk"): "posting",
    ("api-posting-rule-detail", "pk"): "posting_rule",
    ("api-practice-detail", "pk"): "practice",
    ("api-provider-adjustment-detail", "pk"): "provider_adjustment",
    ("api-provider-detail", "pk"): "provider",
    ("api-provider-query-detail", "pk"): "provider_query",
    ("api-provider-query-reminder", "pk"): "provider_query",
    ("api-provider-query-withdrawal", "pk"): "provider_query",
    ("api-refund-detail", "pk"): "refund",
    ("api-rejection-detail", "pk"): "claim_work.rejection",
    ("api-remittance-claims", "pk"): "remittance",
    ("api-remittance-detail", "pk"): "remittance",
    ("api-remittance-posting", "pk"): "remittance",
    ("api-remittance-preview", "pk"): "remittance",
    ("api-remittance-release", "pk"): "remittance",
    ("api-remittance-reversal", "pk"): "remittance",
    ("api-reroute-detail", "pk"): "terms.reroute",
    ("api-reroute-undo", "pk"): "terms.reroute",
    ("api-remitted-claim-detail", "pk"): "remitted_claim",
    ("api-remitted-claim-match", "pk"): "remitted_claim",
    ("api-remitted-claim-release", "pk"): "remitted_claim",
    ("api-remitted-claim-reversal", "pk"): "remitted_claim",
    ("api-remitted-claim-unmatch", "pk"): "remitted_claim",
    ("api-saved-view-detail", "pk"): "work.view",
    ("api-saved-view-removal", "pk"): "work.view",
    ("api-status-inquiry-detail", "pk"): "status_inquiry",
    ("api-underpayment-acceptance", "pk"): "claim_work.underpayment",
    ("api-underpayment-detail", "pk"): "claim_work.underpayment",
    ("api-underpayment-dispute", "pk"): "claim_work.underpayment",
    ("api-underpayment-reopening", "pk"): "claim_work.underpayment",
    ("api-usual-allowed-detail", "pk"): "claim_work.usual",
    ("exception", "pk"): "remitted_claim",
    ("remittance_match", "pk"): "remitted_claim",
    ("remitted_claim", "pk"): "remitted_claim",
    ("remitted_claim_verb", "pk"): "remitted_claim",
    ("remittance_release", "pk"): "remitted_claim",
}
CREDITS = ("credit", "credit_refund", "credit_owner")
CODE_RELEASES = ("code_release", "api-code-release-changes", "api-code-release-impact")
# Arguments that are words: (url name, argument) -> every word it takes.
WORDS = {
    **{(name, "account"): ["primary_receivable"] for name in CREDITS},
    ("charge_review_verb", "verb"): [
        *("acceptance", "return", "price", "coverage", "authorization", "owner", "eligibility"),
    ],
    ("account_inquiry_verb", "verb"): ["answer", "message"],
    ("audit_verb", "verb"): ["opening", "seed", "closing", "removal"],
    ("claim_successor", "verb"): ["replacement", "void", "next-payer"],
    ("claim_rule_verb", "verb"): ["trial", "enabling", "retirement"],
    **{(name, "system"): ["icd10cm"] for name in ("code_entry", "api-code-detail")},
    **{(name, "code"): ["I10"] for name in ("code_entry", "api-code-detail")},
    **{(name, "code_set"): ["icd10cm"] for name in CODE_RELEASES},
    **{(name, "starts_on"): ["2026-10-01"] for name in CODE_RELEASES},
    ("refund_decision", "verb"): ["approve", "decline"],
    ("appeal_verb", "verb"): [
        *("ready", "submission", "submission-undo", "decision", "decision-undo", "withdrawal"),
        *("next-level", "log", "parts", "let-go"),
    ],
    ("denial_verb", "verb"): [
        "corrected",
        "route",
        "bill-patient",
        "write-off",
        "pend",
        "reopen",
        "recategorize",
        "appeal-filed",
        "assign",
        "take-back",
    ],
    ("follow_up_verb", "verb"): [
        *("call", "snooze", "inquiry", "escalation", "return", "owner"),
    ],
    ("underpayment_verb", "verb"): ["dispute", "acceptance", "reopening"],
    ("change_alarm_verb", "verb"): ["acknowledgment", "hold", "end"],
    ("denial_bulk_start", "verb"): [
        *("assign", "bill-patient", "corrected", "pend", "recategorize", "route", "write-off"),
    ],
    ("write_off_verb", "verb"): ["approve", "decline", "withdraw"],
    ("remitted_claim_verb", "verb"): ["unmatch", "undo", "undo-match"],
    ("kpi", "key"): ["clean_claim_rate"],
    ("returned_answer", "verb"): ["uphold", "recode"],
}


@dataclass(frozen=True)
class Route:
    """One address: ``claims/<int:claim_id>/`` with its url name and view."""

    pattern: str
    name: str
    view: Any

    @property
    def arguments(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def capability(self) -> str | None:
        """What reading needs; None when the view names nothing."""
        if hasattr(self.view, "cls"):
            return getattr(self.view.cls, "capability", None)
        return getattr(self.view, "capability", None)

    @property
    def write(self) -> str | None:
        """What writing needs; None when the address only reads."""
        if hasattr(self.view, "cls"):
            return getattr(self.view.cls, "write", None) if self.verbs else None
        return getattr(self.view, "write", None)

    @property
    def verbs(self) -> set[str]:
        """Methods of an address of the API that change something."""
        return set(getattr(self.view, "actions", None) or {}) - {"get", "head", "options"}

    def row_arguments(self) -> list[str]:
        return [name for name in self.arguments if (self.name, name) not in WORDS]

    def urls(self, *worlds: World) -> list[str]:
        """Every address of the route whose rows come from `worlds`, in all combinations."""
        choices = [self._values(argument, worlds) for argument in self.arguments]
        return list(dict.fromkeys(self._filled(values) for values in product(*choices)))

    def foreign_urls(self, own: World, other: World) -> list[str]:
        """Addresses with at least one row of `other`, the rest of `own`."""
        if not self.row_arguments():
            return []
        mine = set(self.urls(own))
        return [url for url in self.urls(own, other) if url not in mine]

    def _values(self, argument: str, worlds: tuple[World, ...]) -> list[str]:
        if (self.name, argument) in WORDS:
            return WORDS[self.name, argument]
        attribute = ROWS_BY_NAME.get((self.name, argument)) or ROWS.get(argument)
        if attribute is None:
            raise AssertionError(
                f"/{self.pattern}: nobody knows a row for <{argument}>. Add it to ROWS, "
                f"ROWS_BY_NAME or WORDS in {__name__}, and the row itself to tests/world.py."
            )
        return [str(attrgetter(attribute)(world).pk) for world in worlds]

    def _filled(self, values: tuple[str, ...]) -> str:
        url = "/" + self.pattern
        for value in values:
            url = re.sub(r"<[^>]+>", value, url, count=1)
        return url


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield Route(path, pattern.name or "", pattern.callback)
