/* Chart workspace: pick list, words selected in the note as evidence, marks of the chosen row, keys of
   a row (Alt+arrows, Delete, R; M U P on a line), the code book of a row, values typed while an answer was on its way. */
(function () {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const field = () => $("#add-text");
  const list = () => $("#code-hits");
  const options = () => [...(list() ? list().querySelectorAll("button[role=option]") : [])];

  // The pick list ---------------------------------------------------------------------------
  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) {
      field().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field().removeAttribute("aria-activedescendant");
    }
  }

  function close() {
    if (!list()) return;
    list().replaceChildren();
    field().setAttribute("aria-expanded", "false");
    field().removeAttribute("aria-activedescendant");
  }

  // Words open the list on its first code; a typed code is taken as typed.
  const isCode = (text) => /\d/.test(text.split(/[\s:-]/)[0]);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "code-hits" || !field()) return;
    field().setAttribute("aria-expanded", String(options().length > 0));
    choose(isCode(field().value) ? null : options()[0]);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target !== field()) return;
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && at >= 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      all[at].click();
    } else if (event.key === "Escape" && list().childElementCount) {
      event.stopPropagation();
      close();
    }
  }, true);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("#code-add")) close();
  });

  // A search still on its way must not open the list over what was added.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "add-form" && field()) window.htmx.trigger(field(), "htmx:abort");
  });

  // Evidence --------------------------------------------------------------------------------
  function keep(words) {
    const input = $("[data-evidence-words]");
    const note = $("[data-evidence-note]");
    if (!input || !note) return;
    input.value = words;
    note.hidden = !words;
    note.querySelector("span").textContent = words ? `Evidence: “${words}”` : "";
  }

  function wholeWords(range) {
    const letter = (node, at) => node.nodeType === Node.TEXT_NODE && /[\p{L}\p{N}]/u.test(node.data[at] || "");
    const { startContainer: first, endContainer: last } = range;
    while (letter(first, range.startOffset - 1) && letter(first, range.startOffset)) {
      range.setStart(first, range.startOffset - 1);
    }
    while (letter(last, range.endOffset) && letter(last, range.endOffset - 1)) {
      range.setEnd(last, range.endOffset + 1);
    }
    return range;
  }

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const text = $("#note-text");
    if (!text || selection.isCollapsed || !text.contains(selection.anchorNode)) return;
    const copy = wholeWords(selection.getRangeAt(0).cloneRange()).cloneContents();
    copy.querySelectorAll("sup").forEach((label) => label.remove());
    keep(copy.textContent.trim().replace(/\s+/g, " ").slice(0, 500));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-evidence-clear]")) keep("");
    const step = event.target.closest("[data-evidence]");
    if (step) walk(Number(step.dataset.evidence));
  });

  let shown = -1;
  function walk(step) {
    const marks = [...document.querySelectorAll("#note-text .mark")];
    if (!marks.length) return;
    shown = (shown + step + marks.length) % marks.length;
    highlight(marks[shown].dataset.mark);
    marks[shown].scrollIntoView({ block: "center" });
  }

  function highlight(label) {
    document.querySelectorAll("#note-text .mark").forEach((mark) =>
      mark.classList.toggle("mark-active", mark.dataset.mark === label));
    document.querySelectorAll(".lines [data-row]").forEach((row) => {
      if (row.dataset.label === label) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  ["focusin", "click"].forEach((name) => document.addEventListener(name, (event) => {
    const row = event.target.closest(".lines [data-row]");
    if (row) highlight(row.dataset.label);
    const mark = event.target.closest("#note-text .mark");
    if (mark && name === "click") highlight(mark.dataset.mark);
  }));

  // Keys of a row ---------------------------------------------------------------------------
  const chosen = () => $(".lines tr[aria-current]");
  const isTyping = (target) => target.closest("input,textarea,select");

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest(".lines [data-row]") || chosen();
    if (!row || $("dialog[open]")) return;
    const way = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (way) {
      event.preventDefault();
      event.stopPropagation();
      row.querySelector(`[data-move=${way}]`)?.click();
    } else if (!isTyping(event.target) && document.body.dataset.keys === "on") {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const name = { m: "modifiers", p: "pointers", u: "units" }[event.key.toLowerCase()];
      const input = name && row.querySelector(`[name=${name}]`);
      if (event.key === "Delete") row.querySelector("[data-remove]")?.click();
      const book = event.key.toLowerCase() === "r" && row.querySelector("[data-look-up]");
      if (book) {
        event.preventDefault();
        event.stopPropagation();
        book.click();
      }
      if (!input) return;
      event.preventDefault();
      event.stopPropagation();
      input.focus();
      input.select();
    } else if (event.target.matches(".line-input") && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      const same = [...document.querySelectorAll(`.line-input[name=${event.target.name}]`)];
      const next = same[same.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.select();
    }
  }, true);

  // The dialog closes with Esc by itself and gives the focus back to where it was.
  document.addEventListener("htmx:afterSettle", (event) => {
    const sheet = $("#book-sheet");
    if (event.target.id !== "code-book" || !sheet || !sheet.contains(event.target)) return;
    if (!sheet.open) sheet.showModal();
    sheet.scrollTop = 0;
  });

  // Skip and Hold open on their key with the first choice in focus.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.menu-up[open]")) {
      event.target.querySelector(".menu-panel :is(input:not([type=hidden]),button)")?.focus();
    }
  }, true);

  // A button that was pressed is gone with the old codes: the focus goes to what is next to be done.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "codes" && document.activeElement === document.body) {
      ($(".finding button") || $("#complete"))?.focus({ preventScroll: true });
    }
  });

  // What was typed while an answer was on its way -------------------------------------------
  let waiting = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "codes") return;
    const sent = event.detail.requestConfig.elt;
    waiting = [...document.querySelectorAll(".line-input")]
      .filter((input) => input.value !== input.defaultValue && input.form !== sent)
      .concat([...document.querySelectorAll(".line-input")].filter((input) => input.form === sent &&
        input.value !== event.detail.requestConfig.parameters[input.name]))
      .map((input) => ({ id: input.id, value: input.value }));
  });
  document.addEventListener("htmx:afterSettle", () => {
    const typed = waiting;
    waiting = [];
    typed.forEach(({ id, value }) => {
      const input = document.getElementById(id);
      if (!input) return;
      input.value = value;
      if (document.activeElement !== input) input.form.requestSubmit();
    });
  });
})();
