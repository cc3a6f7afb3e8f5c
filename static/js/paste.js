// Makes Markdown of what is pasted into an editor from a word processor or a page, where it has headings, lists, links
// or paragraphs; and says what of it isn't kept. Pasting without formatting, and undoing it, are the browser's own.
(() => {
  "use strict";
  const told = document.querySelector("[data-pasted]");
  const form = told && told.closest("form");
  const field = form && form.elements[told.dataset.pasted];
  if (!field || typeof TurndownService === "undefined") return;
  const SCHEMES = /^(https?|mailto):/i;
  const LISTED = /mso-list:\s*l(\d+)\s+level(\d+)/i;

  // What is pasted is only read: styles stand in another attribute, so that no policy of this page is asked about them.
  function parsed(html) {
    const bare = html
      .replace(/<(style|script|xml)\b[\s\S]*?<\/\1\s*>/gi, "")
      .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
    return new DOMParser().parseFromString(bare, "text/html");
  }
  const styled = (element, name) =>
    (new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]*)`, "i").exec(element.dataset.style || "") || ["", ""])[1].trim().toLowerCase();

  const rename = (element, name) => {
    const other = element.ownerDocument.createElement(name);
    other.append(...element.childNodes);
    element.replaceWith(other);
    return other;
  };
  const unwrap = (element) => element.replaceWith(...element.childNodes);

  // What stands in a style and not in an element: bold, italics and struck out.
  function marks(page) {
    for (const element of page.querySelectorAll("[data-style]")) {
      const weight = styled(element, "font-weight");
      // A heading is bold already; what Google Docs wraps everything in says that it isn't.
      if (/^(b|strong)$/i.test(element.tagName) && /^(normal|400)$/.test(weight)) {
        unwrap(element);
      } else if (element.tagName === "SPAN" && element.textContent.trim() && !element.closest("h1,h2,h3,h4,h5,h6")) {
        if (/^(bold|[6-9]00)$/.test(weight)) element.replaceChildren(rename(wrapped(element), "strong"));
        if (styled(element, "font-style") === "italic") element.replaceChildren(rename(wrapped(element), "em"));
        if (/line-through/.test(styled(element, "text-decoration"))) element.replaceChildren(rename(wrapped(element), "del"));
      }
    }
  }
  function wrapped(element) {
    const inner = element.ownerDocument.createElement("span");
    inner.append(...element.childNodes);
    element.append(inner);
    return inner;
  }

  // Word's lists are paragraphs that say how deep they are; their signs are words.
  function lists(page) {
    let open = [];
    for (const item of [...page.querySelectorAll("p")]) {
      const found = LISTED.exec(item.dataset.style || "");
      if (!found) {
        if (item.textContent.trim()) open = [];
        continue;
      }
      const signs = [...item.querySelectorAll("[data-style]")].filter((each) => styled(each, "mso-list") === "ignore");
      const sign = signs.map((each) => each.textContent).join("").trim();
      signs.forEach((each) => each.remove());
      const kind = /^\(?([0-9]+|[a-z]{1,4})[.)]/i.test(sign) ? "ol" : "ul";
      const depth = Number(found[2]);
      open.length = Math.min(open.length, depth);
      if (open.length === depth && open[depth - 1].tagName.toLowerCase() !== kind) open.length = depth - 1;
      while (open.length < depth) {
        const list = page.createElement(open.length + 1 === depth ? kind : "ul");
        const start = parseInt(sign, 10);
        if (kind === "ol" && open.length + 1 === depth && start > 1) list.setAttribute("start", start);
        const around = open[open.length - 1];
        if (around) {
          if (!around.lastElementChild) around.append(page.createElement("li"));
          around.lastElementChild.append(list);
        } else item.before(list);
        open.push(list);
      }
      const made = page.createElement("li");
      made.append(...item.childNodes);
      open[depth - 1].append(made);
      item.remove();
    }
  }

  // Takes out what can't be kept, and counts it.
  function without(page) {
    const left = { pictures: 0, notes: 0, links: 0 };
    page.querySelectorAll("style,script,meta,link,title,xml,template,[data-style*='mso-hide']").forEach((each) => each.remove());
    const walker = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
    const comments = [];
    while (walker.nextNode()) comments.push(walker.currentNode);
    comments.forEach((each) => each.remove());
    for (const picture of page.querySelectorAll("img,svg,object,canvas")) {
      left.pictures += 1;
      picture.remove();
    }
    for (const note of page.querySelectorAll("[data-style*='mso-element:footnote'],[data-style*='mso-element:endnote']")) note.remove();
    for (const link of page.querySelectorAll("a")) {
      const target = link.getAttribute("href") || "";
      if (/#_(ft|ed)n/.test(target)) {
        left.notes += 1;
        link.remove();
      } else if (!SCHEMES.test(target)) {
        if (target && !target.startsWith("#")) left.links += 1;
        unwrap(link);
      }
    }
    page.querySelectorAll("p.MsoTitle").forEach((each) => rename(each, "h1"));
    return left;
  }

  const writer = new TurndownService({
    headingStyle: "atx", bulletListMarker: "-", emDelimiter: "*", br: "\\", codeBlockStyle: "fenced", hr: "---",
  });
  writer.addRule("struck", { filter: ["del", "s", "strike"], replacement: (words) => (words.trim() ? `~~${words}~~` : words) });
  writer.addRule("item", {
    filter: "li",
    replacement: (words, item) => {
      const list = item.parentNode;
      const at = [...list.children].indexOf(item);
      const sign = list.nodeName === "OL" ? `${Number(list.getAttribute("start") || 1) + at}. ` : "- ";
      const said = words.replace(/^\n+|\n+$/g, "").replace(/\n{2,}(?=\s*(-|\d+\.) )/g, "\n").replace(/\n(?!\n)/g, `\n${" ".repeat(sign.length)}`);
      return `${sign}${said}${item.nextElementSibling ? "\n" : ""}`;
    },
  });
  writer.addRule("table", {
    filter: "table",
    replacement: (_words, table) => {
      const rows = [...table.rows].map((row) => [...row.cells].map((cell) => writer.turndown(cell).replace(/\s+/g, " ").replace(/\|/g, "\\|")));
      const width = Math.max(0, ...rows.map((row) => row.length));
      // One cell is a frame around words.
      if (width === 1 && rows.length === 1) return `\n\n${writer.turndown(table.rows[0].cells[0])}\n\n`;
      const lines = rows.map((row) => `| ${[...row, ...Array(width - row.length).fill("")].join(" | ")} |`);
      lines.splice(1, 0, `|${" --- |".repeat(width)}`);
      return `\n\n${lines.join("\n")}\n\n`;
    },
  });

  function made(html) {
    const page = parsed(html);
    lists(page);
    const left = without(page);
    marks(page);
    const words = writer.turndown(page.body).replace(/\u00a0/g, " ");
    return { words: words.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim(), left };
  }

  function tell(left) {
    const kept = [...told.querySelectorAll("[data-left]")];
    kept.forEach((each) => {
      each.hidden = !left[each.dataset.left];
      const number = each.querySelector("[data-number]");
      if (number) number.textContent = left[each.dataset.left];
    });
    told.hidden = false;
  }

  field.addEventListener("paste", (event) => {
    const html = event.clipboardData && event.clipboardData.getData("text/html");
    if (!html) return;
    const plain = event.clipboardData.getData("text/plain");
    const { words, left } = made(html);
    const same = words.replace(/\\(.)/g, "$1").split(/\s+/).join(" ") === plain.split(/\s+/).join(" ").trim() && !/\n\s*\n/.test(words);
    if (!words || (same && !Object.values(left).some(Boolean))) return;
    event.preventDefault();
    // What is typed before is undone by itself.
    field.setSelectionRange(field.selectionStart, field.selectionEnd);
    // As though it had been typed: the browser can undo it, and whoever listens to the field hears of it.
    if (!document.execCommand("insertText", false, words)) {
      field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    tell(left);
  });
})();
