"""Every recorded mail is read as its sample says. README.md of the reader tells how to add one."""

import pytest

from connectors.email.reading import read

from . import corpus_samples


@pytest.mark.parametrize("name", corpus_samples.NAMES)
def test_a_recorded_mail_is_read_as_its_sample_says(name: str) -> None:
    mail = read(corpus_samples.raw(name))

    found = corpus_samples.differences(mail, corpus_samples.expected(name))

    assert not found, f"{name}:\n" + "\n".join(found)


def test_the_corpus_is_not_empty() -> None:
    assert len(corpus_samples.NAMES) >= 120
