// Copies the text of an element, such as an address, by a button; without this script the button isn't shown.
(() => {
  "use strict";
  for (const place of document.querySelectorAll("[data-copies]")) {
    const [button, said] = [place.querySelector("button"), place.querySelector("[role=status]")];
    const source = document.getElementById(place.dataset.copies);
    const text = () => (source.value ?? source.textContent).trim();
    button.hidden = false;
    button.addEventListener("click", async () => {
      let copied = true;
      try {
        await navigator.clipboard.writeText(text());
      } catch {
        // Not every browser allows it: then the text is selected, for the keyboard's own copy.
        if (source.select) source.select();
        else getSelection().selectAllChildren(source);
        copied = false;
      }
      said.textContent = copied ? said.dataset.copied : said.dataset.selected;
    });
  }
})();
