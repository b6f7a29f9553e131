"""Parameters of Content-Type and Content-Disposition, well and badly formed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading import Limits
from connectors.email.reading.parameters import parse_parameters


@pytest.mark.parametrize(
    ("value", "main", "parameters"),
    [
        ("text/plain", "text/plain", {}),
        ("Text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ('a/b; name="x; y.pdf"; z=1', "a/b", {"name": "x; y.pdf", "z": "1"}),
        (r'a/b; name="a\"b\\c"', "a/b", {"name": 'a"b\\c'}),
        ("attachment; filename=my new file.pdf", "attachment", {"filename": "my new file.pdf"}),
        ('a/b; name="never closed', "a/b", {"name": "never closed"}),
        ("a/b;;; ; name=x;", "a/b", {"name": "x"}),
        ("a/b; name*=utf-8''M%C3%BCnchen.pdf", "a/b", {"name": "München.pdf"}),
        ("a/b; name*0*=utf-8''M%C3; name*1*=%BCnchen; name*2=.pdf", "a/b", {"name": "München.pdf"}),
        ("a/b; name*1=two; name*0=one", "a/b", {"name": "onetwo"}),
        ("a/b; name*=iso-8859-1'de'%FC", "a/b", {"name": "ü"}),
        ("a/b; name=old.pdf; name*=utf-8''new.pdf", "a/b", {"name": "new.pdf"}),
        ('a/b; name="=?utf-8?Q?M=C3=BCnchen?="', "a/b", {"name": "München"}),
        ("a/b; name*=no-quotes", "a/b", {"name": "no-quotes"}),
        ("", "", {}),
        ("; x=1", "", {"x": "1"}),
    ],
)
def test_value_and_parameters_are_told_apart(value: str, main: str, parameters: dict[str, str]) -> None:
    assert parse_parameters(value, Limits()) == (main, parameters)


def test_there_is_a_limit_to_number_and_length() -> None:
    limits = Limits(parameters=3, parameter_characters=10)

    _, parameters = parse_parameters("a/b; " + "; ".join(f"p{n}={'x' * 50}" for n in range(9)), limits)

    assert parameters == {f"p{n}": "x" * 10 for n in range(3)}


@pytest.mark.parametrize(
    "value",
    [
        "a/b" + ";n*0=x" * 15_000,
        "a/b;" + ";".join(f"n*{n}*=%20" for n in range(5_000)),
        "a/b; n*999999999999=x",
        'a/b; n="' + "\\" * 60_000,
        "a/b;" + "=" * 60_000,
        "a/b" + ";" * 60_000,
        'a/b; n="' + '"' * 60_000,
    ],
)
def test_a_bomb_of_parameters_does_not_explode(value: str) -> None:
    main, parameters = parse_parameters(value, Limits())

    assert main == "a/b"
    assert len(parameters) <= Limits().parameters


@given(st.text(alphabet="ab=;*'\"\\%0 1C3?\udce9", max_size=100))
def test_no_value_can_break_it(value: str) -> None:
    main, parameters = parse_parameters(value, Limits())

    for text in parameters.values():
        text.encode("utf-8")
    assert isinstance(main, str)
