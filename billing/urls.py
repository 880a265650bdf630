"""Addresses of billing: outgoing claims, incoming files, paper EOBs."""

from billing.urls_in import urlpatterns as incoming
from billing.urls_manual import urlpatterns as manual
from billing.urls_out import urlpatterns as outgoing

urlpatterns = [*outgoing, *incoming, *manual]
