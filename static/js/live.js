// Keeps a part of a personal page current: the address in data-live returns a version, which is asked for each few
// seconds. When it changes, the page is fetched again, and the part takes the place of this one's. While somebody
// writes in the part, it waits. Without this script the page stays as it is until it is loaded again.
(() => {
  "use strict";
  const every = 3000;
  let part = document.querySelector("[data-live]");
  if (!part) return;
  let known = null;

  function busy() {
    const at = document.activeElement;
    return document.hidden || (part.contains(at) && at.matches("input, select, textarea")) || !getSelection().isCollapsed;
  }

  async function renew() {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh) return false;
    const open = [...part.querySelectorAll("details")].map((each) => each.open);
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") || document.activeElement.closest("form")?.action : null;
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const [place, each] of part.querySelectorAll("details").entries()) each.open = open[place] ?? each.open;
    if (focused) {
      const same = [...part.querySelectorAll("a, form")].find((each) => (each.getAttribute("href") || each.action) === focused);
      (same?.matches("form") ? same.querySelector("button") : same)?.focus();
    }
    document.dispatchEvent(new CustomEvent("live:renewed"));
    return true;
  }

  async function look() {
    try {
      const answer = await fetch(part.dataset.live, { cache: "no-cache" });
      if (answer.ok) {
        const version = await answer.text();
        if (known === null) known = version;
        else if (version !== known && !busy() && (await renew())) known = version;
      }
    } catch {
      // The next time may succeed.
    }
    setTimeout(look, every);
  }

  look();
})();
