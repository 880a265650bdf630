/* Ctrl+K: verbs and links of this page, and what /palette/?q= finds. Combobox with a listbox. */
(function () {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  let entries = [];
  let at = 0;
  let timer = 0;
  let asked = 0;

  function pageEntries() {
    const label = window.rcmKeys.label;
    const verbs = [...document.querySelectorAll("main [data-key]:not(input,textarea,select)")]
      .filter((element) => element.getAttribute("aria-disabled") !== "true")
      .map((element) => ({ group: "On this page", label: label(element), keys: element.dataset.key, icon: element.querySelector("svg.icon"), run: () => element.click() }));
    const places = [...document.querySelectorAll(".sidebar a[href]:not([data-palette])")]
      .map((element) => ({
        group: "Go to", label: element.dataset.keyLabel?.replace(/^Go to /, "") || element.title || label(element),
        keys: element.dataset.key || "", url: element.href, icon: element.querySelector("svg.icon"),
      }));
    return [...verbs, ...places];
  }

  function option(entry, index) {
    const row = document.createElement("div");
    row.className = "palette-option";
    row.id = "palette-" + index;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(index === at));
    row.dataset.index = index;
    const text = document.createElement("span");
    text.textContent = entry.label;
    if (entry.detail) {
      const detail = document.createElement("span");
      detail.className = "dim";
      detail.textContent = "  " + entry.detail;
      text.append(detail);
    }
    const keys = document.createElement("span");
    (entry.keys ? entry.keys.split(" ") : []).forEach((key) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = key.length === 1 ? key.toUpperCase() : key.replace("ctrl+enter", "Ctrl ↵");
      keys.append(kbd);
    });
    if (entry.icon) row.append(entry.icon.cloneNode(true));
    row.append(text, keys);
    return row;
  }

  function draw(found) {
    entries = found;
    at = Math.min(at, Math.max(0, entries.length - 1));
    const groups = new Map();
    entries.forEach((entry, index) => {
      if (!groups.has(entry.group)) {
        const group = document.createElement("div");
        const heading = document.createElement("div");
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", entry.group);
        heading.className = "palette-heading";
        heading.setAttribute("aria-hidden", "true");
        heading.textContent = entry.group;
        group.append(heading);
        groups.set(entry.group, group);
      }
      groups.get(entry.group).append(option(entry, index));
    });
    if (!entries.length) {
      const none = document.createElement("div");
      none.className = "palette-empty";
      none.textContent = "Nothing found";
      list.replaceChildren(none);
    } else {
      list.replaceChildren(...groups.values());
    }
    point();
  }

  function point() {
    list.querySelectorAll("[role=option]").forEach((row) => {
      row.setAttribute("aria-selected", String(Number(row.dataset.index) === at));
    });
    const row = document.getElementById("palette-" + at);
    if (row) {
      input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function search() {
    const query = input.value.trim().toLowerCase();
    const own = pageEntries().filter((entry) => entry.label.toLowerCase().includes(query));
    at = 0;
    draw(own);
    clearTimeout(timer);
    if (query.length < 2) return;
    timer = setTimeout(async () => {
      const ticket = ++asked;
      try {
        const answer = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
        if (!answer.ok || ticket !== asked) return;
        draw([...(await answer.json()), ...own]);
      } catch {
        // without the endpoint the page's own entries stay
      }
    }, 120);
  }

  function open() {
    if (dialog.open) return;
    input.value = "";
    search();
    dialog.showModal();
    input.focus();
  }

  function run(entry) {
    dialog.close();
    if (!entry) return;
    if (entry.url) location.assign(entry.url);
    else entry.run();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    }
    const row = event.target.closest("#palette-list [role=option]");
    if (row) run(entries[Number(row.dataset.index)]);
  });
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length) {
      event.preventDefault();
      at = (at + step + entries.length) % entries.length;
      point();
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(entries[at]);
    }
  });
})();
