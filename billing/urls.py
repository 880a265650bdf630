"""Addresses of billing: claims, questions, incoming files, paper EOBs, and the money between."""

from billing.urls_accounts import urlpatterns as accounts
from billing.urls_deposits import urlpatterns as deposits
from billing.urls_in import urlpatterns as incoming
from billing.urls_inquiries import urlpatterns as inquiries
from billing.urls_manual import urlpatterns as manual
from billing.urls_money import urlpatterns as money
from billing.urls_out import urlpatterns as outgoing
from billing.urls_payers import urlpatterns as payers

urlpatterns = [*outgoing, *inquiries, *incoming, *manual, *money, *deposits, *payers, *accounts]
