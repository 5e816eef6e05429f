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
function number(list) {
  const items = all(":scope > article", list);
  items.forEach((item, index) => {
    item.tabIndex = 0;
    item.ariaPosInSet = String(index + 1);
    item.ariaSetSize = "-1";
  });
}

async function loadMore(list, url) {
  list.ariaBusy = "true";
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const more = page.getElementById(list.id);
    if (!more) throw new Error("no list");
    const fresh = all(":scope > article", more).filter((item) => !document.getElementById(item.id));
    list.append(...fresh);
    const paging = list.parentElement.querySelector("nav.paging");
    const older = page.querySelector("nav.paging a[rel=next]");
    if (older) paging.querySelector("a[rel=next]").href = older.getAttribute("href");
    else paging.querySelector("a[rel=next]").remove();
    number(list);
    return fresh[0];
  } finally {
    list.ariaBusy = "false";
  }
}

async function makeFeed(list) {
  const section = list.parentElement;
  if (!section.querySelector("nav.paging a[rel=next]")) return;
  list.role = "feed";
  list.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
  number(list);
  const remember = (change) => history.replaceState({ ...history.state, ...change }, "");

  section.addEventListener("click", async (event) => {
    const link = event.target.closest("a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (list.ariaBusy === "true") return;
    const url = link.href;
    try {
      const first = await loadMore(list, url);
      remember({ more: [...(history.state?.more ?? []), url] });
      first?.focus({ preventScroll: true });
    } catch {
      location.assign(url);
    }
  });

  addEventListener("pagehide", () => history.state?.more && remember({ at: scrollY }));
  const { more, at } = history.state ?? {};
  if (!more) return;
  // The browser made the page anew (it was not in its back/forward cache): fetch what had been added, then go there.
  history.scrollRestoration = "manual";
  try {
    for (const url of more) await loadMore(list, url);
    scrollTo(0, at ?? 0);
  } catch {
    remember({ more: undefined });
  }
  history.scrollRestoration = "auto";
}
all(".items[data-more]").forEach(makeFeed);
