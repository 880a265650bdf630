"""Addresses of what comes in: files and remittances."""

from django.urls import path

from billing.views import exceptions, files, next_party, policies, remittances

urlpatterns = [
    path("files/", files.files, name="files"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("remittances/", remittances.remittances, name="remittances"),
    path("remittances/exceptions/", exceptions.exceptions, name="exceptions"),
    path("remittances/exceptions/<int:pk>/", exceptions.exception, name="exception"),
    path("remittances/<int:remittance_id>/", remittances.remittance, name="remittance"),
    path("remittances/<int:remittance_id>/x12/", remittances.remittance_x12, name="remittance_x12"),
    path(
        "remittances/<int:remittance_id>/posting/",
        remittances.remittance_posting,
        name="remittance_posting",
    ),
    path(
        "remittances/<int:remittance_id>/undo/",
        remittances.remittance_undo,
        name="remittance_undo",
    ),
    path(
        "remittances/<int:remittance_id>/release/",
        remittances.remittance_post_again,
        name="remittance_post_again",
    ),
    path(
        "remittances/<int:remittance_id>/claims/<int:pk>/",
        exceptions.remitted_claim,
        name="remitted_claim",
    ),
    path(
        "remittances/<int:remittance_id>/claims/<int:pk>/match/",
        exceptions.remittance_match,
        name="remittance_match",
    ),
    path(
        "remittances/<int:remittance_id>/claims/<int:pk>/release/",
        exceptions.remittance_release,
        name="remittance_release",
    ),
    path(
        "remittances/<int:remittance_id>/claims/<int:pk>/<str:verb>/",
        exceptions.remitted_claim_verb,
        name="remitted_claim_verb",
    ),
    path(
        "remittances/<int:remittance_id>/holds/release/",
        policies.remittance_release_all,
        name="remittance_release_all",
    ),
    path("posting-rules/", policies.posting_rules, name="posting_rules"),
    path("posting-rules/new/", policies.posting_rule_new, name="posting_rule_new"),
    path("posting-rules/<int:rule_id>/", policies.posting_rule, name="posting_rule"),
    path(
        "posting-rules/<int:rule_id>/change/",
        policies.posting_rule_change,
        name="posting_rule_change",
    ),
    path(
        "posting-rules/<int:rule_id>/retire/",
        policies.posting_rule_retire,
        name="posting_rule_retire",
    ),
    path(
        "posting-rules/<int:rule_id>/approve/",
        policies.posting_rule_approve,
        name="posting_rule_approve",
    ),
    path("next-party/", next_party.next_parties, name="next_parties"),
]
