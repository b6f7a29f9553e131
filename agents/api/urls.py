"""The API's addresses, below /api/. Version 1 keeps its promises: fields are added, none is taken away."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from agents.api import docs
from agents.api.endpoint import Nowhere
from agents.api.views import conversations, customers, me, messages, touchpoints

version_1: list[URLPattern | URLResolver] = [
    path("me/", me.Me.as_view(), name="api-me"),
    path("customers/", customers.Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>/", customers.OneCustomer.as_view(), name="api-customer"),
    path("customers/<int:pk>/identities/", customers.Identities.as_view(), name="api-identities"),
    path(
        "customers/<int:pk>/touchpoints/",
        touchpoints.TouchpointsOfCustomer.as_view(),
        name="api-customer-touchpoints",
    ),
    path("customers/<int:pk>/messages/", messages.MessagesOfCustomer.as_view(), name="api-customer-messages"),
    path("conversations/", conversations.Conversations.as_view(), name="api-conversations"),
    path("conversations/<int:pk>/", conversations.OneConversation.as_view(), name="api-conversation"),
    path(
        "conversations/<int:pk>/messages/",
        messages.MessagesOfConversation.as_view(),
        name="api-conversation-messages",
    ),
    path("messages/<int:pk>/", messages.OneMessage.as_view(), name="api-message"),
    path("files/<str:public_id>/", messages.OneFile.as_view(), name="api-file"),
    path("identities/<int:pk>/", customers.OneIdentity.as_view(), name="api-identity"),
    path("touchpoints/", touchpoints.Touchpoints.as_view(), name="api-touchpoints"),
    re_path("^", Nowhere.as_view(), name="api-nowhere"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", docs.page, name="api-docs"),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("v1/", include(version_1)),
]
