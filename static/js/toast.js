/* Toasts: from HX-Trigger {"toast": {"text": "...", "undo": "/undo/<token>/"}} and from failed requests. */
(function () {
  "use strict";
  const STAY = 10000;

  function icon(isError) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [key, value] of Object.entries({
      class: "icon", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor",
      "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
    })) svg.setAttribute(key, value);
    path.setAttribute("d", isError ? "M12 8v5m0 3h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0" : "M20 6 9 17l-5-5");
    svg.append(path);
    return svg;
  }

  function input(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    return field;
  }

  function undoForm(url) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    const button = document.createElement("button");
    const key = document.createElement("kbd");
    key.textContent = "Z";
    button.append("Undo ", key);
    button.dataset.key = "z";
    button.dataset.keyLabel = "Undo";
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    form.append(input("csrfmiddlewaretoken", token), input("next", location.pathname + location.search), button);
    return form;
  }

  function show({ text, undo, tone }) {
    const isError = tone === "red";
    const toast = document.createElement("div");
    toast.className = "toast" + (isError ? " is-error" : "");
    toast.dataset.toast = "";
    toast.setAttribute("role", isError ? "alert" : "status");
    const words = document.createElement("p");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "Dismiss");
    close.textContent = "×";
    toast.append(icon(isError), words, ...(undo ? [undoForm(undo)] : []), close);
    const place = document.getElementById("toasts");
    while (place.children.length > 2) place.firstElementChild.remove();
    place.append(toast);
    expire(toast, isError);
  }

  function expire(toast, isError) {
    if (toast.dataset.timed) return;
    toast.dataset.timed = "yes";
    if (isError) return; // an error stays until it is read
    let timer = setTimeout(() => toast.remove(), STAY);
    const hold = () => clearTimeout(timer);
    const go = () => { timer = setTimeout(() => toast.remove(), STAY); };
    ["pointerenter", "focusin"].forEach((name) => toast.addEventListener(name, hold));
    ["pointerleave", "focusout"].forEach((name) => toast.addEventListener(name, go));
  }

  function expireAll() {
    document.querySelectorAll("[data-toast]").forEach((toast) => expire(toast, toast.classList.contains("is-error")));
  }

  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("htmx:afterSettle", expireAll);
  document.addEventListener("htmx:sendError", () =>
    show({ text: "No connection. Nothing was sent; what you typed is still here.", tone: "red" }));
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const id = answer.getResponseHeader("X-Request-ID");
    show({
      text: answer.status === 403 ? "Your role does not allow this." :
        answer.status === 404 ? "This is not here any more." :
        `Something failed on our side (${answer.status}). Nothing was saved.` + (id ? ` Reference ${id}` : ""),
      tone: "red",
    });
  });
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove());
  expireAll();
})();
