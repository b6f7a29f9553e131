"""The QR code of a customer's profile: a phone's camera opens the shop's page of that customer with it."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.urls import reverse

from inbox.models import Customer


def address(customer: Customer) -> str:
    """Where the code leads. Whoever is not logged in comes to the login first."""
    return settings.PUBLIC_URL + reverse("shop-customer", args=[customer.public_id])


def svg(customer: Customer) -> bytes:
    """The code as an SVG file, dark on white in every theme since scanners need it so; level M still reads when creased."""
    picture = io.BytesIO()
    segno.make_qr(address(customer), error="m").save(
        picture, kind="svg", scale=4, border=3, dark="#000", light="#fff"
    )
    return picture.getvalue()
