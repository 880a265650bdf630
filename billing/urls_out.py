"""Addresses of what goes out: claims, the scrub worklist, batches."""

from django.urls import path

from billing.views import (
    acknowledgments,
    attachments,
    batches,
    charge_entry,
    charge_reviews,
    claim_rules,
    claim_successors,
    claims,
    group_fixes,
    paper_claims,
    scrub,
    scrub_catalogue,
)

urlpatterns = [
    path("charges/", charge_reviews.charge_reviews, name="charge_reviews"),
    path("charges/new/", charge_entry.charge_entry, name="charge_entry"),
    path("charges/coders/", charge_reviews.charge_review_coder, name="charge_review_coder"),
    path("charges/acceptance/", charge_reviews.charge_reviews_accept, name="charge_reviews_accept"),
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
    path(
        "claims/<int:claim_id>/attachments/",
        attachments.claim_attachments,
        name="claim_attachments",
    ),
    path(
        "claims/<int:claim_id>/attachments/<int:attachment_id>/",
        attachments.claim_attachment,
        name="claim_attachment",
    ),
    path(
        "claims/<int:claim_id>/attachments/<int:attachment_id>/removal/",
        attachments.claim_attachment_removal,
        name="claim_attachment_removal",
    ),
    path("claims/<int:claim_id>/packet/", attachments.claim_packet, name="claim_packet"),
    path("claims/<int:claim_id>/paper/", paper_claims.claim_paper, name="claim_paper"),
    path("claims/<int:claim_id>/scrub/", claims.claim_scrub, name="claim_scrub"),
    path(
        "claims/<int:claim_id>/successors/<slug:verb>/",
        claim_successors.claim_successor,
        name="claim_successor",
    ),
    path("scrub/", scrub.scrub_worklist, name="scrub_worklist"),
    path("scrub/fixes/", group_fixes.group_fix, name="group_fix"),
    path(
        "scrub/findings/<int:finding_id>/override/",
        group_fixes.finding_override,
        name="finding_override",
    ),
    path("claim-rules/", claim_rules.claim_rules, name="claim_rules"),
    path("claim-rules/new/", claim_rules.claim_rule_new, name="claim_rule_new"),
    path("claim-rules/<int:claim_rule_id>/", claim_rules.claim_rule, name="claim_rule"),
    path(
        "claim-rules/<int:claim_rule_id>/change/",
        claim_rules.claim_rule_change,
        name="claim_rule_change",
    ),
    path(
        "claim-rules/<int:claim_rule_id>/<slug:verb>/",
        claim_rules.claim_rule_verb,
        name="claim_rule_verb",
    ),
    path("scrub/catalogue/", scrub_catalogue.scrub_catalogue, name="scrub_catalogue"),
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
