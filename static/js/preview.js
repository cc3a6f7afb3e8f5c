// Shows how the words in an editor will look, a moment after the last key. The server makes the preview; without this a
// button asks for it.
(() => {
  "use strict";
  const box = document.querySelector("[data-preview]");
  const form = box && box.closest("form");
  const field = form && form.elements[box.dataset.body];
  if (!field) return;
  const PAUSE = 500;
  let waiting = 0;
  let asked;

  const button = form.querySelector("[data-preview-button]");
  if (button) button.hidden = true;

  async function show() {
    if (asked) asked.abort();
    asked = new AbortController();
    const body = new URLSearchParams({ body: field.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    try {
      const answer = await fetch(box.dataset.preview, { method: "POST", body, signal: asked.signal });
      // Where the sign-in has ended the answer is another page.
      if (!answer.ok || answer.redirected) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      box.replaceChildren(...part.body.childNodes);
    } catch {
      // The network is away, or a newer question is on its way: the last preview stays.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
})();
// A file whose words are to come into the editor is read as soon as it is chosen. Without this a button reads it.
(() => {
  "use strict";
  const field = document.querySelector("[data-import]");
  const button = field?.form?.querySelector("button[name=take]");
  if (!button) return;
  button.hidden = true;
  field.addEventListener("change", () => field.files.length && field.form.requestSubmit(button));
})();
