"""How much of one mail is looked at. Checked before the standard library or the sanitiser sees a byte."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one mail; what lies beyond is left out and named in `ParsedMail.problems`.

    Real mail stays far below each of them: RFC 5321 4.5.3.1 and the largest providers (25-50 MB,
    1,000 recipients) were the measure. Sizes are bytes unless the name says characters.
    """

    size: int = 64 * 1024 * 1024
    header_bytes: int = 512 * 1024
    header_count: int = 1_000
    header_value: int = 64 * 1024
    addresses: int = 2_000
    depth: int = 50
    parts: int = 1_000
    parameters: int = 100
    parameter_characters: int = 2_000
    text_characters: int = 1_000_000
    html_characters: int = 1_500_000
    html_tags: int = 40_000
    html_depth: int = 400
    quote_lines: int = 20_000
    references: int = 500
