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
  const usual = matchMedia("(pointer: coarse)").matches ? 3 : 2;
  let zoom = Math.min(Math.max(Number(store("board-zoom") ?? usual) || 0, 0), ZOOMS.length - 1);
  // What is being moved: { cards, how: "move" | "resize", keys, ... }, or null.
  let moving = null;
  let busy = false;

  // On paper a day fits on a page that lies across.
  const PAGE = 500;
  let printed = 0;
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
  const cardOf = (id) => board.querySelector(`.board-card[data-id="${id}"]`);

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
      for (const lane of day.querySelectorAll(".board-lane")) layLane(lane, from, height);
    }
  };
  const layLane = (lane, from, height) => {
    const columns = [];
    const cards = cardsOf(lane);
    for (const card of cards) {
      const first = Number(card.dataset.first);
      let column = columns.findIndex((end) => end <= first);
      if (column < 0) column = columns.length;
      columns[column] = Number(card.dataset.last);
      card.dataset.column = column;
    }
    for (const card of cards) {
      const style = card.style;
      if (!wide.matches) {
        style.cssText = "";
        continue;
      }
      const top = (Number(card.dataset.first) - from) * perMinute();
      const size = (card.dataset.last - card.dataset.first) * perMinute();
      style.insetBlockStart = `${top}px`;
      style.blockSize = `${Math.max(Math.min(size, height - top), 18)}px`;
      style.insetInlineStart = `${(card.dataset.column / columns.length) * 100}%`;
      style.inlineSize = `${100 / columns.length}%`;
      style.setProperty("--before", `${(card.dataset.before || 0) * perMinute()}px`);
      style.setProperty("--after", `${(card.dataset.after || 0) * perMinute()}px`);
    }
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
      ghost.append(linkOf(card).textContent, " ", document.createElement("span"));
      board.append(ghost);
      card.classList.add("lifted");
      return { card, ghost, from: placeOf(card), to: placeOf(card) };
    });
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

  // Puts a new board into the place of the old one, and the reader back to where they were.
  const replace = (html, quietly) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const focus = board.contains(document.activeElement) ? document.activeElement.id : "";
    const chosen = new Set(cardsOf(board).filter((card) => boxOf(card)?.checked).map((card) => card.dataset.id));
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
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    const message = fresh.querySelector("[data-message]");
    if (message && message.textContent) say(message.textContent);
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
    board.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(partUrl(), { method: "POST", body: data, credentials: "same-origin" });
      const text = await answer.text();
      if (answer.status === 409) say(text);
      else if (answer.ok && !answer.redirected) replace(text, false);
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

  // What others did: asked for by number, fetched when it differs.
  const poll = async () => {
    if (!document.hidden && !moving && !busy) {
      try {
        const answer = await fetch(board.dataset.versionUrl, { cache: "no-cache", credentials: "same-origin" });
        const version = answer.ok ? (await answer.text()).trim() : "";
        const days = board.querySelector("[data-part=days]");
        if (/^\d+$/.test(version) && version !== days.dataset.version && !moving && !busy) {
          const page = await fetch(partUrl(), { credentials: "same-origin" });
          const html = await page.text();
          if (page.ok && !page.redirected && !moving && !busy) replace(html, true);
        }
        board.classList.remove("offline");
      } catch {
        board.classList.add("offline");
        say(board.dataset.wordOffline);
      }
    }
    setTimeout(poll, POLL);
  };

  const together = (card) => {
    const chosen = cardsOf(board).filter((each) => boxOf(each)?.checked);
    return boxOf(card)?.checked ? [card, ...chosen.filter((each) => each !== card)] : [card];
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
    const number = cardsOf(board).filter((card) => boxOf(card)?.checked).length;
    say(number ? board.dataset.wordSelected.replace("{number}", number) : "");
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
  addEventListener("scroll", draw, { capture: true, passive: true });
  addEventListener("resize", draw, { passive: true });
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
