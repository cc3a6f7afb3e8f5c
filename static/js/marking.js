// Marks passages of a speech by single keys, each kept at once. A key counts only while a passage has the focus and no
// field in it. What the network loses is sent again until it is kept. Without this each button is a form.
(() => {
  "use strict";
  const list = document.querySelector("[data-passages]");
  const status = document.querySelector("[data-passages-status]");
  if (!list) return;
  const AGAIN = 3000;
  const passages = () => [...list.querySelectorAll(".passage")];

  function move(from, step) {
    const all = passages();
    // From the last one it goes no further: that one keeps the focus, so that its mark can be taken back.
    const next = all[all.indexOf(from) + step] || from;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function newest(id) {
    return document.getElementById(id);
  }

  async function send(address, body, id, onward) {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body });
    } catch {
      status.textContent = status.dataset.said;
      setTimeout(send, AGAIN, address, body, id, false);
      return;
    }
    status.textContent = "";
    const html = await answer.text();
    // Where the sign-in has ended the answer is another page: there the officer signs in, and marks again.
    const part = answer.redirected ? null : new DOMParser().parseFromString(html, "text/html").querySelector(".passage");
    if (!part) {
      location.reload();
      return;
    }
    const old = newest(id);
    const focused = old.contains(document.activeElement);
    old.replaceWith(part);
    if (focused && answer.ok && onward) move(part, 1);
    else if (focused) part.focus();
  }

  function post(form, button) {
    const passage = form.closest(".passage");
    const body = new URLSearchParams(new FormData(form));
    body.set("kind", button.value);
    body.set("part", "1");
    send(form.action, body, passage.id, button.value === "accept" || button.value === "strike");
  }

  list.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    post(event.target, event.submitter);
  });

  list.addEventListener("keydown", (event) => {
    const passage = event.target.closest(".passage");
    if (!passage) return;
    if (event.target.tagName === "TEXTAREA") {
      const button = event.target.closest("details").querySelector("button");
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) post(button.form, button);
      else if (event.key === "Escape") {
        event.target.closest("details").open = false;
        passage.focus();
      }
      return;
    }
    if (event.target !== passage || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const button = passage.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    const part = passage.querySelector(`details[data-open="${CSS.escape(key)}"]`);
    if (button) post(button.form, button);
    else if (part) {
      part.open = true;
      part.querySelector("textarea").focus();
    } else if (key === "arrowdown") move(passage, 1);
    else if (key === "arrowup") move(passage, -1);
    else return;
    event.preventDefault();
  });
})();
