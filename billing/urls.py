"""Addresses of billing: outgoing claims, incoming files, and the money between."""

from billing.urls_in import urlpatterns as incoming
from billing.urls_money import urlpatterns as money
from billing.urls_out import urlpatterns as outgoing

urlpatterns = [*outgoing, *incoming, *money]
