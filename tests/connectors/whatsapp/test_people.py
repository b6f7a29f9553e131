"""Numbers and user ids: one person, told apart by what WhatsApp shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.whatsapp.people import number, person, recipient, user
from inbox.contract import Address


@pytest.mark.parametrize(
    ("wa_id", "ours"),
    [
        ("447700900123", "+447700900123"),
        ("+447700900123", "+447700900123"),
        # Brazil's old mobile numbers still live on in WhatsApp's ids.
        ("551187654321", "+5511987654321"),
        ("5491123456789", "+5491123456789"),
    ],
)
def test_a_whatsapp_id_is_a_telephone_number_without_its_plus_sign(wa_id: str, ours: str) -> None:
    assert number(wa_id) == Address(space="phone", value=ours)


@pytest.mark.parametrize("wa_id", ["", "ana", "12", None, True, "٤٤٧٧٠٠٩٠٠١٢٣", "1" * 40])
def test_what_is_no_number_is_nobodys(wa_id: object) -> None:
    assert number(wa_id) is None


@pytest.mark.parametrize("user_id", ["GB.13491208655302741918", "US.ENT.11815799212886844830", "BR.a1B2"])
def test_a_user_id_belongs_to_our_portfolio(user_id: str) -> None:
    assert user("506", user_id) == Address(space="whatsapp", value=f"506/{user_id}")


@pytest.mark.parametrize("user_id", ["", "gb.1", "GB.", "GB.1/2", "447700900123", "GB." + "1" * 129, 7])
def test_anything_else_is_no_user_id(user_id: object) -> None:
    assert user("506", user_id) is None


def test_the_number_goes_first_and_the_user_id_is_attested_beside_it() -> None:
    found = person("506", "447700900123", "GB.1", name="Ana")

    assert found == (
        Address(space="phone", value="+447700900123", name="Ana"),
        (Address(space="whatsapp", value="506/GB.1"),),
    )


def test_without_a_number_the_user_id_is_the_person() -> None:
    assert person("506", None, "GB.1", name="Ana") == (
        Address(space="whatsapp", value="506/GB.1", name="Ana"),
        (),
    )


def test_without_either_there_is_nobody() -> None:
    assert person("506", "", "") is None


def test_numbers_and_user_ids_go_into_different_fields() -> None:
    phone, own = Address(space="phone", value="+447700900123"), Address(space="whatsapp", value="506/GB.1")

    assert recipient(phone) == {"recipient_type": "individual", "to": "447700900123"}
    assert recipient(own) == {"recipient_type": "individual", "recipient": "GB.1"}


@given(st.text(max_size=30) | st.integers() | st.none(), st.text(max_size=30) | st.none())
def test_any_pair_is_somebody_or_nobody(wa_id: object, user_id: object) -> None:
    found = person("506", wa_id, user_id)

    assert found is None or found[0].value
