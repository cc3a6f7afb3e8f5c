// A screen in the foyer or at a door. It asks for its content every few seconds and replaces it where it has changed. What is on now and
// next it finds itself, by the server's time, from the sessions of the whole day: so it goes on without a connection, and says since when.
// More than fits is shown page by page, each language in turn; the space bar stops and goes on.
(() => {
  "use strict";
  const POLL = 4000;
  const PATIENCE = 8000;
  const TURN = 12000;
  // How long a session that was started runs beyond its end without a connection, which would say that it was ended.
  const OVERRUN = 300000;
  // How long a session that nobody ends runs beyond its end with a connection, and one that is late is awaited.
  const LONGEST = 43200000;
  // Sessions that a door announces ahead.
  const AHEAD = 3;
  const main = document.querySelector("main");
  const off = document.querySelector("template");
  const zone = main.dataset.zone;
  let etag = main.dataset.etag;
  let ahead = Date.parse(main.dataset.moment) - Date.now();
  let confirmed = Date.parse(main.dataset.moment);
  let lost = null;
  let turn = 0;
  let stopped = false;

  const now = () => Date.now() + ahead;
  const form = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
  const clock = form({ hour: "2-digit", minute: "2-digit" });
  const day = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);

  // What a session is at a moment: "now", "late", "next" or "" (over, or too far ahead). Cancelled ones stand until their end.
  function mark(board, moment) {
    const door = board.classList.contains("door");
    const today = day(moment);
    const waiting = [];
    const all = [...board.querySelectorAll("li")];
    // A session goes on beyond its end until somebody ends it, as on all pages. Without a connection nobody knows.
    const known = moment - confirmed < OVERRUN;
    for (const line of all) {
      const starts = Date.parse(line.dataset.starts);
      const ends = Date.parse(line.dataset.ends);
      const late = "late" in line.dataset && line.dataset.day <= today && moment < ends + LONGEST;
      line.querySelector(".day").hidden = line.dataset.day === today;
      let state = "";
      if ("ended" in line.dataset) state = "";
      else if ("started" in line.dataset && (ends > moment || (known && moment < ends + LONGEST))) state = "now";
      else if (late) state = "late";
      else if (ends <= moment) state = "";
      else if (starts <= moment) state = "cancelled" in line.dataset || "away" in line.dataset ? "gone" : "now";
      else waiting.push(line);
      line.dataset.state = state;
    }
    // Of today's sessions if there are any more, otherwise of the next day's.
    const next = waiting.filter((line) => line.dataset.day === waiting[0].dataset.day);
    const rooms = new Set();
    let count = 0;
    for (const line of next) {
      const gone = "cancelled" in line.dataset || "away" in line.dataset;
      const first = line.dataset.starts === next[0].dataset.starts || !rooms.has(line.dataset.room);
      if (gone) line.dataset.state = "gone";
      else if (door ? count < AHEAD : first) line.dataset.state = "next";
      if (!gone) {
        rooms.add(line.dataset.room);
        count += 1;
      }
    }
    for (const line of all) {
      const word = line.querySelector(".word");
      if (!("said" in word.dataset)) word.dataset.said = word.textContent;
      const state = line.dataset.state;
      const words = word.dataset.said || (state === "now" ? board.dataset.now : state === "next" ? board.dataset.next : "");
      if (word.textContent !== words) word.textContent = words;
      line.hidden = !state;
    }
    board.querySelector(".nothing").hidden = Boolean(board.querySelector("li:not([hidden])"));
    for (const each of board.querySelectorAll(".days time")) each.hidden = each.dateTime !== today;
  }

  // The clock, large, with the place beneath; and how old the content is, or that the pages stand still.
  function tell(board, time) {
    const place = board.querySelector(".clock");
    if (!place.children.length) place.append(document.createElement("time"), document.createElement("span"));
    const words = place.dataset.words.replace("{time}", "").replace(/^[\s,،]+/, "");
    if (place.children[0].textContent !== time) place.children[0].textContent = time;
    place.children[1].textContent = words;
    const aged = board.querySelector(".aged");
    aged.hidden = lost === null && !stopped;
    if (lost !== null) aged.textContent = board.dataset.aged.replace("{time}", clock.format(confirmed)).replace("{since}", clock.format(lost));
    else if (stopped) aged.textContent = board.dataset.paused;
  }

  // The lines of a board by pages: as many on each as fit between its head and its foot. At least one.
  function pages(board) {
    const list = board.querySelector(".lines");
    const lines = [...list.children].filter((line) => line.dataset.state);
    for (const line of lines) line.hidden = false;
    const room = list.clientHeight;
    const found = [];
    let top = 0;
    for (const line of lines) {
      const begins = line.offsetTop;
      const ends = begins + line.offsetHeight;
      if (!found.length || ends - top > room + 1) {
        found.push([]);
        top = begins;
      }
      found[found.length - 1].push(line);
    }
    return found.length ? found : [[]];
  }

  function show() {
    const boards = [...main.querySelectorAll(".board")];
    if (!boards.length) return;
    const moment = now();
    const time = clock.format(moment);
    const steps = [];
    for (const board of boards) {
      board.hidden = false;
      tell(board, time);
      mark(board, moment);
      const found = pages(board);
      found.forEach((lines, page) => steps.push({ board, lines, page, of: found.length }));
      board.hidden = true;
    }
    const step = steps[turn % steps.length];
    const { board } = step;
    board.hidden = false;
    for (const line of board.querySelectorAll("li")) line.hidden = !step.lines.includes(line);
    document.documentElement.lang = board.lang;
    board.querySelector(".page").textContent = step.of > 1 ? `${step.page + 1} / ${step.of}` : "";
  }

  async function ask() {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const sent = Date.now();
      const answer = await fetch(main.dataset.content, {
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        headers: etag ? { "If-None-Match": etag } : {},
        signal: patience.signal,
      });
      if (answer.status === 404 || answer.status === 410) {
        // The key was taken back: nothing of the agenda stays.
        main.replaceChildren(off.content.cloneNode(true));
        etag = "";
        lost = null;
      } else if (answer.ok || answer.status === 304) {
        const text = answer.status === 304 ? null : await answer.text();
        const moment = Date.parse(answer.headers.get("X-Summit-Time"));
        if (!Number.isNaN(moment)) ahead = moment - (sent + Date.now()) / 2;
        if (text !== null) {
          const fresh = new DOMParser().parseFromString(text, "text/html");
          main.replaceChildren(...document.importNode(fresh.body, true).childNodes);
          etag = answer.headers.get("ETag");
        }
        confirmed = now();
        lost = null;
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      lost ??= now();
    }
    clearTimeout(timer);
    show();
    // A key that was taken back stays so.
    setTimeout(ask, (etag ? POLL : POLL * 15) + Math.random() * 500);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    stopped = !stopped;
    show();
  });
  addEventListener("resize", show);
  show();
  setInterval(show, 1000);
  setInterval(() => {
    if (!stopped) turn += 1;
    show();
  }, TURN);
  setTimeout(ask, POLL);
})();
