"""Addresses of what goes out: claims, the scrub worklist, batches."""

from django.urls import path

from billing.views import acknowledgments, batches, charge_entry, charge_reviews, claims, scrub

urlpatterns = [
    path("charges/", charge_reviews.charge_reviews, name="charge_reviews"),
    path("charges/new/", charge_entry.charge_entry, name="charge_entry"),
    path("charges/coders/", charge_reviews.charge_review_coder, name="charge_review_coder"),
    path("charges/<int:review_id>/", charge_reviews.charge_review, name="charge_review"),
    path(
        "charges/<int:review_id>/<slug:verb>/",
        charge_reviews.charge_review_verb,
        name="charge_review_verb",
    ),
    path("claims/", claims.claims, name="claims"),
    path("claims/submission/", claims.claims_submit, name="claims_submit"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/x12/", claims.claim_x12, name="claim_x12"),
    path("claims/<int:claim_id>/filing-proof/", claims.filing_proof, name="filing_proof"),
    path("claims/<int:claim_id>/scrub/", claims.claim_scrub, name="claim_scrub"),
    path("scrub/", scrub.scrub_worklist, name="scrub_worklist"),
    path("scrub/checks/", scrub.scrub_checks, name="scrub_checks"),
    path("acknowledgments/", acknowledgments.acknowledgments, name="acknowledgments"),
    path("acknowledgments/sendings/", acknowledgments.rejections_send, name="rejections_send"),
    path("acknowledgments/owners/", acknowledgments.rejections_assign, name="rejections_assign"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/pull-back/", batches.batch_pull_back, name="batch_pull_back"),
    path("batches/<int:batch_id>/outcome/", batches.batch_outcome, name="batch_outcome"),
    path("batches/<int:batch_id>/sending/", batches.batch_sending, name="batch_sending"),
]
