"""Addresses of paper EOBs."""

from django.urls import path

from billing.views import manual, manual_rows

BATCH = "manual/<int:manual_batch_id>/"

urlpatterns = [
    path("manual/", manual.manual_batches, name="manual_batches"),
    path("manual/new/", manual.manual_opening, name="manual_opening"),
    path(BATCH, manual.manual_batch, name="manual_batch"),
    path(BATCH + "head/", manual.manual_head, name="manual_head"),
    path(BATCH + "closing/", manual.manual_closing, name="manual_closing"),
    path(BATCH + "reopening/", manual.manual_reopening, name="manual_reopening"),
    path(BATCH + "deletion/", manual.manual_deletion, name="manual_deletion"),
    path(BATCH + "pages/", manual.manual_pages, name="manual_pages"),
    path(BATCH + "pages/<int:manual_page_id>/", manual.manual_page, name="manual_page"),
    path(
        BATCH + "pages/<int:manual_page_id>/removal/",
        manual.manual_page_removal,
        name="manual_page_removal",
    ),
    path(BATCH + "claims/", manual_rows.manual_claims, name="manual_claims"),
    path(BATCH + "claims/<int:manual_claim_id>/", manual_rows.manual_claim, name="manual_claim"),
    path(
        BATCH + "claims/<int:manual_claim_id>/lock/",
        manual_rows.manual_claim_lock,
        name="manual_claim_lock",
    ),
    path(
        BATCH + "claims/<int:manual_claim_id>/removal/",
        manual_rows.manual_claim_removal,
        name="manual_claim_removal",
    ),
    path(BATCH + "lines/<int:manual_line_id>/", manual_rows.manual_line, name="manual_line"),
    path(BATCH + "adjustments/", manual_rows.manual_adjustments, name="manual_adjustments"),
    path(
        BATCH + "adjustments/<int:manual_adjustment_id>/removal/",
        manual_rows.manual_adjustment_removal,
        name="manual_adjustment_removal",
    ),
]
