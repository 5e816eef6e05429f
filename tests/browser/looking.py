"""What a look at a page finds: accessibility faults, overflow, small targets, what the keyboard does not reach."""

from __future__ import annotations

from typing import Any

import html5lib
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


_WATCH_FOCUS = """() => {
  const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const isUsable = element => element.checkVisibility() && !element.disabled;
  const shown = [...document.querySelectorAll(usable)].filter(isUsable);
  window.stops = shown.filter(element => element.tabIndex >= 0);
  // What the Tab key passes over is a second way to where another link leads.
  const led = new Set(window.stops.map(element => element.href));
  window.passed = shown.filter(element => element.tabIndex < 0 && !led.has(element.href));
  window.reached = new Set();
  window.unmarked = new Set();
  document.addEventListener("focusin", ({ target }) => {
    const style = getComputedStyle(target);
    window.reached.add(target);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) window.unmarked.add(target);
  });
  document.activeElement?.blur();
  return window.stops.length;
}"""
_UNREACHED = """() => {
  const groups = new Set([...window.reached].filter(one => one.type === "radio").map(one => one.name));
  const name = kind => element => `${kind}: ${element.outerHTML.slice(0, 120)}`;
  const isReached = one => window.reached.has(one) || (one.type === "radio" && groups.has(one.name));
  const missed = window.stops.filter(one => !isReached(one));
  return [...missed.map(name("not reached")), ...window.passed.map(name("passed over")),
    ...[...window.unmarked].map(name("focus not seen"))];
}"""


def keyboard_faults(page: Page) -> tuple[list[str], int]:
    """What the Tab key does not reach, or reaches and does not show; and how many stops it makes."""
    stops: int = page.evaluate(_WATCH_FOCUS)
    # A field of a date has stops of its own inside: year, month, day, hour, minute, half of the day, the calendar.
    inner = 7 * page.locator("input[type=date], input[type=time], input[type=datetime-local]").count()
    for _ in range(stops + inner + 3):
        page.keyboard.press("Tab")
    faults: list[str] = page.evaluate(_UNREACHED)
    return faults, stops


def nodes(page: Page) -> int:
    """How many elements the page has."""
    count: int = page.evaluate("() => document.querySelectorAll('*').length")
    return count


def invalid_html(text: str) -> list[str]:
    """What a strict parser says of a page as the server sent it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(text)
    return [f"{place}: {error} {data}" for place, error, data in parser.errors]
