"""Addresses of how payers are reached and what they agreed to."""

from django.urls import path

from billing.views import authorizations, contracts, routes

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
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/", contracts.contract_new, name="contract_new"),
    path("contracts/locality/", contracts.practice_locality, name="practice_locality"),
    path("contracts/<int:contract_id>/", contracts.contract, name="contract"),
    path("contracts/plans/new/", contracts.plan_new, name="plan_new"),
    path("contracts/plans/<int:plan_id>/", contracts.plan, name="plan"),
    path("routes/", routes.routes, name="routes"),
    path("routes/edit/", routes.route_edit, name="route_edit"),
    path("routes/reroute/", routes.reroute_new, name="reroute_new"),
    path("routes/usage/", routes.practice_usage, name="practice_usage"),
    path("routes/reroutes/<int:reroute_id>/", routes.reroute, name="reroute"),
    path("routes/reroutes/<int:reroute_id>/undo/", routes.reroute_undo, name="reroute_undo"),
    path("routes/channels/new/", routes.channel_new, name="channel_new"),
    path("routes/channels/<int:channel_id>/close/", routes.channel_close, name="channel_close"),
]
