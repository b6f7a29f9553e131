"""The addresses below /shop/, for shop staff and everybody else who works here."""

from __future__ import annotations

from django.urls import path

from agents.views import shop

urlpatterns = [
    path("", shop.find, name="shop"),
    path("new/", shop.new, name="shop-new"),
    path("c/<str:public_id>/", shop.customer, name="shop-customer"),
]
