"""People at their browsers. They find everything by its words; each page they see is inspected."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds; the machine may be busy
PUBLIC_ID = re.compile(r"/[2-9a-hjkmnp-z]{12}(?=/)")  # core.models.new_public_id
LOOK = """() => ({
  title: document.title,
  language: document.documentElement.lang,
  tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


@dataclass
class Inspector:
    """What is true of every page; accessibility is measured once for each kind of page."""

    shots: str = os.environ.get("E2E_SHOTS", "")
    measured: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    number: int = 0

    def watch(self, page: Page, site: str) -> None:
        """Collect what the browser complains about, such as a violation of the CSP."""
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda each: self._stays_here(each.url, site))

    def _stays_here(self, url: str, site: str) -> None:
        if not url.startswith((f"{site}/", "data:", "blob:")):
            self.errors.append(f"{url} is another host")

    def look(self, page: Page) -> None:
        """Fail when this page breaks a rule."""
        seen = page.evaluate(LOOK)
        assert seen["language"] == "ja", page.url
        assert len(seen["title"]) > len(" – 医工連携ポータル"), page.url
        assert seen["tooWide"] <= 0, f"{page.url} is {seen['tooWide']} px too wide"
        assert not self.errors, f"{page.url}: {self.errors}"
        self._measure(page)

    def _measure(self, page: Page) -> None:
        kind = f"{PUBLIC_ID.sub('/*', urlsplit(page.url).path)} at {page.viewport_size['width']} px"
        if kind in self.measured:
            return
        self.measured.add(kind)
        self.take(page)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        bad = [
            f"{each['id']}: {[node['html'] for node in each['nodes']]}"
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]
        assert not bad, f"{kind}: {bad}"

    def take(self, page: Page) -> None:
        """Keep a picture of the whole page in the folder E2E_SHOTS, if there is one."""
        if self.shots:
            self.number += 1
            name = urlsplit(page.url).path.strip("/").replace("/", "-") or "home"
            path = Path(self.shots) / f"{self.number:03}-{name[:60]}.png"
            page.screenshot(path=path, full_page=True)


class Person:
    """Somebody who is signed in at a browser of her own."""

    def __init__(
        self, context: BrowserContext, *, site: str, address: str, inspector: Inspector
    ) -> None:
        self.context = context
        self.site = site
        self.address = address
        self.inspector = inspector
        self.taps = 0
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        """Another page of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        self.inspector.watch(page, self.site)
        return page

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("main")

    @property
    def text(self) -> str:
        """What she reads."""
        return self.page.locator("body").inner_text()

    @property
    def here(self) -> str:
        """The path of the page before her."""
        return urlsplit(self.page.url).path

    def sign_in(self) -> None:
        """Sign in at the usual page."""
        self.open("/accounts/login/")
        self.write("メールアドレス", self.address)
        self.write("パスワード", PASSWORD)
        self.press("ログインする")
        self.taps = 0

    def open(self, path: str) -> None:
        """Type an address, or follow a link from a mail."""
        self.page.goto(path if path.startswith("http") else f"{self.site}{path}")
        self.inspector.look(self.page)

    def go(self, words: str) -> None:
        """Choose a line of the menu."""
        self._click(self.page.locator("nav").get_by_role("link", name=words, exact=True))

    def press(self, words: str, *, of: str = "") -> None:
        """Press the button or the link with these words, if need be in the section ``of``."""
        place = self.main.get_by_role("region", name=_beginning(of)) if of else self.main
        button = place.get_by_role("button", name=_beginning(words))
        self._click(button.or_(place.get_by_role("link", name=_beginning(words))))

    def follow(self, words: str) -> None:
        """Follow the first link that contains these words."""
        self._click(self.main.get_by_role("link", name=words).first)

    def _click(self, target: Locator) -> None:
        self.taps += 1
        # Not "navigation": the page of a new need takes its draft's address without loading.
        with self.page.expect_event("load"):
            target.click()
        self.inspector.look(self.page)

    def write(self, label: str, text: str) -> None:
        """Fill in the box of this label."""
        self.taps += 1
        self.main.get_by_role("textbox", name=_beginning(label)).fill(text)

    def pick(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.taps += 1
        self.main.get_by_role("combobox", name=_beginning(label)).select_option(label=option)

    def tick(self, words: str, *, of: str = "") -> None:
        """Tap a radio button or a box, if need be within the group ``of``."""
        self.taps += 1
        place = self.main.get_by_role("group", name=_beginning(of)) if of else self.main
        radio = place.get_by_role("radio", name=_beginning(words))
        radio.or_(place.get_by_role("checkbox", name=_beginning(words))).check()

    def attach(self, label: str, name: str, content: bytes, kind: str) -> None:
        """Choose a file."""
        self.taps += 1
        file = {"name": name, "mimeType": kind, "buffer": content}
        self.main.get_by_label(_beginning(label)).set_input_files(file)

    def download(self, words: str) -> bytes:
        """Press a link that leads to a file; returns the file."""
        with self.page.expect_download() as waiting:
            self.main.get_by_role("link", name=words).click()
        return Path(waiting.value.path()).read_bytes()

    def required_answers(self) -> int:
        """How many answers this page still insists on; some are chosen beforehand."""
        return self.main.locator(".field:not(:has(:checked)) .required").count()

    def status_of(self, path: str) -> int:
        """What an address answers her."""
        return self.context.request.get(f"{self.site}{path}").status


def _beginning(words: str) -> re.Pattern[str]:
    """A label begins with these words; 「※必須」 or an explanation may follow."""
    return re.compile(rf"^{re.escape(words)}(?!\w)")
