// Keeps a part of a personal page current: the address in data-live returns a version, which is asked for each few
// seconds. When it changes, the page is fetched again, and the part takes the place of this one's. While somebody
// writes in the part, it waits. A page that says its version in data-version asks with it as ETag, and mostly gets an
// answer without a body. [data-lost] is shown while nothing is answered. Without this script the page stays as it is
// until it is loaded again.
(() => {
  "use strict";
  const every = 3000;
  let part = document.querySelector("[data-live]");
  if (!part) return;
  const lost = document.querySelector("[data-lost]");
  let known = part.dataset.version ?? null;

  function busy() {
    const at = document.activeElement;
    return document.hidden || (part.contains(at) && at.matches("input, select, textarea")) || !getSelection().isCollapsed;
  }

  // What tells a link, a button or a form of the part from the others, so that it is found again in the new one.
  function sign(each) {
    return each.getAttribute("href") || (each.value && `${each.name}=${each.value}`) || each.closest("form")?.action;
  }

  function focusAgain(at) {
    const all = [...part.querySelectorAll("a, button, summary")];
    const details = at.matches("summary") && at.parentElement.dataset.key;
    const same = details ? part.querySelector(`[data-key="${details}"] > summary`) : all.find((each) => sign(each) === sign(at));
    // What had the focus may be gone: then the heading that can have it does.
    (same || part.querySelector("[tabindex]"))?.focus({ preventScroll: true });
  }

  async function renew() {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh) return false;
    const key = (each, place) => each.dataset.key || place;
    const open = new Map([...part.querySelectorAll("details")].map((each, place) => [key(each, place), each.open]));
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const [place, each] of part.querySelectorAll("details").entries()) each.open = open.get(key(each, place)) ?? each.open;
    if (focused) focusAgain(focused);
    document.dispatchEvent(new CustomEvent("live:renewed"));
    return true;
  }

  async function look() {
    let reached = false;
    try {
      const headers = known === null ? {} : { "If-None-Match": `"${known}"` };
      const answer = await fetch(part.dataset.live, { cache: "no-cache", headers });
      // Who is signed out is led to another page.
      reached = answer.status === 304 || (answer.ok && !answer.redirected);
      if (answer.ok && reached) {
        const version = await answer.text();
        if (known === null) known = version;
        else if (version !== known && !busy() && (await renew())) known = version;
      }
    } catch {
      // The next time may succeed.
    }
    if (lost) lost.hidden = reached;
    setTimeout(look, every);
  }

  look();
})();
