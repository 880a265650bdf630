"""Addresses of what follows a posted payment: balances, unapplied money, credits, underpayments."""

from django.urls import path

from billing.views import credits, payer_balances, unapplied, underpayments

urlpatterns = [
    path("payer-balances/", payer_balances.payer_balances, name="payer_balances"),
    path("payer-balances/<int:entry_id>/", payer_balances.payer_balance, name="payer_balance"),
    path(
        "payer-balances/<int:entry_id>/link/",
        payer_balances.payer_balance_link,
        name="payer_balance_link",
    ),
    path(
        "payer-balances/links/<int:link_id>/unlink/",
        payer_balances.payer_balance_unlink,
        name="payer_balance_unlink",
    ),
    path("underpayments/", underpayments.underpayments, name="underpayments"),
    path("underpayments/<int:underpayment_id>/", underpayments.underpayment, name="underpayment"),
    path(
        "underpayments/<int:underpayment_id>/<str:verb>/",
        underpayments.underpayment_verb,
        name="underpayment_verb",
    ),
    path("unapplied/", unapplied.unapplied, name="unapplied"),
    path("unapplied/<int:remittance_id>/owner/", unapplied.unapplied_owner, name="unapplied_owner"),
    path("credits/", credits.credits, name="credits"),
    path("credits/<int:claim_id>/<str:account>/", credits.credit, name="credit"),
    path(
        "credits/<int:claim_id>/<str:account>/refund/", credits.credit_refund, name="credit_refund"
    ),
    path("credits/<int:claim_id>/<str:account>/owner/", credits.credit_owner, name="credit_owner"),
    path("refunds/<int:refund_id>/", credits.refund, name="refund"),
    path("refunds/<int:refund_id>/payment/", credits.refund_payment, name="refund_payment"),
    path(
        "refunds/<int:refund_id>/cancellation/",
        credits.refund_cancellation,
        name="refund_cancellation",
    ),
    path(
        "refunds/<int:refund_id>/decision/<str:verb>/",
        credits.refund_decision,
        name="refund_decision",
    ),
]
