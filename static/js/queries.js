/* Query composer: the words selected in the note become a quote, one a line. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-quote-add]")) return;
    const field = document.querySelector("[data-quotes]");
    const words = document.querySelector("#query [data-evidence-words]").value;
    if (!field || !words) return;
    field.value = field.value ? `${field.value.trimEnd()}\n${words}` : words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
