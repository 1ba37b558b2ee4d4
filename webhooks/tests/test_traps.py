"""docs/provider-traps.md names a test for each trap; none of them may go missing."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TRAPS = 24


def test_every_trap_has_its_tests():
    page = (ROOT / "docs" / "provider-traps.md").read_text()
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", page)

    assert len(re.findall(r"^\| \d+\. ", page, re.MULTILINE)) == TRAPS
    assert len(named) >= TRAPS
    assert [f"{file}::{name}" for file, name in named if f"def {name}(" not in (ROOT / file).read_text()] == []
