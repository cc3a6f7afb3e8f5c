// Keeps a part of a personal page current: the address in data-live returns a version, which is asked for each few
// seconds. When it changes, the page is fetched again, and the part takes the place of this one's. While somebody
// writes in the part, it waits. A page that says its version in data-version asks with it as ETag, and mostly gets an
// answer without a body. [data-lost] is shown while nothing is answered. With data-in-place the forms of the part are sent
// without leaving the page. Rows (data-sought) are found by typing (data-find). Without this script forms and search work
// as pages, and the page stays as it is until it is loaded again.
(() => {
  "use strict";
  const every = 3000;
  const part = document.querySelector("[data-live]");
  const find = document.querySelector("[data-find]");
  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  // As the server folds what it compares: without accents and capitals.
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "").toLowerCase().trim();
  let sending = false;

  function narrow() {
    if (!find) return;
    const words = fold(find.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of document.querySelectorAll("[data-sought]")) {
      row.hidden = !words.every((word) => row.dataset.sought.includes(word));
      if (!row.hidden) found += 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-sought]:not([hidden])");
    const none = document.querySelector("[data-none]");
    if (none) none.hidden = found > 0 || !words.length;
  }

  if (find) {
    find.addEventListener("input", narrow);
    // Enter goes to what is left of the list, instead of asking for the page.
    find.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      narrow();
      document.querySelector("[data-sought]:not([hidden]) :is(button, a)")?.focus();
    });
  }
  if (!part) return;
  const lost = document.querySelector("[data-lost]");
  let known = part.dataset.version ?? null;

  function busy() {
    const at = document.activeElement;
    return document.hidden || sending || (part.contains(at) && at.matches("input, select, textarea")) || !getSelection().isCollapsed;
  }

  // What tells a link, a button or a form of the part from the others, so that it is found again in the new one.
  function sign(each) {
    return each.id || each.getAttribute("href") || (each.value && `${each.name}=${each.value}`) || each.closest("form")?.action;
  }

  const actions = () => [...part.querySelectorAll("a, button, summary")];

  // `after` are the signs of what followed: of a list without the row that had the focus, the next row has it.
  function focusAgain(at, after) {
    const all = actions();
    const kind = (id) => id?.replace(/\d.*$/, "");
    const following = after.filter((id) => at.id && kind(id) === kind(at.id));
    const next = following.map((id) => all.find((each) => each.id === id && !each.closest("[hidden]"))).find(Boolean);
    const details = at.matches("summary") && at.parentElement.dataset.key;
    const same = details ? part.querySelector(`[data-key="${details}"] > summary`) : all.find((each) => sign(each) === sign(at));
    // What had the focus may be gone: then the heading that can have it does, or the field in which one types the next.
    (same || next || part.querySelector("[tabindex]") || find)?.focus({ preventScroll: true });
  }

  async function renew() {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
    return answer.ok && !answer.redirected && !sending && show(await parsed(answer));
  }

  function show(page) {
    const fresh = page.querySelector("[data-live]");
    if (!fresh) return false;
    const key = (each, place) => each.dataset.key || place;
    const open = new Map([...part.querySelectorAll("details")].map((each, place) => [key(each, place), each.open]));
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const before = actions();
    const after = before.slice(before.indexOf(focused)).map((each) => each.id);
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const [place, each] of part.querySelectorAll("details").entries()) each.open = open.get(key(each, place)) ?? each.open;
    narrow();
    if (focused) focusAgain(focused, after);
    document.dispatchEvent(new CustomEvent("live:renewed"));
    return true;
  }

  // Says what a form has done, as the page that it leads to would.
  function say(page) {
    const bar = document.querySelector(".message-bar");
    const said = page.querySelector(".message-bar");
    if (said && bar) bar.replaceChildren(...document.importNode(said, true).childNodes);
    else if (said) document.getElementById("content").prepend(document.importNode(said, true));
    else bar?.remove();
  }

  async function send(form) {
    sending = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const page = await parsed(answer);
      if (!answer.ok || !show(page)) throw new Error("not shown");
      known = page.querySelector("[data-live]").dataset.version ?? known;
      say(page);
    } catch {
      // Sent as a page would, which says why.
      form.submit();
      return;
    }
    sending = false;
  }

  if ("inPlace" in part.dataset) {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post" || !form.closest("[data-live], .message-bar")) return;
      event.preventDefault();
      if (!sending) send(form);
    });
  }

  async function look() {
    let reached = false;
    try {
      const headers = known === null ? {} : { "If-None-Match": `"${known}"` };
      // A browser that knows of no network isn't asked to try: it would complain each time.
      const answer = navigator.onLine ? await fetch(part.dataset.live, { cache: "no-cache", headers }) : null;
      // Who is signed out is led to another page.
      reached = answer !== null && (answer.status === 304 || (answer.ok && !answer.redirected));
      if (reached && answer.ok) {
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
