"""Addresses of how payers are reached and what they agreed to."""

from django.urls import path

from billing.views import authorizations, routes

urlpatterns = [
    path("authorizations/", authorizations.authorizations, name="authorizations"),
    path("authorizations/new/", authorizations.authorization_new, name="authorization_new"),
    path("authorizations/rules/", authorizations.authorization_rules, name="authorization_rules"),
    path(
        "authorizations/rules/<int:authorization_rule_id>/end/",
        authorizations.authorization_rule_end,
        name="authorization_rule_end",
    ),
    path(
        "authorizations/<int:authorization_id>/",
        authorizations.authorization,
        name="authorization",
    ),
    path("routes/", routes.routes, name="routes"),
    path("routes/edit/", routes.route_edit, name="route_edit"),
    path("routes/reroute/", routes.reroute_new, name="reroute_new"),
    path("routes/usage/", routes.practice_usage, name="practice_usage"),
    path("routes/reroutes/<int:reroute_id>/", routes.reroute, name="reroute"),
    path("routes/reroutes/<int:reroute_id>/undo/", routes.reroute_undo, name="reroute_undo"),
    path("routes/channels/new/", routes.channel_new, name="channel_new"),
    path("routes/channels/<int:channel_id>/close/", routes.channel_close, name="channel_close"),
]
