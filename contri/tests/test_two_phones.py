"""Two members chat in a browser: the sandbox's page, in a headless Chromium, against a whole running Contri.

Only where CHROMIUM says where one is: `CHROMIUM=$(which chromium) make test ARGS=contri/tests/test_two_phones.py`.
"""

import os
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest

from contri.demo.people import DEMO_PASSWORD
from contri.local.ports import free_ports
from contri.tests.live import live_contri

CHROMIUM = os.environ.get("CHROMIUM", "")
PLAY_SECONDS = 300.0

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM, reason="no browser: set CHROMIUM to the path of Debian's chromium to play this"),
]


@contextmanager
def browser(url, tmp_path):
    """A headless Chromium that shows `url`; `titles()` are those of its pages."""
    [port] = free_ports(1)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"]
    shown = subprocess.Popen(  # noqa: S603 - our own command line
        [*command, f"--user-data-dir={tmp_path}", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def titles():
        try:
            pages = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
        except httpx.HTTPError:
            return []
        return [page["title"] for page in pages if page["type"] == "page"]

    try:
        yield titles
    finally:
        shown.terminate()
        shown.wait(20)


def test_two_members_chat_and_see_notices_in_a_browser(tmp_path):
    with live_contri() as contri:
        url = f"{contri.sandbox_url}/two-phones?play=1&password={DEMO_PASSWORD}"
        with browser(url, tmp_path) as titles:
            deadline = time.monotonic() + PLAY_SECONDS
            while not any(title.startswith(("Played", "Failed")) for title in titles()):
                assert time.monotonic() < deadline, titles()
                time.sleep(0.5)
            assert "Played" in titles(), titles()
