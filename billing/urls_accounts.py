"""Addresses of patients' accounts."""

from django.urls import path

from billing.views import account_stops, accounts, estimates, plans, statements

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<int:patient_id>/", accounts.account, name="account"),
    path("accounts/<int:patient_id>/payment/", accounts.account_payment, name="account_payment"),
    path("accounts/<int:patient_id>/prepaid/", accounts.account_prepaid, name="account_prepaid"),
    path(
        "accounts/<int:patient_id>/prepaid-refund/",
        accounts.account_prepaid_refund,
        name="account_prepaid_refund",
    ),
    path(
        "accounts/payments/<int:payment_id>/receipt/",
        accounts.patient_payment_receipt,
        name="patient_payment_receipt",
    ),
    path(
        "accounts/payments/<int:payment_id>/reversal/",
        accounts.patient_payment_reversal,
        name="patient_payment_reversal",
    ),
    path(
        "accounts/payments/<int:payment_id>/restoration/",
        accounts.patient_payment_restoration,
        name="patient_payment_restoration",
    ),
    path(
        "accounts/<int:patient_id>/statement/",
        statements.account_statement,
        name="account_statement",
    ),
    path("accounts/settings/", statements.account_settings, name="account_settings"),
    path("statements/", statements.statements, name="statements"),
    path("statements/batches/", statements.statement_batch_start, name="statement_batch_start"),
    path(
        "statements/batches/<int:statement_batch_id>/",
        statements.statement_batch,
        name="statement_batch",
    ),
    path(
        "statements/batches/<int:statement_batch_id>/undo/",
        statements.statement_batch_undo,
        name="statement_batch_undo",
    ),
    path(
        "statements/batches/<int:statement_batch_id>/mailing/",
        statements.statement_batch_mailing,
        name="statement_batch_mailing",
    ),
    path(
        "statements/batches/<int:statement_batch_id>/resumption/",
        statements.statement_batch_resume,
        name="statement_batch_resume",
    ),
    path(
        "statements/batches/<int:statement_batch_id>/print/",
        statements.statement_batch_print,
        name="statement_batch_print",
    ),
    path(
        "statements/<int:patient_statement_id>/",
        statements.patient_statement,
        name="patient_statement",
    ),
    path(
        "statements/<int:patient_statement_id>/resending/",
        statements.patient_statement_resend,
        name="patient_statement_resend",
    ),
    path(
        "statements/<int:patient_statement_id>/void/",
        statements.patient_statement_void,
        name="patient_statement_void",
    ),
    path(
        "accounts/<int:patient_id>/estimate/", estimates.account_estimate, name="account_estimate"
    ),
    path(
        "accounts/estimates/<int:estimate_id>/",
        estimates.estimate_document,
        name="estimate_document",
    ),
    path("accounts/<int:patient_id>/plan/", plans.account_plan, name="account_plan"),
    path(
        "accounts/plans/<int:payment_plan_id>/cancellation/",
        plans.account_plan_cancel,
        name="account_plan_cancel",
    ),
    path(
        "accounts/<int:patient_id>/inquiries/",
        account_stops.account_inquiry_open,
        name="account_inquiry_open",
    ),
    path(
        "accounts/inquiries/<int:account_inquiry_id>/<str:verb>/",
        account_stops.account_inquiry_verb,
        name="account_inquiry_verb",
    ),
    path(
        "accounts/<int:patient_id>/flags/", account_stops.account_flag_set, name="account_flag_set"
    ),
    path(
        "accounts/flags/<int:account_flag_id>/end/",
        account_stops.account_flag_end,
        name="account_flag_end",
    ),
    path(
        "accounts/flags/<int:account_flag_id>/approval/",
        account_stops.account_flag_approve,
        name="account_flag_approve",
    ),
]
