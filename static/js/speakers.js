// The speakers' list: a speech is moved by its buttons or dragged by its handle, and saved in that moment with what was
// typed. The list comes anew in its place, without the page. Without this script each button sends the form.
"use strict";

const form = document.querySelector("form[data-speakers]");
const said = form && form.querySelector("[role=status]");
let busy = false;
// The last move that was asked for while another was under way.
let next = "";

const rows = () => [...form.querySelectorAll("tr[data-key]")];

// Puts what a page shows of the list into the place of what is here.
const show = (page) => {
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) part.replaceWith(document.importNode(fresh, true));
  }
  ready();
  const button = form.querySelector("[autofocus]");
  if (button) {
    // Said here, not once more as its description.
    button.removeAttribute("aria-describedby");
    button.focus();
  }
  said.replaceChildren(...document.importNode(page.querySelector("form[data-speakers] [role=status]"), true).childNodes);
};

// Sends a move. What is refused or doesn't arrive is sent as a page would, which says why.
const send = async (move) => {
  if (busy) {
    next = move;
    return;
  }
  busy = true;
  const data = new FormData(form);
  data.set("move", move);
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: data, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.redirected || !page.querySelector("form[data-speakers]")) throw new Error("not moved");
    show(page);
  } catch {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "move";
    field.value = move;
    form.append(field);
    form.submit();
    return;
  }
  busy = false;
  const [how, key] = next.split(":");
  // A button moves a speech from where it stands by then.
  const button = form.querySelector(`button[value^="${how}:${key}:"]`);
  const again = how === "to" ? next : button && button.value;
  next = "";
  if (again) send(again);
};

const ready = () => {
  for (const handle of form.querySelectorAll(".handle")) {
    handle.hidden = false;
    handle.draggable = true;
  }
};

if (form && said) {
  ready();
  for (const hint of document.querySelectorAll("[data-drag]")) hint.hidden = false;

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='move']");
    if (!button) return;
    event.preventDefault();
    send(button.value);
  });

  let dragged = null;
  const below = (row, event) => {
    const box = row.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  };
  const mark = (over, event) => {
    for (const row of rows()) {
      row.classList.toggle("over", row === over && row !== dragged && !below(row, event));
      row.classList.toggle("under", row === over && row !== dragged && below(row, event));
    }
  };
  form.addEventListener("dragstart", (event) => {
    if (!event.target.closest || !event.target.closest(".handle")) return;
    dragged = event.target.closest("tr");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("th").textContent.trim());
    const box = dragged.getBoundingClientRect();
    event.dataTransfer.setDragImage(dragged, event.clientX - box.left, event.clientY - box.top);
    dragged.classList.add("dragged");
  });
  form.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    mark(event.target.closest("tr[data-key]"), event);
  });
  form.addEventListener("drop", (event) => {
    const over = event.target.closest("tr[data-key]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const place = rows().filter((row) => row !== dragged).indexOf(over) + (below(over, event) ? 2 : 1);
    if (place !== rows().indexOf(dragged) + 1) send(`to:${dragged.dataset.key}:${place}`);
  });
  form.addEventListener("dragend", () => {
    for (const row of rows()) row.classList.remove("over", "under", "dragged");
    dragged = null;
  });
}
