/* Keys come from data-key attributes: "1", "ctrl+enter", "g d", "/". Links and buttons are clicked,
   fields are focused. Rows ([data-row]) move with j/k, open with Enter, check with x.
   body[data-keys]: on, off (only chords with ctrl and ?-less keys), prefix (after ";"). */
(function () {
  "use strict";
  const WAIT = 1000;
  let sequence = "";
  let timer = 0;
  let opening = 0;

  const mode = () => document.body.dataset.keys || "on";
  const isTyping = (target) =>
    target.closest("input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]");
  const isShown = (element) => element.getClientRects().length > 0;

  function name(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase().replace("arrow", "");
    return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "") + key;
  }

  function bound() {
    const open = document.querySelector("dialog[open]");
    return [...(open || document).querySelectorAll("[data-key]")].filter(
      (element) => element.dataset.key.startsWith("g ") || isShown(element)
    );
  }

  function act(element) {
    if (element.getAttribute("aria-disabled") === "true") {
      announce(element.title || "Not available now");
    } else if (element.matches("input,textarea,select")) {
      element.focus();
      if (element.select) element.select();
    } else {
      element.click();
    }
  }

  function announce(text) {
    document.getElementById("live").textContent = text;
  }

  function rows() {
    return [...document.querySelectorAll("[data-row]:not(.is-leaving)")].filter(isShown);
  }

  function move(step, extend) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.hasAttribute("aria-current"));
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
    if (extend && at >= 0) check(all[at], true);
    choose(next);
    if (extend) check(next, true);
    const link = next.querySelector(".row-link");
    next.scrollIntoView({ block: "nearest" });
    if (!link) return;
    link.focus({ preventScroll: true });
    clearTimeout(opening);
    if (link.hasAttribute("hx-get") && window.matchMedia("(min-width: 1181px)").matches) {
      opening = setTimeout(() => link.click(), 80);
    }
  }

  function choose(row) {
    const list = row.closest("tbody,ul,ol") || document;
    list.querySelectorAll("[data-row][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  }

  function check(row, value) {
    const box = row && row.querySelector(".check");
    if (!box) return;
    box.checked = value === undefined ? !box.checked : value;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function builtIn(key, event) {
    const current = document.querySelector("[data-row][aria-current]");
    const onLink = event.target.closest("a,button,summary");
    if (key === "j" || (key === "down" && !onLink?.closest("dialog"))) move(1, event.shiftKey);
    else if (key === "k" || key === "up") move(-1, event.shiftKey);
    else if (key === "x" && current) check(current);
    else if (key === "enter" && current && !onLink) current.querySelector(".row-link")?.click();
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const key = name(event);
    const chord = key.startsWith("ctrl+") || key.startsWith("alt+");
    if (isTyping(event.target) && !chord) {
      if (key === "escape" && !event.target.closest("dialog")) event.target.blur();
      return;
    }
    if (!chord && mode() === "off") return;
    if (["shift", "control", "meta", "alt"].includes(event.key.toLowerCase())) return;
    if (!chord && mode() === "prefix" && !sequence) {
      if (key === ";") keep(";");
      return;
    }
    const typed = (sequence.replace(/^;\s?/, "") + " " + key).trim();
    const all = bound();
    const match = all.find((element) => element.dataset.key === typed) ||
      all.find((element) => element.dataset.key === key);
    if (match) {
      event.preventDefault();
      keep("");
      act(match);
    } else if (all.some((element) => element.dataset.key.startsWith(typed + " "))) {
      event.preventDefault();
      keep(typed);
    } else if (!document.querySelector("dialog[open]") && builtIn(key, event)) {
      event.preventDefault();
      keep("");
    } else {
      keep("");
    }
  });

  function keep(text) {
    sequence = text;
    clearTimeout(timer);
    if (text) timer = setTimeout(() => { sequence = ""; }, WAIT);
  }

  function label(element) {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
    return (element.getAttribute("aria-label") || copy.textContent || element.placeholder).trim().replace(/\s+/g, " ");
  }

  function fillSheet(sheet) {
    if (sheet.id !== "key-sheet") return;
    const list = sheet.querySelector("dl") || sheet.appendChild(document.createElement("dl"));
    const entries = [...document.querySelectorAll("[data-key]")].map((e) => [label(e), e.dataset.key]);
    if (document.querySelector("[data-row]")) {
      entries.push(["Next row", "j"], ["Previous row", "k"], ["Check row", "x"], ["Open row", "enter"]);
    }
    list.replaceChildren(...entries.map(([text, keys]) => {
      const pair = document.createElement("div");
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = text;
      keys.split(" ").forEach((key) => {
        const kbd = document.createElement("kbd");
        kbd.textContent = key.replace("ctrl+", "Ctrl ").replace("enter", "↵").replace(/^[a-z]$/, (c) => c.toUpperCase());
        detail.append(kbd);
      });
      pair.append(term, detail);
      return pair;
    }));
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      const dialog = document.querySelector(opener.dataset.open);
      fillSheet(dialog);
      dialog.showModal();
    }
    event.target.closest("[data-close]")?.closest("dialog")?.close();
    if (event.target.matches("dialog")) event.target.close();
    const row = event.target.closest("[data-row]");
    if (row && event.target.closest(".row-link")) choose(row);
  });

  window.rcmKeys = { label, announce };
})();
