/* Makes the pages nicer where scripts run: refresh, instant search, "Vì sao?" in a dialog. */
"use strict";

(() => {
  const body = document.body;
  const spoken = document.getElementById("bao");
  const dialog = document.getElementById("hop-thoai");

  /* Search without marks: đ does not decompose, so it is mapped by itself. */
  const fold = (text) =>
    text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  const search = () => document.getElementById("tim");

  const filter = () => {
    const field = search();
    if (!field) return;
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

  /* An open account menu closes when one looks elsewhere. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.account[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* "Vì sao?" in a dialog; the link itself works without this. */
  const parsed = async (address, headers = {}) => {
    const answer = await fetch(address, { headers, credentials: "same-origin" });
    if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  let asked = null;

  const showWhy = async (link) => {
    asked = link.closest("[id]");
    try {
      const page = await parsed(link.href);
      const why = page.getElementById("vi-sao");
      const name = page.querySelector("h1");
      if (!why) throw new Error("nothing to show");
      document.getElementById("hop-thoai-ten").textContent = name.textContent;
      dialog.querySelector(".dialog-body").replaceChildren(document.importNode(why, true));
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
      showWhy(link);
    }
    if (event.target.closest("[data-close-dialog]") || event.target === dialog) dialog.close();
  });

  dialog.addEventListener("close", () => {
    const row = asked && document.getElementById(asked.id);
    const link = row && row.querySelector("a[data-why]");
    if (link) link.focus();
  });

  /* Refresh: swap the main region, keep what the reader was doing. */
  const main = () => document.getElementById("noi-dung");

  const kept = () => {
    const field = search();
    const states = new Map();
    for (const group of document.querySelectorAll("main details[id]")) states.set(group.id, group.open);
    const active = document.activeElement;
    const row = active && active.closest("main li[id]");
    return {
      text: field && field.value,
      states,
      id: active && active.id,
      row: row && row.id,
      link: row && active.className,
      x: scrollX,
      y: scrollY,
    };
  };

  const restore = (before) => {
    const field = search();
    if (field && before.text) field.value = before.text;
    for (const [id, open] of before.states) {
      const group = document.getElementById(id);
      if (group) group.open = open;
    }
    filter();
    const row = before.row && document.getElementById(before.row);
    const again = before.id ? document.getElementById(before.id) : row && row.querySelector(`.${before.link}`);
    if (again) again.focus({ preventScroll: true });
    scrollTo(before.x, before.y);
  };

  let lostSince = null;

  const tell = (text, address) => {
    let line = document.getElementById("trang-thai");
    if (!line) {
      line = document.createElement("p");
      line.id = "trang-thai";
      line.className = "notice notice-warning";
      main().prepend(line);
    }
    if (line.textContent === text) return;
    line.replaceChildren();
    if (address) {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = text;
      line.append(link);
    } else {
      line.textContent = text;
    }
    spoken.textContent = text;
  };

  /* What somebody has begun to fill in is not swapped away. */
  const begun = () =>
    [...document.querySelectorAll("main form[method=post] :is(input, select)")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.tagName === "INPUT" && field.value !== field.defaultValue,
    );

  const busy = () =>
    document.hidden || dialog.open || begun() || document.activeElement?.matches("main select, main input[type=date]");

  const refresh = async () => {
    if (busy()) return;
    try {
      const page = await parsed(location.href, { "X-Refresh": "1" });
      const fresh = page.getElementById("noi-dung");
      if (!fresh || busy()) return;
      const before = kept();
      const totals = main().dataset.totals;
      main().replaceWith(document.importNode(fresh, true));
      restore(before);
      if (fresh.dataset.totals && fresh.dataset.totals !== totals) spoken.textContent = fresh.dataset.totals;
      lostSince = null;
      schedule();
    } catch (problem) {
      if (problem.status === 401) {
        tell(body.dataset.ended, location.href);
        return;
      }
      lostSince ??= new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
      tell(`${body.dataset.lost} ${lostSince}`);
      schedule();
    }
  };

  let timer = 0;

  const schedule = () => {
    clearTimeout(timer);
    const seconds = Number(main()?.dataset.refresh);
    if (seconds) timer = setTimeout(attempt, seconds * 1000);
  };

  const attempt = async () => {
    if (busy()) schedule();
    else await refresh();
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main()?.dataset.refresh) refresh();
  });
  document.addEventListener("trang:lam-moi", refresh);

  filter();
  schedule();
})();
