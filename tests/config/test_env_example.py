""".env.example describes every setting that is read, and no other."""

import re

from config import paths


def test_every_variable_that_is_read_is_described() -> None:
    described = set(re.findall(r"^([A-Z_]+)=", (paths.CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    sources = [paths.CHECKOUT / "config/settings.py", *(paths.CHECKOUT / "config/embedded").glob("*.py")]
    code = "".join(file.read_text() for file in sources)
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', code))
    assert read | {"DATA_DIR"} == described
