/* The grid of a paper EOB: Enter walks cells, "=" writes the rest of a line to the contract, a row saves
   itself when it is left, what is left to post follows every key. Amounts are whole cents and read as
   billing/rules/manual_entry.py reads them; the server's figures replace these with each save. */
(function () {
  "use strict";
  const AMOUNT = /^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{2})?$|^\.[0-9]{2}$/;
  const COLUMNS = ["contract", "deductible", "coinsurance", "copayment"];
  const byId = (id) => document.getElementById(id);
  const rowOf = (target) => {
    const id = target.form && target.form.id.startsWith("line-") ? target.form.id.slice(5) : "";
    return id && byId(`manual-line-${id}`);
  };
  const cell = (row, name) => byId(`${name}-${row.dataset.line}`);
  const cells = () => [...document.querySelectorAll(".manual-cell")];

  // Cents, null for an empty cell, NaN for what is no amount.
  function read(text) {
    let rest = text.trim().replace("\u2212", "-");
    if (!rest) return null;
    let sign = 1;
    if (/^\(.*\)$/.test(rest)) { sign = -1; rest = rest.slice(1, -1).trim(); }
    else if (rest.startsWith("-")) { sign = -1; rest = rest.slice(1).trim(); }
    if (rest.startsWith("$")) rest = rest.slice(1).trim();
    if (!AMOUNT.test(rest)) return NaN;
    const [whole, cents] = rest.replaceAll(",", "").split(".");
    return sign * (Number(whole || 0) * 100 + Number(cents || 0));
  }

  function others(text) {
    return text.split(/[;\n]/).filter((part) => part.trim()).reduce((sum, part) => {
      const amount = read(part.trim().split(/\s+/).slice(1).join(""));
      return sum + (amount === null ? NaN : amount);
    }, 0);
  }

  const isLeftOut = (row) => cell(row, "paid").value.trim().toLowerCase() === "x";
  const paid = (row) => (isLeftOut(row) ? 0 : read(cell(row, "paid").value) || 0);

  function left(row) {
    if (isLeftOut(row)) return 0;
    const columns = COLUMNS.reduce((sum, name) => sum + (read(cell(row, name).value) || 0), 0);
    return Number(row.dataset.billed) - paid(row) - columns - (others(cell(row, "others").value) || 0);
  }

  function money(cents) {
    const whole = Math.floor(Math.abs(cents) / 100).toLocaleString("en-US");
    return `${cents < 0 ? "\u2212" : ""}$${whole}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
  }

  const plain = (cents) =>
    `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;

  function tone(element, name) {
    ["amber", "green"].forEach((one) => element.classList.toggle(`tone-${one}`, one === name));
  }

  function show(row) {
    const open = left(row);
    const sign = Number(row.dataset.billed) < 0 ? -1 : 1;
    const isOver = sign * open < 0 || sign * paid(row) > sign * Number(row.dataset.billed);
    const mark = byId(`line-${row.dataset.line}-left`);
    mark.textContent = money(open);
    tone(mark, isOver ? "amber" : open === 0 && cell(row, "paid").value.trim() ? "green" : "");
    showTotal();
  }

  function showTotal() {
    const balance = byId("manual-balance");
    if (!balance) return;
    const total = [...document.querySelectorAll("[data-line]")].reduce(
      (sum, row) => sum + Number(byId(`line-${row.dataset.line}-version`).dataset.paid) - paid(row),
      Number(balance.dataset.left)
    );
    const mark = balance.querySelector("[data-left-to-post]");
    mark.textContent = money(total);
    tone(mark.parentElement, total === 0 ? "green" : "amber");
  }

  function writeRest(row) {
    if (read(cell(row, "paid").value) === null || Number.isNaN(read(cell(row, "paid").value))) {
      window.rcmKeys.announce("Key what is paid first.");
      cell(row, "paid").focus();
      return;
    }
    const own = cell(row, "contract");
    const before = own.value;
    own.value = "";
    const rest = left(row);
    if (Number(row.dataset.billed) < 0 ? rest > 0 : rest < 0) own.value = before;
    else own.value = rest ? plain(rest) : "";
    show(row);
    own.focus();
    own.select();
  }

  // From a line that adds up to the next line's payment, else to the next cell.
  function walk(from, step) {
    const row = rowOf(from);
    const all = cells();
    let next = all[all.indexOf(from) + step];
    if (step > 0 && left(row) === 0 && cell(row, "paid").value.trim()) {
      const rows = [...document.querySelectorAll("[data-line]")];
      const below = rows[rows.indexOf(row) + 1];
      next = below ? cell(below, "paid") : document.querySelector(".manual-jump input[name=claim]");
    }
    if (!next) return;
    next.focus();
    next.select();
  }

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(".manual-cell") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowOf(event.target);
    const same = event.target.name;
    if (event.key === "Enter") walk(event.target, event.shiftKey ? -1 : 1);
    else if (event.key === "=") writeRest(row);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const rows = [...document.querySelectorAll("[data-line]")];
      const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      cell(next, same).focus();
      cell(next, same).select();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.matches(".manual-cell")) show(rowOf(event.target));
  });

  // A row that was changed saves itself when it is left. One somebody else changed waits for a choice.
  const typed = (form) => [...form.elements].filter((one) => one.matches(".manual-cell,.manual-reason"));
  const isChanged = (form) => typed(form).some((one) => one.value !== one.defaultValue);

  document.addEventListener("focusout", (event) => {
    if (!event.target.matches(".manual-cell,.manual-reason")) return;
    const form = event.target.form;
    if (event.relatedTarget && event.relatedTarget.form === form) return;
    const note = byId(`${form.id}-note`);
    if (isChanged(form) && !(note && note.querySelector("[data-conflict]"))) form.requestSubmit();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (form.matches("form[id^=line-]")) form.sent = new Map(typed(form).map((one) => [one.name, one.value]));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!event.detail.successful || !form.sent) return;
    typed(form).forEach((one) => { if (form.sent.has(one.name)) one.defaultValue = form.sent.get(one.name); });
  });
  document.addEventListener("htmx:afterSettle", showTotal);
  document.addEventListener("htmx:oobAfterSwap", showTotal);

  // Closing takes what is typed: the row in hand is saved first.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".manual-close")) return;
    const open = [...document.querySelectorAll("form[id^=line-]")].filter(isChanged);
    if (!open.length) return;
    event.preventDefault();
    let waiting = open.length;
    open.forEach((form) => {
      form.addEventListener("htmx:afterRequest", (saved) => {
        waiting -= 1;
        if (saved.detail.successful && waiting === 0 && !open.some(isChanged)) event.target.submit();
      }, { once: true });
      form.requestSubmit();
    });
  });
})();
