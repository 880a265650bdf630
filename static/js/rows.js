/* Lists: "select all", all that match, the count and sum of checked rows, rows that leave at once when worked. */
(function () {
  "use strict";
  const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

  function count(form) {
    const boxes = [...form.querySelectorAll("tbody .check")];
    const checked = boxes.filter((box) => box.checked);
    const all = form.querySelector("thead .check");
    if (all) {
      all.checked = checked.length > 0 && checked.length === boxes.length;
      all.indeterminate = checked.length > 0 && !all.checked;
    }
    const text = form.querySelector("[data-selected]");
    if (!text) return;
    const cents = checked.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount || 0) * 100), 0);
    const every = form.querySelector("[name=all]");
    if (every && form.matches("[data-selects]") && checked.length < boxes.length) every.checked = false;
    const sum = cents ? ` · ${dollars.format(cents / 100)}` : "";
    const isAll = every?.checked && form.matches("[data-selects]");
    text.textContent = isAll ? every.closest("label").textContent.trim() : `${checked.length} selected${sum}`;
  }

  document.addEventListener("change", (event) => {
    const box = event.target.closest(".check");
    const form = box && box.closest("form");
    if (form && box.closest("thead")) {
      form.querySelectorAll("tbody .check").forEach((other) => { other.checked = box.checked; });
    }
    if (form && box.closest("table")) count(form);
    if (event.target.matches("[data-selects] [name=all]")) {
      const rows = event.target.form.querySelectorAll(".check");
      if (event.target.checked) rows.forEach((other) => { other.checked = true; });
      count(event.target.form);
    }
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // form[data-selects]: Ctrl+A checks every row shown; again, takes every row that matches.
  document.addEventListener("keydown", (event) => {
    const isChord = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "a";
    const head = isChord && document.querySelector("form[data-selects] thead .check");
    if (!head || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]")) return;
    event.preventDefault();
    const every = head.form.querySelector("[name=all]");
    if (head.checked && every) every.checked = true;
    head.checked = true;
    head.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-clear-selection]");
    if (!clear) return;
    clear.form.querySelectorAll(".check, [data-selects] [name=all]").forEach((box) => { box.checked = false; });
    count(clear.form);
  });

  // data-leaves="#row-20931" on a form or button: the row fades before the answer and the next one
  // becomes current; a refusal brings both back.
  function leaving(event) {
    const name = event.detail.elt.closest("[data-leaves]")?.dataset.leaves;
    return name && document.querySelector(name);
  }

  function nextOf(row) {
    const rows = [...row.parentElement.querySelectorAll("[data-row]:not(.is-leaving)")];
    const at = rows.indexOf(row);
    return rows[at + 1] || rows[at - 1];
  }

  function point(from, to) {
    from?.removeAttribute("aria-current");
    to?.setAttribute("aria-current", "true");
  }

  function restore(event) {
    const row = leaving(event);
    if (!row || !row.classList.contains("is-leaving")) return;
    row.classList.remove("is-leaving");
    point(row.parentElement.querySelector("[data-row][aria-current]"), row);
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = leaving(event);
    if (!row) return;
    if (row.hasAttribute("aria-current")) point(row, nextOf(row));
    row.classList.add("is-leaving");
  });
  document.addEventListener("htmx:sendError", restore);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && event.detail.xhr.status >= 400) restore(event);
  });
  // data-shows="#row-20931" in the pane: that row is the current one, whichever was guessed.
  document.addEventListener("htmx:afterSettle", () => {
    const shown = document.querySelector("#detail [data-shows]")?.dataset.shows;
    if (shown) point(document.querySelector("[data-row][aria-current]"), document.querySelector(shown));
  });
  // Focus was inside what the answer replaced: it continues at the current row.
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body) return;
    document.querySelector("[data-row][aria-current] .row-link")?.focus({ preventScroll: true });
  });

  // A menu (details.menu) closes on a click elsewhere and on Escape.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  // Opened, its first field is ready to type in.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.menu[open]")) return;
    event.target.querySelector("input:not([type=hidden]),select,textarea")?.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
