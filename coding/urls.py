"""Addresses of the coder pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
