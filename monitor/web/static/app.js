/* Makes the pages nicer where scripts run: instant search, menus, "Vì sao?" in a dialog. */
"use strict";

(() => {
  const body = document.body;
  const dialog = document.getElementById("hop-thoai");

  /* Search without marks: đ does not decompose, so it is mapped by itself. */
  const fold = (text) =>
    text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  const search = () => document.getElementById("tim");

  /* Of a board that does not hold all of its people only the server can search: live.js asks it. */
  const partial = () => document.querySelector("#danh-sach[data-partial]") !== null;

  const filter = () => {
    const field = search();
    if (!field || partial()) return;
    const wanted = fold(field.value);
    let found = 0;
    for (const group of document.querySelectorAll("details.group")) {
      let inGroup = 0;
      for (const row of group.querySelectorAll("li.person")) {
        const match = row.dataset.search.includes(wanted);
        row.hidden = !match;
        inGroup += match ? 1 : 0;
      }
      group.hidden = inGroup === 0;
      if (wanted && inGroup) openForSearch(group);
      if (!wanted) closeAfterSearch(group);
      found += inGroup;
    }
    const nothing = document.getElementById("khong-thay");
    if (nothing && wanted) {
      nothing.textContent = body.dataset.noMatch;
      nothing.hidden = found > 0;
    } else if (nothing && found) {
      nothing.hidden = true;
    }
  };

  const openForSearch = (group) => {
    if (!group.open) {
      group.open = true;
      group.dataset.opened = "search";
    }
  };

  const closeAfterSearch = (group) => {
    if (group.dataset.opened === "search") {
      group.open = false;
      delete group.dataset.opened;
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.id === "tim") filter();
  });

  /* One button for all who are ticked: of no use before somebody is. */
  const countChosen = () => {
    const button = document.querySelector(".chosen button");
    if (button) button.disabled = !document.querySelector("input[name=chon]:is(:checked, [type=hidden])");
  };
  document.addEventListener("change", countChosen);

  /* The unit switcher needs no button once it answers by itself. */
  document.addEventListener("change", (event) => {
    if (event.target.closest(".switcher") && event.target.id === "ma") event.target.form.requestSubmit();
  });

  /* Passwords can be looked at while they are typed. */
  for (const button of document.querySelectorAll("[data-show]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    const field = document.getElementById(button.dataset.show);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });

  /* An open menu closes when one looks elsewhere, or by Escape, which gives the focus back. */
  const menus = () => document.querySelectorAll("details:is(.account, .more)[open]");

  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });

  /* "Vì sao?" in a dialog; the link itself works without this. */
  const parsed = async (address, headers = {}) => {
    const answer = await fetch(address, { headers, credentials: "same-origin" });
    if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
    parsed.tag = answer.headers.get("ETag");
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  let asked = null;

  const showPart = async (link, opener = link) => {
    asked = { element: opener, row: opener.closest("li[id]")?.id };
    try {
      const page = await parsed(link.href);
      const part = page.getElementById(link.dataset.why || "vi-sao");
      const name = page.querySelector("h1");
      if (!part) throw new Error("nothing to show");
      document.getElementById("hop-thoai-ten").textContent = name.textContent;
      dialog.querySelector(".dialog-body").replaceChildren(document.importNode(part, true));
      dialog.showModal();
    } catch {
      location.href = link.href;
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-why]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (link && plain && dialog.showModal) {
      event.preventDefault();
      showPart(link);
    }
    if (event.target.closest("[data-close-dialog]") || event.target === dialog) dialog.close();
  });

  /* The focus goes back to what opened it, or, if a refresh has replaced that, to its successor. */
  dialog.addEventListener("close", () => {
    const row = asked?.row && document.getElementById(asked.row);
    const link = asked?.element.isConnected ? asked.element : row && row.querySelector("a[data-why]");
    if (link) link.focus();
  });

  /* What live.js and keys.js use, too. */
  window.page = { parsed, filter, search, partial, countChosen, showPart };
  filter();
  countChosen();
})();
