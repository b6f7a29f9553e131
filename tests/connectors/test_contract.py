"""What every connector keeps to, over registry × samples: a new folder is tested the moment it exists. See connectors/README.md.

Values and calls here; what a sample does to the database, through the whole door, is in test_contract_to_the_end.py.
"""

import logging
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from connectors import samples
from connectors.discovery import HERE, kinds
from connectors.samples import Sample
from connectors.values import result_to_json, to_json
from inbox import contract, registry
from inbox.contract import BadSignature, Connector, ContractError, Ignored, Request
from tests.connectors import rehearsal

EVERY = list(samples.every())
INBOUND = [sample for sample in EVERY if sample.inbound is not None]
# A handshake is answered and not stored, so nobody ever parses it.
READ = [sample for sample in INBOUND if sample.stored]
SIGNED = [sample for sample in INBOUND if rehearsal.signs(sample.kind)]
OUTBOUND = [sample for sample in EVERY if sample.outbound is not None]
SIGNING_KINDS = sorted({sample.kind for sample in SIGNED})

# Thousands of quick ones: handing them out one by one would take longer than they do.
pytestmark = pytest.mark.xdist_group("contract")

each_inbound = pytest.mark.parametrize("sample", INBOUND, ids=str)
each_read = pytest.mark.parametrize("sample", READ, ids=str)
each_signed = pytest.mark.parametrize("sample", SIGNED, ids=str)
each_outbound = pytest.mark.parametrize("sample", OUTBOUND, ids=str)
each_kind = pytest.mark.parametrize("kind", kinds())


def signed(sample: Sample) -> tuple[Connector, Request]:
    connector = rehearsal.connector_of(sample)
    return connector, rehearsal.sign(sample, connector, sample.request())


# ---------------------------------------------------------------- the folder


@each_kind
def test_a_folder_has_what_people_need_besides_the_code(kind: str) -> None:
    assert (HERE / kind / "README.md").is_file()
    assert (HERE / kind / "static" / kind / "icon.svg").is_file()
    assert samples.of(kind), f"connectors/{kind}/samples/ is empty"
    assert all(sample.about for sample in samples.of(kind))


# ---------------------------------------------------------------- verify


@each_signed
def test_what_the_provider_signed_is_let_in(sample: Sample) -> None:
    connector, request = signed(sample)

    connector.verify(request)


@each_inbound
def test_what_nobody_signed_is_refused(sample: Sample) -> None:
    """A connector without hooks (mail, chat) refuses everything."""
    connector = rehearsal.connector_of(sample)

    with pytest.raises(BadSignature) as refused:
        connector.verify(sample.request())

    assert refused.value.reason


@each_signed
def test_what_was_changed_on_the_way_is_refused(sample: Sample) -> None:
    play = samples.provider(sample.kind)
    connector, request = signed(sample)
    if not getattr(play, "SIGNS_BODY", True):
        return

    with pytest.raises(BadSignature):
        connector.verify(rehearsal.tampered(request))


@each_signed
def test_what_was_signed_too_long_ago_or_ahead_is_refused(sample: Sample) -> None:
    stale = getattr(samples.provider(sample.kind), "STALE", None)
    connector = rehearsal.connector_of(sample)
    now = sample.request()
    if stale is None:
        # No time in the signature: then the same request is authentic whenever it comes, and only its key stops a second one.
        later = replace(
            rehearsal.sign(sample, connector, now), received_at=now.received_at.replace(year=2030)
        )
        connector.verify(later)
        return

    for off in (-stale, stale):
        then = rehearsal.sign(sample, connector, replace(now, received_at=now.received_at + off))
        with pytest.raises(BadSignature):
            connector.verify(replace(then, received_at=now.received_at))


@each_signed
def test_what_another_channel_signed_is_refused(sample: Sample) -> None:
    connector, request = signed(sample)
    secrets = rehearsal.secrets_of(connector.settings)
    other = rehearsal.connector_of(sample, {name: value + "-other" for name, value in secrets.items()})

    with pytest.raises(BadSignature):
        other.verify(request)


@pytest.mark.parametrize("kind", SIGNING_KINDS)
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(max_codepoint=255), max_size=40), body=st.binary(max_size=60))
def test_no_header_and_no_body_makes_verify_fail_otherwise_than_by_refusing(
    kind: str, text: str, body: bytes
) -> None:
    sample = next(sample for sample in SIGNED if sample.kind == kind)
    connector, request = signed(sample)
    # Where a secret in a header is all there is, the other headers and the body say nothing about who sent it.
    signs_body = getattr(samples.provider(kind), "SIGNS_BODY", True)
    for name in request.headers if signs_body else request.headers.keys() - sample.request().headers.keys():
        for odd in ({name: text}, {name: request.header(name)[:-1] + text}):
            if not signs_body and odd[name] == request.header(name):
                continue  # It happens to be the secret itself.
            with pytest.raises(BadSignature):
                connector.verify(replace(request, headers={**request.headers, **odd}, body=body + b"?"))


# ---------------------------------------------------------------- parse and answer


@each_read
def test_parse_gives_the_values_of_the_sample(sample: Sample) -> None:
    assert sample.inbound is not None
    connector = rehearsal.connector_of(sample)
    request = sample.request()

    if "error" in sample.inbound:
        with pytest.raises(getattr(contract, sample.inbound["error"])) as failed:
            list(connector.parse(request))
        assert failed.value.reason
        return
    assert [to_json(event) for event in connector.parse(request)] == sample.events


@each_read
def test_every_event_has_a_key_that_is_the_same_each_time(sample: Sample) -> None:
    connector = rehearsal.connector_of(sample)

    first, second = (rehearsal.parsed(connector, sample.request())[0] for _ in range(2))

    assert [event.event_key for event in first] == [event.event_key for event in second]
    assert all(event.event_key for event in first)
    assert all(event.reason for event in first if isinstance(event, Ignored))


@each_inbound
def test_the_answer_is_the_one_of_the_sample(sample: Sample) -> None:
    assert sample.inbound is not None
    connector = rehearsal.connector_of(sample)

    answer = connector.answer(sample.request())

    told = {"status": answer.status, "body": answer.body.decode()} if answer else None
    assert told == sample.inbound.get("answer")


@pytest.mark.parametrize("kind", sorted({sample.kind for sample in READ}))
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_parse_reads_any_bytes_or_says_that_it_cannot(kind: str, body: bytes) -> None:
    sample = next(sample for sample in READ if sample.kind == kind)
    connector = rehearsal.connector_of(sample)

    events, refused = rehearsal.parsed(connector, replace(sample.request(), body=body))

    assert all(event.event_key for event in events)
    assert refused is None or refused.reason


# ---------------------------------------------------------------- send


@each_outbound
def test_send_makes_the_calls_and_gives_the_result_of_the_sample(
    sample: Sample, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert sample.outbound is not None
    caplog.set_level(logging.DEBUG)
    message = sample.message() if "message" in sample.outbound else None
    with rehearsal.stand_in(sample) as played:
        settings.GUARDED_HTTP_ALLOW = [played.address.removeprefix("http://")]
        connector = rehearsal.connector_of(sample, played.settings, address=played.address)

        refused = connector.capabilities.refuse(message) if message else ""
        if refused:
            # As the action and the sender do: what the channel cannot carry never leaves.
            result = {"type": "Refused", "reason": refused}
        else:
            try:
                result = result_to_json(sample.act(connector))
            except ContractError as error:
                result = result_to_json(error)

        played.check()
    assert result == sample.outbound["result"]
    for secret in rehearsal.secrets_of(connector.settings).values():
        assert secret not in caplog.text


# ---------------------------------------------------------------- secrets


@each_read
def test_no_secret_is_in_what_a_connector_shows_of_itself(sample: Sample) -> None:
    connector = rehearsal.connector_of(sample)
    events, refused = rehearsal.parsed(connector, sample.request())
    shown = f"{connector!r} {connector.settings!r} {connector.address} {events!r} {refused!r}"

    assert all(secret not in shown for secret in rehearsal.secrets_of(connector.settings).values())


@each_kind
def test_a_kind_is_registered_under_its_folders_name(kind: str) -> None:
    assert registry.connector_class(kind).kind == kind
