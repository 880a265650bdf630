"""Addresses of questions to payers: eligibility and claim status."""

from django.urls import path

from billing.views import inquiries

urlpatterns = [
    path("eligibility/", inquiries.eligibility, name="eligibility"),
    path(
        "eligibility/<int:inquiry_id>/", inquiries.eligibility_inquiry, name="eligibility_inquiry"
    ),
    path(
        "eligibility/<int:inquiry_id>/again/",
        inquiries.eligibility_again,
        name="eligibility_again",
    ),
    path("status-inquiries/", inquiries.status_inquiries, name="status_inquiries"),
    path(
        "claims/<int:claim_id>/status-inquiry/",
        inquiries.claim_status_inquiry,
        name="claim_status_inquiry",
    ),
]
