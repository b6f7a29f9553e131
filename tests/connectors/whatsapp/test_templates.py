"""Meta's list of templates, and what a use of one needs."""

from typing import Any

import pytest

from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.standin.server import Cloud
from connectors.whatsapp.templates import components, template
from inbox.contract import PermanentFailure, Template, TemplateStatus, TemplateUse


def row(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "1", "name": "a", "language": "en", "status": "APPROVED", "components": list(parts), **more}


def test_a_long_list_is_read_page_after_page(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.account.templates = [row({"type": "BODY", "text": "x"}, id=str(n)) for n in range(1, 251)]

    found = [each.external_id for each in whatsapp.templates()]

    assert found == [str(n) for n in range(1, 251)]
    assert len(cloud.asked) == 3


def test_places_are_sorted_by_number_and_named_ones_stay_in_their_order() -> None:
    numbered = template(row({"type": "BODY", "text": "{{2}} {{10}} {{1}} {{2}}"}))
    named = template(row({"type": "BODY", "text": "{{ order }} for {{name}}"}))

    assert numbered.variables == ("1", "2", "10")
    assert named.variables == ("order", "name")
    assert named.filled({"order": "7", "name": "Ana"}) == "7 for Ana"


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("APPROVED", TemplateStatus.APPROVED),
        ("FLAGGED", TemplateStatus.APPROVED),
        ("IN_APPEAL", TemplateStatus.PENDING),
        ("DISABLED", TemplateStatus.PAUSED),
        ("REJECTED", TemplateStatus.REJECTED),
        ("SOMETHING_NEW", TemplateStatus.PENDING),
    ],
)
def test_only_what_meta_lets_us_send_is_approved(status: str, ours: TemplateStatus) -> None:
    assert template(row({"type": "BODY", "text": "x"}, status=status)).status is ours


@pytest.mark.parametrize(
    "part",
    [
        {"type": "CAROUSEL", "cards": []},
        {"type": "LIMITED_TIME_OFFER"},
        {"type": "HEADER", "format": "LOCATION"},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "text": "Copy"}]},
        {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "text": "Copy"}]},
    ],
)
def test_a_kind_we_cannot_fill_is_paused_and_says_why(part: dict[str, Any]) -> None:
    found = template(row({"type": "BODY", "text": "x"}, part))

    assert found.status is TemplateStatus.PAUSED
    assert found.reason


def test_a_rejected_one_says_why() -> None:
    found = template(row(status="REJECTED", rejected_reason="INVALID_FORMAT"))
    odd = template(row(status="REJECTED", rejected_reason="TOO_BLUE"))
    none = template(row(status="REJECTED", rejected_reason="NONE"))

    assert (found.reason, odd.reason, none.reason) == (
        "Its variables or its form are wrong.",
        "Meta says: TOO_BLUE.",
        "",
    )


def test_a_value_that_is_only_spaces_is_missing() -> None:
    use = TemplateUse(template=template(row({"type": "BODY", "text": "{{1}}"})), values={"1": " \n"})

    with pytest.raises(PermanentFailure, match="Fill in “1”"):
        components(use, "")


def test_a_template_without_places_needs_no_components() -> None:
    plain = Template(external_id="1", name="a", language="en", body="x")

    assert components(TemplateUse(template=plain), "") == []


def test_a_file_where_none_belongs_is_refused() -> None:
    plain = Template(external_id="1", name="a", language="en", body="x")

    with pytest.raises(PermanentFailure, match="carries no file"):
        components(TemplateUse(template=plain), "77")


def test_odd_rows_break_nothing() -> None:
    for odd in ({}, {"components": 7}, {"components": [{"type": "BUTTONS", "buttons": "x"}, {"type": 3}]}):
        assert template(odd).body == ""
