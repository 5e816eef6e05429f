// Comfort, nothing else: every page works without this file. One module, no library, no build step.

const lang = document.documentElement.lang || "en";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// ---- Menus: one open at a time; Escape and a click elsewhere close it ----
const closeMenus = (except) => all("details.menu[open]").forEach((menu) => menu !== except && (menu.open = false));

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (location.hash === "#notifications") {
    location.hash = "close";
  }
});

// ---- Of tabs that do not fit, the current one can be seen ----
for (const tab of all(".tabs:not(.wrap) [aria-current]")) {
  const bar = tab.closest(".tabs");
  bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
}

// ---- A form is sent once, however often its button is pressed; coming back makes it fresh ----
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "1";
});
addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// ---- Characters left in the compose box ----
for (const box of all("textarea[data-count]")) {
  const counter = document.createElement("output");
  counter.className = "counter";
  counter.htmlFor = box.id;
  // Every key stroke would be read aloud: only the last twenty characters are.
  counter.ariaLive = "off";
  box.form.querySelector(".foot button").before(counter);
  const count = () => {
    // In UTF-16 units, as `maxlength` counts: an emoji may take two, so this never promises more room than there is.
    const left = box.maxLength - box.value.length;
    counter.value = box.value ? left : "";
    counter.classList.toggle("low", left <= 20);
    counter.ariaLive = left <= 20 ? "polite" : "off";
  };
  box.addEventListener("input", count);
  addEventListener("pageshow", count);
}

// ---- Relative times stay true while the page is open ----
const UNITS = [["day", 864e5], ["hour", 36e5], ["minute", 6e4]];

function refreshTimes() {
  for (const time of all("time[datetime]")) {
    const age = Date.now() - Date.parse(time.dateTime);
    const unit = UNITS.find(([, length]) => age >= length);
    if (!unit || age >= 7 * 864e5) continue;
    const format = new Intl.NumberFormat(lang, { style: "unit", unit: unit[0], unitDisplay: "short" });
    time.textContent = format.format(Math.floor(age / unit[1]));
  }
}
setInterval(() => document.hidden || refreshTimes(), 6e4);
document.addEventListener("visibilitychange", () => document.hidden || refreshTimes());

// ---- Older items come in place; Back finds them again ----
// Only here is a list a feed (role="feed"): its articles are numbered and take the focus, as the ARIA pattern asks.
const more = (list) => list.parentElement.querySelector("nav.paging a[rel=next]");

function number(list) {
  const items = all(":scope > article", list);
  items.forEach((item, index) => {
    item.tabIndex = 0;
    item.ariaPosInSet = String(index + 1);
    // How many there are is known at the end only; -1 says so.
    item.ariaSetSize = more(list) ? "-1" : String(items.length);
  });
}

async function loadMore(list, url) {
  list.ariaBusy = "true";
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(list.id);
    if (!found) throw new Error("no list");
    const fresh = all(":scope > article", found).filter((item) => !document.getElementById(item.id));
    list.append(...fresh);
    const next = page.querySelector("nav.paging a[rel=next]");
    if (next) more(list).href = next.getAttribute("href");
    else more(list).remove();
    number(list);
    return fresh[0];
  } finally {
    list.ariaBusy = "false";
  }
}

async function makeFeed(list) {
  const section = list.parentElement;
  if (!more(list)) return;
  list.role = "feed";
  list.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
  number(list);
  const said = status(section, "sr");
  const remember = (change) => history.replaceState({ ...history.state, ...change }, "");

  section.addEventListener("click", async (event) => {
    const link = event.target.closest("nav.paging a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (list.ariaBusy === "true") return;
    const url = link.href;
    said.textContent = "";
    try {
      const first = await loadMore(list, url);
      remember({ more: [...(history.state?.more ?? []), url] });
      first?.focus({ preventScroll: true });
      said.textContent = list.dataset.more;
    } catch {
      location.assign(url);
    }
  });

  addEventListener("pagehide", () => history.state?.more && remember({ at: scrollY }));
  const { more: urls, at } = history.state ?? {};
  if (!urls) return;
  // The browser made the page anew (it was not in its back/forward cache): fetch what had been added, then go there.
  history.scrollRestoration = "manual";
  try {
    for (const url of urls) await loadMore(list, url);
    scrollTo(0, at ?? 0);
  } catch {
    remember({ more: undefined });
  }
  history.scrollRestoration = "auto";
}

// A place whose words are read aloud when they change: it has to be there before they are.
function status(parent, className, before = null) {
  const place = document.createElement("div");
  place.className = className;
  place.role = "status";
  parent.insertBefore(place, before);
  return place;
}
all(".items[data-more]").forEach(makeFeed);

// ---- Counters: one conditional request a minute, while somebody can see the page ----
const MINUTE = 6e4;

function showBadge({ badge, badge_text: text }) {
  for (const place of all(".top .bell, .pane .head")) {
    let count = place.querySelector(".count");
    if (!badge) count?.remove();
    else {
      if (!count) {
        count = Object.assign(document.createElement("b"), { className: "count", role: "img" });
        place.insertBefore(count, place.querySelector(".close"));
      }
      count.textContent = badge;
      count.ariaLabel = text;
    }
    const label = place.dataset.label;
    if (label) place.ariaLabel = badge ? `${label}: ${text}` : label;
  }
  // "Nothing new" beside a badge would not be true. It keeps its room.
  for (const line of all(".pane > .dim")) line.style.visibility = badge ? "hidden" : "";
}

function showArrivals(place, words) {
  const link = place.querySelector("a") ?? Object.assign(document.createElement("a"), { className: "button primary" });
  link.href = location.pathname;
  if (link.textContent !== words) link.textContent = words;
  if (!words) link.remove();
  else if (!link.isConnected) place.append(link);
}

function count(address) {
  const list = document.querySelector(".items[data-since]");
  // Without height: what is announced moves nothing.
  const place = list && status(list.parentElement, "arrivals", list);
  const url = list ? `${address}?since=${encodeURIComponent(list.dataset.since)}` : address;
  let tag, timer, faults = 0, last = Date.now(), over = false;

  async function ask() {
    last = Date.now();
    try {
      const answer = await fetch(url, {
        headers: tag ? { "If-None-Match": tag } : {},
        cache: "no-store",
        redirect: "manual",
        credentials: "same-origin",
      });
      // Signed out, or the site is another one than made this page: asking again would not help.
      over = answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429);
      if (over) return;
      if (answer.status === 200) {
        const said = await answer.json();
        tag = answer.headers.get("ETag");
        showBadge(said);
        if (list) showArrivals(place, said.home);
      } else if (answer.status !== 304) throw new Error(answer.status);
      faults = 0;
    } catch {
      faults = Math.min(faults + 1, 5);
    }
    plan();
  }
  function plan() {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, Math.max(0, last + MINUTE * 2 ** faults - Date.now()));
  }
  document.addEventListener("visibilitychange", plan);
  plan();
}
if (document.body.dataset.counters) count(document.body.dataset.counters);

// ---- Shortcuts: single keys, for who wants them; never with another key, never where something is written ----
const ITEMS = "main article.item";

function step(by) {
  const items = all(ITEMS).filter((item) => item.checkVisibility());
  const top = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const at = items.indexOf(document.activeElement?.closest?.(ITEMS));
  // From nowhere: the first one that can be seen.
  const seen = items.findIndex((item) => item.getBoundingClientRect().bottom > top);
  const next = at >= 0 ? items[at + by] : items[by > 0 ? seen : seen - 1];
  if (next) {
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  } else if (at >= 0 && by > 0) {
    const list = items[at].closest("[role=feed]");
    if (list) more(list)?.click();
  }
}

async function explain(url) {
  if (document.querySelector("dialog[open]")) return;
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const dialog = document.createElement("dialog");
    dialog.append(page.getElementById("shortcuts"));
    dialog.querySelector("form").hidden = false;
    dialog.setAttribute("aria-labelledby", "shortcuts-h");
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    location.assign(url);
  }
}

function listen(help) {
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const leads = Date.now() - leader < 1500;
    leader = event.key === "g" ? Date.now() : 0;
    const link = leads && document.querySelector(`.top [data-go="${CSS.escape(event.key)}"]`);
    if (link) link.click();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "o") document.activeElement?.closest(ITEMS)?.querySelector("a.when")?.click();
    else if (event.key === "?") explain(help);
  });
}
if (document.body.dataset.keys) listen(document.body.dataset.keys);
