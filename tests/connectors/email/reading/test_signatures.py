"""Signatures that are marked, and lines that only look like it."""

import pytest

from connectors.email.reading.quotes_text import split_text
from connectors.email.reading.signatures import is_sent_from


def test_what_stands_below_the_delimiter_is_the_signature() -> None:
    split = split_text("Please call.\n\n-- \nAna Example\n+44 20 7946 0000")

    assert (split.new, split.signature) == ("Please call.", "Ana Example\n+44 20 7946 0000")


def test_two_dashes_without_a_space_count_only_above_names_and_numbers() -> None:
    assert split_text("Hi\n--\nAna Example\nShop Ltd.").signature == "Ana Example\nShop Ltd."
    assert split_text("Hi\n--\nPS: please cancel order 4712 too!").signature == ""


def test_a_long_text_below_a_delimiter_is_no_signature() -> None:
    assert split_text("Hi\n-- \n" + "\n".join(f"line {n}" for n in range(20))).signature == ""


def test_a_signature_above_the_history_is_found() -> None:
    split = split_text("Hi\n\n-- \nAna\n\nOn 2 Jan 2024 at 09:00, Sam <s@shop.example> wrote:\n> old")

    assert (split.new, split.signature) == ("Hi", "Ana")


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPad gesendet", "Gesendet mit der GMX iPhone App", "Envoyé de mon iPhone", "Enviado desde mi iPhone",
        "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone", "Sendt fra min iPhone",
        "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu", "Отправлено с iPhone", "iPhoneから送信",
        "从我的 iPhone 发送", "나의 iPhone에서 보냄", "iPhone'umdan gönderildi", "Trimis de pe iPhone-ul meu",
        "Sent from Yahoo Mail on Android", "[Sent from my Pixel]", "Von meinem Handy gesendet", "Sent from my phone",
    ],
)  # fmt: skip
def test_a_line_that_a_phone_adds_is_known(line: str) -> None:
    assert is_sent_from(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent by mail on Monday", "sent from the Samsung store", "My iPhone is broken", "Get well soon", "It was sent from Hamburg",
        "Enviado por correo el lunes", "Sent from my iPhone is what it says, but I wrote it on the train " + "and " * 30,
    ],
)  # fmt: skip
def test_a_sentence_is_no_phone_line(line: str) -> None:
    assert not is_sent_from(line)
