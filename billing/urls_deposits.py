"""Addresses of deposits: bank lines against payments."""

from django.urls import path

from billing.views import deposits

urlpatterns = [
    path("deposits/", deposits.deposits, name="deposits"),
    path("deposits/open.csv", deposits.deposits_open, name="deposits_open"),
    path("deposits/matches/", deposits.deposit_match, name="deposit_match"),
    path(
        "deposits/matches/<int:match_id>/undoing/", deposits.deposit_undoing, name="deposit_undoing"
    ),
    path("deposits/explanations/", deposits.deposit_explanation, name="deposit_explanation"),
    path("deposits/lines/", deposits.bank_line_entry, name="bank_line_entry"),
    path("deposits/statements/", deposits.bank_statements, name="bank_statements"),
    path("deposits/statements/<int:statement_id>/", deposits.bank_statement, name="bank_statement"),
]
