"""Addresses of the API, of every app: this is the top layer."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from billing import api as billing
from billing import api_charges as charges
from billing import api_deposits as deposits
from billing import api_money as money
from billing import api_rejections as rejections
from coding import api as coding
from denials import api as denials
from payers import api as payers
from rcm import api as rcm
from rcm.api_base import Router
from rcm.views.api_docs import api_docs

router = Router()
router.register("practices", rcm.MyPracticeViewSet, basename="api-practice")
router.register("patients", rcm.PatientViewSet, basename="api-patient")
router.register("providers", rcm.ProviderViewSet, basename="api-provider")
router.register("payers", payers.PayerViewSet, basename="api-payer")
router.register("encounters", coding.EncounterViewSet, basename="api-encounter")
router.register("coder-tasks", coding.CoderTaskViewSet, basename="api-coder-task")
router.register("charge-reviews", charges.ChargeReviewViewSet, basename="api-charge-review")
router.register("claims", billing.ClaimViewSet, basename="api-claim")
router.register("rejections", rejections.RejectionViewSet, basename="api-rejection")
router.register("batches", billing.BatchViewSet, basename="api-batch")
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
router.register("posting-rules", billing.PostingRuleViewSet, basename="api-posting-rule")
router.register("denials", denials.DenialViewSet, basename="api-denial")
router.register("jobs", rcm.JobViewSet, basename="api-job")
router.register("events", rcm.EventViewSet, basename="api-event")

schema = SpectacularAPIView.as_view(permission_classes=[IsAuthenticated])

urlpatterns = [
    path("schema/", schema, name="api_schema"),
    path("docs/", api_docs, name="api_docs"),
    path("", include(router.urls)),
]
