/* The month grid by keyboard: one focused cell, the day in a dialog, proposals that nothing has saved yet. */
"use strict";

(() => {
  const table = document.getElementById("luoi");
  if (!table) return;
  const body = table.tBodies[0];
  const dialog = document.getElementById("ngay-cong");
  const days = [...table.tHead.rows[0].cells].filter((cell) => !cell.classList.contains("q")).length - 1;
  const PAGE = 10;
  const proposals = [];
  let active = null;

  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");

  const shownRows = () => [...body.rows].filter((row) => !row.hidden);
  const shownCells = (row) => [...row.cells].filter((cell) => cell.tagName === "TD" && cell.offsetParent !== null);

  const activate = (cell, focus = true) => {
    if (!cell) return;
    if (active) active.tabIndex = -1;
    active = cell;
    active.tabIndex = 0;
    if (focus) active.focus();
  };

  const place = (cell) => {
    const day = cell.cellIndex - 1;
    if (day < 0 || day >= days) return null;
    const date = new Date(`${table.dataset.first}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + day);
    return { code: cell.parentElement.dataset.c, date: date.toISOString().slice(0, 10) };
  };

  const address = (kind, where) => {
    const pattern = table.dataset[kind];
    if (!pattern) return null;
    const code = encodeURIComponent(where.code);
    return pattern.replaceAll("~", code).replaceAll(table.dataset.first, where.date);
  };

  const nameOf = (row) => row.cells[0].querySelector("a").textContent;

  const link = (href, text) => {
    const made = document.createElement("a");
    made.href = href;
    made.className = "btn btn-plain";
    made.textContent = text;
    return made;
  };

  const openDay = async (cell) => {
    const where = place(cell);
    if (!where || cell.classList.contains("a")) return;
    const page = address("person", where);
    const actions = [link(page, table.dataset.why)];
    if (!("closed" in table.dataset)) {
      for (const kind of ["decide", "excuse"]) {
        const to = address(kind, where);
        if (to) actions.push(link(to, table.dataset[`${kind}Word`]));
      }
    }
    document.getElementById("ngay-cong-ten").textContent = `${nameOf(cell.parentElement)} · ${where.date.split("-").reverse().join("/")}`;
    dialog.querySelector(".actions").replaceChildren(...actions);
    const why = dialog.querySelector(".day-why");
    why.replaceChildren();
    dialog.showModal();
    try {
      const answer = await fetch(page, { credentials: "same-origin" });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("vi-sao");
      if (found) {
        const shown = document.importNode(found, true);
        shown.removeAttribute("id");
        why.replaceChildren(shown);
      } else {
        why.textContent = table.dataset.none;
      }
    } catch {
      location.href = page;
    }
  };

  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => active && active.focus());

  /* Proposals: a symbol that the form for excuses will be opened with. Nothing is saved here. */
  const list = document.getElementById("de-xuat");

  const tellProposals = () => {
    list.hidden = proposals.length === 0;
    list.querySelector("ul").replaceChildren(
      ...proposals.map((one) => {
        const item = document.createElement("li");
        const form = document.createElement("a");
        form.href = one.address;
        form.textContent = `${one.symbol} · ${one.name} · ${one.date.split("-").reverse().join("/")}`;
        item.append(form);
        return item;
      }),
    );
  };

  const withdraw = (one) => {
    one.cell.classList.remove("is-proposed");
    one.cell.querySelector(".proposal")?.remove();
    proposals.splice(proposals.indexOf(one), 1);
    tellProposals();
  };

  const propose = (cell, letter) => {
    const where = place(cell);
    const pairs = table.dataset.symbols.split(" ").map((one) => one.split("="));
    const wanted = letter.toLowerCase();
    const [symbol, type] =
      pairs.find(([one]) => one.toLowerCase() === wanted) ?? pairs.find(([one]) => one.toLowerCase().startsWith(wanted)) ?? [];
    const form = where && address("excuse", where);
    if (!symbol || !form || cell.classList.contains("a") || "closed" in table.dataset) return false;
    const before = proposals.find((one) => one.cell === cell);
    if (before) withdraw(before);
    const sign = document.createElement("span");
    sign.className = "proposal";
    sign.textContent = symbol;
    sign.setAttribute("aria-label", `${table.dataset.proposed}: ${symbol}`);
    cell.append(sign);
    cell.classList.add("is-proposed");
    const to = new URL(form, location.href);
    to.searchParams.set("loai", type);
    proposals.push({ cell, symbol, name: nameOf(cell.parentElement), date: where.date, address: to.href });
    tellProposals();
    return true;
  };

  const move = (cell, down, right) => {
    const rows = shownRows();
    const cells = shownCells(cell.parentElement);
    const row = rows[Math.min(Math.max(rows.indexOf(cell.parentElement) + down, 0), rows.length - 1)];
    const column = Math.min(Math.max(cells.indexOf(cell) + right, 0), cells.length - 1);
    activate(shownCells(row)[column]);
  };

  const MOVES = {
    ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
    PageDown: [PAGE, 0], PageUp: [-PAGE, 0], Home: [0, -100], End: [0, 100],
  };

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell) return;
    const far = { Home: [-1e6, -100], End: [1e6, 100] };
    const step = (event.ctrlKey && far[event.key]) || MOVES[event.key];
    if (step && !event.altKey && !event.metaKey && (!event.ctrlKey || far[event.key])) {
      move(cell, ...step);
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      if (proposals.length) withdraw(proposals.at(-1));
    } else if (event.key === "Enter") {
      const proposed = proposals.find((one) => one.cell === cell);
      if (proposed) location.href = proposed.address;
      else openDay(cell);
    } else if (event.key === "Escape") {
      const proposed = proposals.find((one) => one.cell === cell);
      if (!proposed) return;
      withdraw(proposed);
    } else if (event.key.length === 1 && /\p{L}/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (!propose(cell, event.key)) return;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  table.addEventListener("click", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell) return;
    activate(cell);
    openDay(cell);
  });

  /* Instant search, without marks; the button does the same on the server. */
  const fold = (text) => text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const field = document.getElementById("tim-cong");
  field?.addEventListener("input", () => {
    const wanted = fold(field.value);
    for (const row of body.rows) row.hidden = !fold(row.cells[0].textContent).includes(wanted);
    document.getElementById("khong-thay-cong").hidden = shownRows().length > 0;
    const first = shownRows()[0];
    if (first && (!active || active.parentElement.hidden)) activate(shownCells(first)[0], false);
  });

  activate(body.rows[0] && shownCells(body.rows[0])[0], false);
})();
