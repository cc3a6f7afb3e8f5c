// The board: sessions are laid out by their times, and moved by mouse, touch and keyboard. Where they may not be put, one
// reads before one lets go. The server stores each move and answers with the board as it is then; what others moved is
// asked for every other second. Without this script, or on a phone, the board is a list.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const form = board.querySelector("#board-acts");
  const said = board.querySelector("[data-status]");
  const mayEdit = "edit" in board.dataset;
  const wide = matchMedia("(min-width: 700px)");
  // Pixels of an hour.
  const ZOOMS = [36, 56, 84, 128, 200];
  const POLL = 1500;
  const LONG_PRESS = 350;
  const EDGE = 40;
  const store = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch {
      // Without storage, the next page begins as usual.
    }
    return null;
  };
  // Where one touches, twenty minutes are as high as a finger.
  const touched = matchMedia("(pointer: coarse)").matches;
  const usual = touched ? 3 : 2;
  // The least height of a card, and the one that it takes where nothing follows, in pixels.
  const LEAST = touched ? 24 : 18;
  const FREE = touched ? 44 : LEAST;
  let zoom = Math.min(Math.max(Number(store("board-zoom") ?? usual) || 0, 0), ZOOMS.length - 1);
  // What is being moved: { cards, how: "move" | "resize", keys, ... }, or null.
  let moving = null;
  let busy = false;

  // On paper a day fits on a page that lies across.
  const PAGE = 500;
  let printed = 0;
  // The height of a line on a printed card, in pixels.
  const PRINTED_LINE = 12;
  const perHour = () => printed || ZOOMS[zoom];
  const perMinute = () => perHour() / 60;
  const grid = () => Number(board.querySelector("[data-grid]")?.value || 15);
  const clock = (minutes) =>
    `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const say = (text) => {
    said.textContent = text;
  };
  const cardsOf = (root) => [...root.querySelectorAll(".board-card")];
  const boxOf = (card) => card.querySelector("input");
  const linkOf = (card) => card.querySelector("a");
  const factsOf = (card) => [...card.querySelectorAll(".times, .state, .by")];
  const selected = () => cardsOf(board).filter((card) => boxOf(card)?.checked);

  // Where a card is: its day, its minutes and its room, "" for the tray.
  const placeOf = (card) => {
    const lane = card.closest(".board-lane");
    return {
      day: lane ? lane.closest(".board-day").dataset.day : card.dataset.day,
      first: Number(card.dataset.first),
      last: Number(card.dataset.last),
      room: lane ? lane.dataset.room : "",
    };
  };
  const laneOf = (place) => {
    const day = board.querySelector(`.board-day[data-day="${place.day}"]`);
    return day && place.room ? day.querySelector(`.board-lane[data-room="${place.room}"]`) : null;
  };

  // Layout: cards by their minutes, those that overlap side by side.
  const lay = () => {
    board.classList.toggle("laid", wide.matches);
    for (const day of board.querySelectorAll(".board-day")) {
      const from = Number(day.dataset.first);
      const height = (Number(day.dataset.last) - from) * perMinute();
      for (const hour of day.querySelectorAll(".board-hours li"))
        hour.style.insetBlockStart = wide.matches ? `${(Number(hour.dataset.minute) - from) * perMinute()}px` : "";
      for (const lane of day.querySelectorAll(".board-lane, .board-hours")) {
        lane.style.blockSize = wide.matches ? `${height}px` : "";
        lane.style.setProperty("--hour", `${perHour()}px`);
      }
      // Measured once, since measuring lays the page out anew.
      const line = lineOf(day);
      for (const lane of day.querySelectorAll(".board-lane")) layLane(lane, from, height, line);
    }
    name();
    drawNow();
    showTip();
  };
  // The cards of a lane as groups of those that meet, each as [card, its column, where it ends] in pixels.
  const groupsOf = (lane, from) => {
    const groups = [];
    let end = -1;
    for (const card of cardsOf(lane)) {
      const top = (Number(card.dataset.first) - from) * perMinute();
      const bottom = Math.max((Number(card.dataset.last) - from) * perMinute(), top + LEAST);
      if (top >= end) groups.push({ columns: [], rows: [] });
      const { columns, rows } = groups.at(-1);
      const free = columns.findIndex((last) => last <= top);
      const column = free < 0 ? columns.length : free;
      columns[column] = bottom;
      rows.push([card, column, top, bottom]);
      end = Math.max(end, bottom);
    }
    return groups;
  };
  const lineOf = (day) => {
    const times = day.querySelector(".times");
    return printed ? PRINTED_LINE : times && Number.parseFloat(getComputedStyle(times).lineHeight);
  };
  const layLane = (lane, from, height, line) => {
    const groups = groupsOf(lane, from);
    // A room in which sessions meet is wider.
    const most = Math.max(1, ...groups.map(({ columns }) => columns.length));
    lane.closest(".board-room").style.setProperty("--columns", most);
    groups.forEach(({ columns, rows }, place) => {
      const next = groups[place + 1]?.rows[0][2] ?? height;
      for (const [card, column, top, bottom] of rows) {
        const style = card.style;
        if (!wide.matches) {
          style.cssText = "";
          continue;
        }
        const alone = rows.length === 1 ? Math.min(top + FREE, next) : 0;
        const size = Math.max(Math.min(bottom, height), alone) - top;
        style.insetBlockStart = `${top}px`;
        style.blockSize = `${Math.max(size, LEAST)}px`;
        style.insetInlineStart = `${(column / columns.length) * 100}%`;
        style.inlineSize = `${100 / columns.length}%`;
        style.setProperty("--before", `${(card.dataset.before || 0) * perMinute()}px`);
        style.setProperty("--after", `${(card.dataset.after || 0) * perMinute()}px`);
        fit(card, Math.floor((size - 2) / line));
      }
    });
  };
  // Shares the lines of a card: one for the title, then times and states, what is left for the title again. Where only
  // one fits below the title, a conflict matters more than the times.
  const fit = (card, lines) => {
    const facts = factsOf(card);
    const left = lines - 1;
    const state = card.querySelector(".state[data-state=warn]");
    const shown = left === 1 && state ? [state] : facts.slice(0, Math.max(left, 0));
    for (const fact of facts) fact.classList.toggle("cut", !shown.includes(fact));
    card.dataset.lines = Math.max(left + 1 - shown.length, 1);
    card.style.setProperty("--lines", card.dataset.lines);
  };
  // What doesn't fit on a card, one reads when one points at it, or in the tip when it has the focus.
  const name = () => {
    const cut = cardsOf(board).map((card) => {
      const link = linkOf(card);
      return (
        card.querySelector(".cut") ||
        [card, link, ...factsOf(card)].some(
          (part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1,
        )
      );
    });
    cardsOf(board).forEach((card, place) => {
      const facts = factsOf(card);
      facts.forEach((fact, number) => (fact.id = `fact-${card.dataset.id}-${number}`));
      linkOf(card).setAttribute("aria-describedby", facts.map((fact) => fact.id).join(" "));
      const words = [linkOf(card), ...facts].map((part) => part.textContent.trim());
      if (wide.matches && cut[place]) card.title = words.join("\n");
      else card.removeAttribute("title");
    });
  };
  const tip = document.createElement("div");
  tip.className = "board-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  board.append(tip);
  // Only the keyboard asks for it: what one points at has a title.
  let keyed = false;
  // Where Escape closed it; it stays closed there while the page scrolls, until the focus comes back.
  let dismissed = null;
  const showTip = () => {
    const link = document.activeElement;
    const card = link?.closest?.(".board-card");
    tip.hidden = !(keyed && card?.title && !moving && link === linkOf(card) && link !== dismissed);
    if (tip.hidden) return;
    tip.textContent = card.title;
    const box = card.getBoundingClientRect();
    const above = box.bottom + tip.offsetHeight > innerHeight;
    const start = getComputedStyle(board).direction === "rtl" ? box.right - tip.offsetWidth : box.left;
    tip.style.top = `${above ? box.top - tip.offsetHeight : box.bottom}px`;
    tip.style.left = `${Math.max(Math.min(start, innerWidth - tip.offsetWidth), 0)}px`;
  };

  // The picture of what is moved, above everything, until it is dropped.
  const draw = () => {
    if (!moving) return;
    for (const each of moving.cards) {
      const { ghost, to, card } = each;
      const lane = laneOf(to);
      const day = lane && lane.closest(".board-day");
      const box = (lane || board.querySelector("[data-tray]") || card).getBoundingClientRect();
      const top = lane ? box.top + (to.first - Number(day.dataset.first)) * perMinute() : box.top;
      ghost.style.top = `${top}px`;
      ghost.style.left = `${box.left}px`;
      ghost.style.width = `${box.width}px`;
      ghost.style.height = lane ? `${Math.max((to.last - to.first) * perMinute(), 18)}px` : "auto";
      ghost.querySelector("span").textContent = lane
        ? `${clock(to.first)}${board.dataset.wordUntil}${clock(to.last)}`
        : board.dataset.wordTray;
    }
  };
  const lift = (cards, how, keys) => {
    moving = { how, keys, asked: 0 };
    moving.cards = cards.map((card) => {
      const ghost = document.createElement("div");
      ghost.className = "board-ghost";
      ghost.append(document.createElement("span"), linkOf(card).textContent);
      board.append(ghost);
      card.classList.add("lifted");
      return { card, ghost, from: placeOf(card), to: placeOf(card) };
    });
    showTip();
  };
  const putBack = () => {
    if (!moving) return;
    for (const { card, ghost } of moving.cards) {
      ghost.remove();
      card.classList.remove("lifted");
    }
    clearTimeout(moving.timer);
    moving = null;
    board.classList.remove("dragging");
    showTip();
  };
  const isMoved = () =>
    moving.cards.some(({ from, to }) => ["day", "first", "last", "room"].some((name) => from[name] !== to[name]));
  const places = () =>
    moving.cards.map(({ card, to }) => `${card.dataset.id}:${to.day}:${to.first}:${to.last}:${to.room}`);

  // Moves all cards by what the first one moves: minutes, days and rooms.
  const aim = (wanted) => {
    const lead = moving.cards[0];
    const before = JSON.stringify(places());
    const minutes = wanted.first - lead.from.first;
    const longer = wanted.last - lead.from.last;
    const rooms = [...board.querySelectorAll(".board-day .board-lane")].map((lane) => lane.dataset.room);
    const unique = [...new Set(rooms)];
    const across = unique.indexOf(wanted.room) - unique.indexOf(lead.from.room);
    for (const each of moving.cards) {
      const { from, to } = each;
      if (each === lead) {
        Object.assign(to, wanted);
      } else if (moving.how === "resize") {
        to.last = Math.max(from.first + 5, from.last + longer);
      } else {
        const next = unique[unique.indexOf(from.room) + across];
        to.first = Math.max(0, from.first + minutes);
        to.last = to.first + from.last - from.first;
        to.day = from.day === lead.from.day ? wanted.day : from.day;
        to.room = wanted.room === "" ? "" : from.room && next ? next : from.room || wanted.room;
      }
    }
    draw();
    if (JSON.stringify(places()) !== before) check();
  };

  // A title may run the other way than the sentence.
  const inWords = ({ card, ghost }) =>
    `\u2068${linkOf(card).textContent}\u2069: ${ghost.querySelector("span").textContent}`;

  // Asks what would clash, before one lets go.
  const check = () => {
    clearTimeout(moving.timer);
    const asked = ++moving.asked;
    const lead = moving.cards[0];
    say(inWords(lead));
    moving.timer = setTimeout(async () => {
      const query = places().map((place) => `&place=${encodeURIComponent(place)}`).join("");
      try {
        const answer = await fetch(board.dataset.checkUrl + query, { credentials: "same-origin" });
        const html = answer.ok ? await answer.text() : "";
        if (!moving || moving.asked !== asked || !answer.ok) return;
        const found = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("li")];
        const list = document.createElement("ul");
        list.append(...found.map((row) => document.importNode(row, true)));
        said.replaceChildren(inWords(lead), ". ", found.length ? list : board.dataset.wordFree);
        for (const { ghost } of moving.cards) {
          // The words may have moved what is below them.
          draw();
          ghost.dataset.state = found.some((row) => "blocked" in row.dataset) ? "bad" : found.length ? "warn" : "good";
        }
      } catch {
        // The move itself says what is wrong.
      }
    }, 120);
  };

  // Puts a new board into the place of the old one, and the reader back to where they were. After an act on the
  // selected sessions none is selected; after `kept` acts they still are, to be moved on.
  const replace = (html, quietly, kept) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const focus = board.contains(document.activeElement) ? document.activeElement.id : "";
    const chosen = new Set(kept ? selected().map((card) => card.dataset.id) : []);
    const before = new Map(cardsOf(board).map((card) => [card.dataset.id, JSON.stringify(placeOf(card))]));
    const scrolls = [...board.querySelectorAll(".board-scroll")].map((part) => [part.scrollLeft, part.scrollTop]);
    for (const part of board.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!other) continue;
      const copy = document.importNode(other, true);
      copy.className = part.className;
      copy.hidden = false;
      part.replaceWith(copy);
    }
    for (const card of cardsOf(board)) {
      const box = boxOf(card);
      if (box) box.checked = chosen.has(card.dataset.id);
      if (quietly && before.get(card.dataset.id) !== JSON.stringify(placeOf(card))) card.classList.add("moved");
    }
    ready();
    [...board.querySelectorAll(".board-scroll")].forEach((part, place) => {
      if (scrolls[place]) [part.scrollLeft, part.scrollTop] = scrolls[place];
    });
    focusOn(document.getElementById(focus));
    const message = fresh.querySelector("[data-message]");
    if (message && message.textContent) say(message.textContent);
  };
  // Where a button can't be pressed any more, the focus goes to the one beside it.
  const focusOn = (part) => {
    const free = part?.disabled ? part.parentElement.querySelector("button:enabled") : part;
    free?.focus({ preventScroll: true });
  };
  const partUrl = () => {
    const url = new URL(location.href);
    url.searchParams.set("part", "1");
    return url;
  };
  // One act after the other: the next one waits for the answer to this one.
  let last = Promise.resolve();
  const send = (data) => {
    last = last.then(() => post(data));
    return last;
  };
  const post = async (data) => {
    busy = true;
    // Where the board shows what is moved: the server refuses to move what somebody else has moved since.
    for (const id of [...data.getAll("session"), ...data.getAll("place").map((place) => place.split(":")[0])]) {
      const card = cardsOf(board).find((each) => each.dataset.id === id);
      const { day, first, last, room } = card ? placeOf(card) : {};
      if (card) data.append("saw", `${id}:${day}:${first}:${last}:${room}`);
    }
    board.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(partUrl(), { method: "POST", body: data, credentials: "same-origin" });
      const text = await answer.text();
      if (answer.status === 409) {
        await renew();
        say(text);
      } else if (answer.ok && !answer.redirected) replace(text, false, data.get("do") === "place");
      else location.reload();
    } catch {
      say(board.dataset.wordOffline);
    }
    busy = false;
    board.removeAttribute("aria-busy");
  };
  const drop = async () => {
    if (!moving) return;
    if (!isMoved()) {
      putBack();
      return;
    }
    const data = new FormData(form);
    data.delete("session");
    data.set("do", "place");
    for (const place of places()) data.append("place", place);
    const current = moving;
    await send(data);
    if (moving === current) putBack();
  };

  // Shows what others did. What is selected stays so.
  const renew = async (wanted = () => true) => {
    const page = await fetch(partUrl(), { credentials: "same-origin" });
    const html = await page.text();
    if (page.ok && !page.redirected && wanted()) replace(html, true, true);
  };
  // What others did: asked for by number, fetched when it differs.
  const poll = async () => {
    if (!document.hidden && !moving && !busy) {
      try {
        const answer = await fetch(board.dataset.versionUrl, { cache: "no-cache", credentials: "same-origin" });
        const version = answer.ok ? (await answer.text()).trim() : "";
        const days = board.querySelector("[data-part=days]");
        if (/^\d+$/.test(version) && version !== days.dataset.version && !moving && !busy)
          await renew(() => !moving && !busy);
        board.classList.remove("offline");
      } catch {
        board.classList.add("offline");
        say(board.dataset.wordOffline);
      }
    }
    setTimeout(poll, POLL);
  };

  const together = (card) => {
    return boxOf(card)?.checked ? [card, ...selected().filter((each) => each !== card)] : [card];
  };

  // Mouse and touch. A finger holds a card for a moment first, so that the page can be scrolled over cards.
  let press = null;
  const begin = () => {
    if (!press) return;
    clearTimeout(press.timer);
    board.classList.add("dragging");
    lift(together(press.card), press.how, false);
    press.begun = true;
    linkOf(press.card).focus({ preventScroll: true });
    draw();
  };
  const onDown = (event) => {
    const card = event.target.closest(".board-card");
    if (!card || event.button || event.target.closest(".board-pick") || !wide.matches) return;
    if (moving) drop();
    const box = card.getBoundingClientRect();
    press = {
      card,
      how: event.target.matches(".grip") && card.closest(".board-lane") ? "resize" : "move",
      grab: event.clientY - box.top,
      x: event.clientX,
      y: event.clientY,
      touch: event.pointerType === "touch",
      pointer: event.pointerId,
    };
    if (press.touch && press.how === "move") press.timer = setTimeout(begin, LONG_PRESS);
  };
  const target = (event) => {
    const lead = moving.cards[0];
    const from = lead.from;
    const step = grid();
    const snap = (minutes) => Math.round(minutes / step) * step;
    const under = (part) => {
      const box = part.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top - EDGE && event.clientY <= box.bottom + EDGE;
    };
    // A lane that is scrolled out of sight lies beneath what is beside it.
    const seen = (part) => under(part) && under(part.closest(".board-scroll"));
    const lane = moving.how === "resize" ? laneOf(from) : [...board.querySelectorAll(".board-lane")].find(seen);
    if (!lane) {
      const tray = board.querySelector(".board-side");
      return tray && under(tray) ? { ...from, room: "" } : null;
    }
    const day = lane.closest(".board-day");
    const minutes = (y) => (y - lane.getBoundingClientRect().top) / perMinute() + Number(day.dataset.first);
    if (moving.how === "resize") return { ...from, last: Math.max(from.first + 5, snap(minutes(event.clientY))) };
    const first = Math.max(0, snap(minutes(event.clientY - press.grab)));
    return { day: day.dataset.day, first, last: first + from.last - from.first, room: lane.dataset.room };
  };
  const scrollAtEdge = (event) => {
    for (const part of board.querySelectorAll(".board-scroll")) {
      const box = part.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) continue;
      const sideways = event.clientX > box.right - EDGE ? 12 : event.clientX < box.left + EDGE ? -12 : 0;
      const down = event.clientY > box.bottom - EDGE ? 12 : event.clientY < box.top + EDGE ? -12 : 0;
      part.scrollBy(sideways, down);
    }
  };
  const onMove = (event) => {
    if (!press || event.pointerId !== press.pointer) return;
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    if (!press.begun) {
      if (press.touch && press.how === "move") {
        if (far > 10) stop();
        return;
      }
      if (far < 4) return;
      begin();
    }
    if (!moving || moving.keys) return;
    event.preventDefault();
    scrollAtEdge(event);
    const wanted = target(event);
    if (wanted) aim(wanted);
  };
  const stop = () => {
    if (press) clearTimeout(press.timer);
    press = null;
  };
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const onUp = (event) => {
    if (!press || event.pointerId !== press.pointer) return;
    const begun = press.begun;
    stop();
    if (begun && moving) {
      // The click that follows opens nothing.
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
      drop();
    }
  };

  // Keyboard.
  const onKey = (event) => {
    if (event.key === "Escape" && moving) {
      event.preventDefault();
      stop();
      const id = linkOf(moving.cards[0].card).id;
      putBack();
      say("");
      document.getElementById(id)?.focus();
      return;
    }
    const typing = event.target.matches?.("input:not([type=checkbox]), select, textarea");
    if ((event.ctrlKey || event.metaKey) && !typing && ["z", "y"].includes(event.key.toLowerCase())) {
      event.preventDefault();
      const again = event.shiftKey || event.key.toLowerCase() === "y";
      if (moving) putBack();
      const data = new FormData(form);
      data.set("do", again ? "redo" : "undo");
      send(data);
      return;
    }
    const card = event.target.closest?.(".board-card");
    if (!card || !wide.matches || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    if (event.key === " ") {
      event.preventDefault();
      const box = boxOf(card);
      box.checked = !box.checked;
      chosen();
    } else if (event.key === "Enter" && moving) {
      event.preventDefault();
      drop();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      step(card, event.key, event.shiftKey);
    }
  };
  const step = (card, key, resizes) => {
    if (busy) return;
    if (moving && moving.cards[0].card !== card) putBack();
    if (!moving) lift(together(card), "move", true);
    moving.how = resizes ? "resize" : "move";
    const lead = moving.cards[0];
    const to = { ...lead.to };
    const by = grid();
    const up = (minutes) => Math.ceil(minutes / by) * by - by;
    const down = (minutes) => Math.floor(minutes / by) * by + by;
    if (key === "ArrowUp" || key === "ArrowDown") {
      if (!to.room) return;
      const next = key === "ArrowUp" ? up : down;
      if (resizes) {
        to.last = Math.max(to.first + 5, next(to.last));
      } else {
        const length = to.last - to.first;
        to.first = Math.max(0, next(to.first));
        to.last = to.first + length;
      }
    } else if (!resizes) {
      const onward = (key === "ArrowRight") === (getComputedStyle(board).direction !== "rtl");
      const day = board.querySelector(`.board-day[data-day="${to.day}"]`) || board.querySelector(".board-day");
      const rooms = ["", ...[...day.querySelectorAll(".board-lane")].map((lane) => lane.dataset.room)];
      const place = rooms.indexOf(to.room) + (onward ? 1 : -1);
      if (place < 0 || place >= rooms.length) return;
      to.room = rooms[place];
      to.day = to.room ? day.dataset.day : lead.from.room ? to.day : lead.from.day;
    }
    aim(to);
    laneOf(to)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    lead.ghost.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    draw();
  };
  const chosen = () => {
    const number = selected().length;
    say(number ? board.dataset.wordSelected.replace("{number}", number) : "");
  };

  // A line at the present minute of the day that is on, by the server's clock.
  const opened = performance.now();
  const [today, hour, minute] = board.dataset.now.split(/[T:]/);
  const drawNow = () => {
    const day = board.querySelector(`.board-day[data-day="${today}"]`);
    const minutes = Number(hour) * 60 + Number(minute) + (performance.now() - opened) / 60_000;
    const rooms = day?.querySelector(".board-rooms");
    if (!rooms || minutes < Number(day.dataset.first) || minutes > Number(day.dataset.last)) return null;
    let line = rooms.querySelector(".board-now");
    if (!line) {
      line = document.createElement("div");
      line.className = "board-now";
      line.setAttribute("aria-hidden", "true");
      rooms.append(line);
    }
    line.style.insetBlockStart = `calc(var(--head) + ${(minutes - Number(day.dataset.first)) * perMinute()}px)`;
    return line;
  };
  // The board of today opens an hour before now.
  const showNow = () => {
    const line = drawNow();
    if (!line || board.querySelectorAll(".board-day").length > 1) return;
    const head = board.querySelector(".board-room h3").offsetHeight;
    line.closest(".board-scroll").scrollTop = line.offsetTop - head - perHour();
  };

  const ready = () => {
    for (const part of board.querySelectorAll("[data-scripted]")) part.hidden = false;
    for (const card of cardsOf(board)) {
      const box = boxOf(card);
      if (box) box.tabIndex = wide.matches ? -1 : 0;
    }
    lay();
  };

  ready();
  showNow();
  setInterval(drawNow, 20_000);
  addEventListener("beforeprint", () => {
    const hours = [...board.querySelectorAll(".board-day")].map((day) => (day.dataset.last - day.dataset.first) / 60);
    printed = PAGE / Math.max(...hours, 1);
    lay();
  });
  addEventListener("afterprint", () => {
    printed = 0;
    lay();
  });
  wide.addEventListener("change", ready);
  const follow = () => {
    draw();
    showTip();
  };
  addEventListener("scroll", follow, { capture: true, passive: true });
  addEventListener("resize", follow, { passive: true });
  addEventListener("keydown", (event) => {
    keyed = true;
    if (event.key !== "Escape" || tip.hidden) return;
    dismissed = document.activeElement;
    showTip();
  }, { capture: true });
  addEventListener("pointerdown", () => (keyed = false), { capture: true });
  board.addEventListener("focusin", () => {
    dismissed = null;
    showTip();
  });
  board.addEventListener("focusout", () => setTimeout(showTip));
  board.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) {
      print();
      return;
    }
    zoom = Math.min(Math.max(zoom + Number(button.dataset.zoom), 0), ZOOMS.length - 1);
    store("board-zoom", String(zoom));
    lay();
  });
  if (mayEdit) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button) return;
      event.preventDefault();
      const data = new FormData(form, button);
      send(data);
    });
    board.addEventListener("pointerdown", onDown);
    addEventListener("pointermove", onMove, { passive: false });
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", () => {
      stop();
      if (moving && !moving.keys) putBack();
    });
    // While something is dragged by touch, the page doesn't scroll.
    board.addEventListener("touchmove", (event) => moving && !moving.keys && event.preventDefault(), { passive: false });
    board.addEventListener("contextmenu", (event) => press && press.touch && event.preventDefault());
    board.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("keydown", onKey);
    board.addEventListener("change", (event) => event.target.name === "session" && chosen());
    // Who goes on to another session has moved this one.
    board.addEventListener("focusout", (event) => {
      if (moving && moving.keys && event.relatedTarget && event.relatedTarget !== linkOf(moving.cards[0].card)) drop();
    });
  }
  setTimeout(poll, POLL);
})();
