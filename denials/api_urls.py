"""Addresses of the API, of every app: this is the top layer."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from billing import api as billing
from billing import api_account_stops as account_stops
from billing import api_accounts as accounts
from billing import api_attachments as attachments
from billing import api_authorizations as authorizations
from billing import api_charges as charges
from billing import api_checks as checks
from billing import api_claims as claims
from billing import api_contracts as contracts
from billing import api_deposits as deposits
from billing import api_estimates as estimates
from billing import api_inquiries as inquiries
from billing import api_money as money
from billing import api_plans as payment_plans
from billing import api_rejections as rejections
from billing import api_routes as routes
from billing import api_statements as statements
from billing import api_underpayments as underpayments
from coding import api as coding
from coding import api_audits as audits
from coding import api_codes as codes
from coding import api_credentials as credentials
from coding import api_intake
from coding import api_queries as queries
from coding import api_queue as queue
from coding import api_suggestions as suggestions
from denials import api as denials
from denials import api_appeal_requirements as appeal_requirements
from denials import api_appeals as appeals
from denials import api_follow_ups as follow_ups
from denials import api_learning as learning
from denials import api_worklist as worklist
from payers import api as payers
from rcm import api as rcm
from rcm.api_base import Router
from rcm.views.api_docs import api_docs

router = Router()
router.register("practices", rcm.MyPracticeViewSet, basename="api-practice")
router.register("patients", rcm.PatientViewSet, basename="api-patient")
router.register("providers", rcm.ProviderViewSet, basename="api-provider")
router.register("payers", payers.PayerViewSet, basename="api-payer")
router.register(
    "edit-table-releases", payers.EditTableReleaseViewSet, basename="api-edit-table-release"
)
router.register("encounters", coding.EncounterViewSet, basename="api-encounter")
router.register("intake-messages", api_intake.IntakeMessageViewSet, basename="api-intake-message")
router.register("coder-tasks", coding.CoderTaskViewSet, basename="api-coder-task")
router.register("provider-queries", queries.ProviderQueryViewSet, basename="api-provider-query")
router.register("my-queries", queries.MyQueryViewSet, basename="api-my-query")
router.register("credentials", credentials.CredentialViewSet, basename="api-credential")
router.register(
    "credential-requirements",
    credentials.CredentialRequirementViewSet,
    basename="api-credential-requirement",
)
router.register("coding-audits", audits.AuditViewSet, basename="api-coding-audit")
router.register("audit-charts", audits.AuditChartViewSet, basename="api-audit-chart")
router.register(
    "coding-suggestions", suggestions.CodingSuggestionViewSet, basename="api-coding-suggestion"
)
router.register("code-releases", codes.CodeReleaseViewSet, basename="api-code-release")
router.register("saved-views", queue.SavedViewViewSet, basename="api-saved-view")
router.register("assignment-rules", queue.AssignmentRuleViewSet, basename="api-assignment-rule")
router.register("charge-reviews", charges.ChargeReviewViewSet, basename="api-charge-review")
router.register("claims", billing.ClaimViewSet, basename="api-claim")
router.register(
    "claim-attachments", attachments.ClaimAttachmentViewSet, basename="api-claim-attachment"
)
router.register("claim-rules", claims.ClaimRuleViewSet, basename="api-claim-rule")
router.register("scrub-checks", checks.ScrubCheckViewSet, basename="api-scrub-check")
router.register("rejections", rejections.RejectionViewSet, basename="api-rejection")
router.register("batches", billing.BatchViewSet, basename="api-batch")
router.register("authorizations", authorizations.AuthorizationViewSet, basename="api-authorization")
router.register(
    "authorization-rules",
    authorizations.AuthorizationRuleViewSet,
    basename="api-authorization-rule",
)
router.register("channels", routes.ChannelViewSet, basename="api-channel")
router.register("plans", contracts.PlanViewSet, basename="api-plan")
router.register("contracts", contracts.ContractViewSet, basename="api-contract")
router.register("payer-routes", routes.PayerRouteViewSet, basename="api-payer-route")
router.register("reroutes", routes.RerouteViewSet, basename="api-reroute")
router.register(
    "eligibility-inquiries",
    inquiries.EligibilityInquiryViewSet,
    basename="api-eligibility-inquiry",
)
router.register("status-inquiries", inquiries.StatusInquiryViewSet, basename="api-status-inquiry")
router.register("files", billing.FileViewSet, basename="api-file")
router.register("remittances", billing.RemittanceViewSet, basename="api-remittance")
router.register("bank-lines", deposits.BankLineViewSet, basename="api-bank-line")
router.register("deposits", deposits.DepositViewSet, basename="api-deposit")
router.register("remitted-claims", billing.RemittedClaimViewSet, basename="api-remitted-claim")
router.register("postings", billing.PostingViewSet, basename="api-posting")
router.register(
    "provider-adjustments", money.ProviderAdjustmentViewSet, basename="api-provider-adjustment"
)
router.register("credits", money.CreditViewSet, basename="api-credit")
router.register("refunds", money.RefundViewSet, basename="api-refund")
router.register(
    "account-settings", statements.AccountSettingsViewSet, basename="api-account-settings"
)
router.register("patient-statements", statements.StatementViewSet, basename="api-patient-statement")
router.register(
    "statement-batches", statements.StatementBatchViewSet, basename="api-statement-batch"
)
router.register(
    "account-inquiries", account_stops.AccountInquiryViewSet, basename="api-account-inquiry"
)
router.register("account-flags", account_stops.AccountFlagViewSet, basename="api-account-flag")
router.register("payment-plans", payment_plans.PaymentPlanViewSet, basename="api-payment-plan")
router.register("estimates", estimates.EstimateViewSet, basename="api-estimate")
router.register("accounts", accounts.AccountViewSet, basename="api-account")
router.register("patient-payments", accounts.PatientPaymentViewSet, basename="api-patient-payment")
router.register("underpayments", underpayments.UnderpaymentViewSet, basename="api-underpayment")
router.register("usual-allowed", underpayments.UsualAllowedViewSet, basename="api-usual-allowed")
router.register("posting-rules", billing.PostingRuleViewSet, basename="api-posting-rule")
router.register("cause-overrides", denials.CauseOverrideViewSet, basename="api-cause-override")
router.register("denials", denials.DenialViewSet, basename="api-denial")
router.register("change-alarms", learning.ChangeAlarmViewSet, basename="api-change-alarm")
router.register("denial-groups", learning.DenialGroupViewSet, basename="api-denial-group")
router.register("denial-bulks", worklist.DenialBulkViewSet, basename="api-denial-bulk")
router.register(
    "write-off-requests", worklist.WriteOffRequestViewSet, basename="api-write-off-request"
)
router.register("write-off-limits", worklist.WriteOffLimitViewSet, basename="api-write-off-limit")
router.register("denial-deadlines", denials.DenialDeadlineViewSet, basename="api-denial-deadline")
router.register("follow-ups", follow_ups.FollowUpViewSet, basename="api-follow-up")
router.register("appeals", appeals.AppealViewSet, basename="api-appeal")
router.register("appeal-templates", appeals.AppealTemplateViewSet, basename="api-appeal-template")
router.register(
    "appeal-requirements",
    appeal_requirements.AppealRequirementViewSet,
    basename="api-appeal-requirement",
)
router.register("appeal-terms", denials.AppealTermsViewSet, basename="api-appeal-terms")
router.register("jobs", rcm.JobViewSet, basename="api-job")
router.register("events", rcm.EventViewSet, basename="api-event")

schema = SpectacularAPIView.as_view(permission_classes=[IsAuthenticated])

urlpatterns = [
    path("schema/", schema, name="api_schema"),
    path("docs/", api_docs, name="api_docs"),
    path("codes/", codes.CodeViewSet.as_view({"get": "list"}), name="api-code-list"),
    path(
        "codes/<slug:system>/<str:code>/",
        codes.CodeViewSet.as_view({"get": "retrieve"}),
        name="api-code-detail",
    ),
    path(
        "worklist-groups/",
        worklist.DenialGroupViewSet.as_view({"get": "list"}),
        name="api-worklist-group-list",
    ),
    path(
        "code-releases/<slug:code_set>/<slug:starts_on>/changes/",
        codes.CodeChangeViewSet.as_view({"get": "list"}),
        name="api-code-release-changes",
    ),
    path(
        "code-releases/<slug:code_set>/<slug:starts_on>/impact/",
        codes.CodeChangeViewSet.as_view({"get": "impact"}),
        name="api-code-release-impact",
    ),
    path(
        "appeal-rates/",
        appeals.AppealRateViewSet.as_view({"get": "list"}),
        name="api-appeal-rate-list",
    ),
    path("", include(router.urls)),
]
