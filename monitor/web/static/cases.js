/* Shows the fields that belong to the choice that was made; without scripts all of them are there. */
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-shows]")) {
    const parts = form.querySelectorAll("[data-for]");
    const show = () => {
      const chosen = form.querySelector(`input[name="${form.dataset.shows}"]:checked`);
      for (const part of parts) part.hidden = !chosen || part.dataset.for !== chosen.value;
    };
    form.addEventListener("change", show);
    show();
  }
})();
