"""Addresses of billing: outgoing claims and incoming files."""

from billing.urls_in import urlpatterns as incoming
from billing.urls_out import urlpatterns as outgoing

urlpatterns = [*outgoing, *incoming]
