/* A chip puts its merge field into the letter, where the cursor stands. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-field]");
    const letter = document.querySelector("textarea[name=body]");
    if (!chip || !letter) return;
    letter.setRangeText(`{${chip.dataset.field}}`, letter.selectionStart, letter.selectionEnd, "end");
    letter.dispatchEvent(new Event("input", { bubbles: true }));
    letter.focus();
  });
})();
