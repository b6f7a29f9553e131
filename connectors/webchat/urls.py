"""Addresses below /c/webchat/: the widget's files, its settings, the demo shop, and the visitors' door."""

from django.urls import include, path

from connectors.webchat import demo, views

urlpatterns = [
    path("widget.js", views.loader, name="webchat-loader"),
    path("widget/<str:version>/<path:name>", views.asset, name="webchat-asset"),
    path("demo/<str:public_id>/", demo.shop, name="webchat-demo"),
    path("demo/<str:public_id>/token", demo.token, name="webchat-demo-token"),
    path("demo/<str:public_id>/<slug:slug>/", demo.product, name="webchat-demo-product"),
    path("<str:public_id>/config", views.config, {"kind": "webchat"}, name="webchat-config"),
    path("", include("connectors.visitors.urls"), {"kind": "webchat"}),
]
