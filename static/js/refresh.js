// Shows a public page anew when what it says of the present is over: at the moment in data-fresh-until the server has another
// page, and its main part takes the place of this one's. On the summit's days (data-live-page) the page is compared with the
// server's each few seconds by the version that it carries, so that new times and delays are seen at once. Without this
// script the page stays as it is until it is loaded again.
(() => {
  "use strict";
  const least = 30;
  const spread = 20;
  const every = 4000;
  let marker = document.querySelector("[data-fresh-until]");

  function wait() {
    if (!marker) return;
    const left = (Date.parse(marker.dataset.freshUntil) - Date.now()) / 1000;
    // Not all readers at the same second.
    const seconds = Math.max(left, least) + Math.random() * spread;
    setTimeout(look, Math.min(seconds, 86400) * 1000);
  }

  function show(fresh) {
    const main = document.getElementById("content");
    const focused = main.contains(document.activeElement) && document.activeElement !== main ? document.activeElement : null;
    const open = [...main.querySelectorAll("details")].map((part) => part.open);
    main.replaceChildren(...document.importNode(fresh.getElementById("content"), true).childNodes);
    for (const [place, part] of main.querySelectorAll("details").entries()) part.open = open[place] ?? part.open;
    // Who reads on with the keyboard goes on at the same link.
    if (focused) {
      const same = (part) => part.getAttribute("href") === focused.getAttribute("href") && part.textContent === focused.textContent;
      ([...main.querySelectorAll(focused.localName)].find(same) ?? main).focus({ preventScroll: true });
    }
    marker = main.querySelector("[data-fresh-until]");
  }

  async function page(answer) {
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function look() {
    // Nobody loses what they have selected.
    const busy = document.hidden || !getSelection().isCollapsed;
    try {
      const answer = busy ? null : await fetch(location.href, { cache: "no-cache" });
      if (answer && answer.ok) show(await page(answer));
    } catch {
      // The next time may succeed.
    }
    wait();
  }

  // What is shown, by the version that the page itself carries: another one takes the place of its main part.
  const versionOf = (root) => root.querySelector("[data-live-page]")?.dataset.livePage;

  async function compare() {
    const main = document.getElementById("content");
    if (!document.hidden && navigator.onLine && getSelection().isCollapsed) {
      try {
        const answer = await fetch(location.href, { cache: "no-cache" });
        const fresh = answer.ok ? await page(answer) : null;
        if (fresh && versionOf(fresh) !== versionOf(main)) show(fresh);
      } catch {
        // The next time may succeed.
      }
    }
  }

  async function follow() {
    await compare();
    setTimeout(follow, every);
  }

  wait();
  if (document.querySelector("[data-live-page]")) {
    setTimeout(follow, 1000);
    // Whoever goes back sees the page as they left it.
    addEventListener("pageshow", (event) => event.persisted && compare());
  }
})();
