"""What a look at a page finds: accessibility faults, overflow, small targets."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
  .filter(element => element.checkVisibility() && !element.closest("p, h1, h2, h3, h4, .text, .skips"))
  .filter(element => { const box = element.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map(element => element.outerHTML.slice(0, 120))"""

_UNNAMED_ARTICLES = """() => [...document.querySelectorAll("article")]
  .filter(article => !document.getElementById(article.getAttribute("aria-labelledby"))?.textContent.trim())
  .map(article => article.id)"""


def accessibility_faults(page: Page) -> list[str]:
    """What axe reports, and what it does not see: unnamed articles, targets under 24 px outside of running text."""
    # Only violations are told in full: the rest is most of what would have to be collected and carried here.
    options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    faults = [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]
    faults += [f"small target: {html}" for html in page.evaluate(_SMALL_TARGETS)]
    return faults + [f"unnamed article: {name}" for name in page.evaluate(_UNNAMED_ARTICLES)]


def sideways_pixels(page: Page) -> int:
    """How many pixels of the page stick out to the right of the window."""
    pixels: int = page.evaluate("() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
    return pixels


def doubled_ids(page: Page) -> list[str]:
    """The ids that more than one element of the page has."""
    ids: list[str] = page.evaluate("() => [...document.querySelectorAll('[id]')].map(element => element.id)")
    return sorted({name for name in ids if ids.count(name) > 1})
