"""The page of several results folders in a real browser."""

import shutil

import pytest
from helpers import chromium
from helpers.drawings import put

from toolkit.commands.joint import write_joint_report

pytestmark = pytest.mark.skipif(chromium.found() is None, reason="no Chromium: see test_browser.py")
TROUBLE = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")


@pytest.fixture(scope="module")
def written(ieee12_results, tmp_path_factory):
    place = tmp_path_factory.mktemp("several")
    folders = [place / name for name in ("a", "a long name " * 9, "c")]
    for folder in folders:
        shutil.copytree(ieee12_results, folder)
    put(folders[0], "figure1_one_line")
    return write_joint_report(folders, place / "page")[0]


def test_it_fits_the_screen_is_sorted_and_asks_for_nothing(written):
    with chromium.page() as page:
        for width in (390, 1440):
            page.size(width)
            page.scheme("dark" if width == 390 else "light")
            page.open(written.as_uri())
            assert page.told(*TROUBLE) == []
            sent = [e["request"]["url"] for e in page.told("Network.requestWillBeSent")]
            assert [url for url in sent if not url.startswith(("data:", written.as_uri()))] == []
            assert page.run("document.documentElement.scrollWidth <= innerWidth")
        assert page.run("[...document.images].every(i => i.naturalWidth > 0 && i.alt.length > 40)")
        cell = "document.querySelector('#cases tbody th').textContent"
        first = page.run(cell)
        for _ in range(2):
            page.run("document.querySelector('#cases th button').click()")
        assert (first, page.run(cell)) == ("a", "c")
