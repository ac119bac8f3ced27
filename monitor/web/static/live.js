/* Keeps a board alive: each minute the main region is swapped, and the reader's place in it kept. */
"use strict";

(() => {
  const { parsed, filter, search, partial, countChosen } = window.page;
  const body = document.body;
  const spoken = document.getElementById("bao");
  const dialog = document.getElementById("hop-thoai");
  const TYPING_PAUSE = 250;

  const main = () => document.getElementById("noi-dung");

  /* This address as the page stands: with what is typed, and the groups that were opened. */
  const address = (...more) => {
    const wanted = new URL(location.href);
    wanted.hash = "";
    const typed = search()?.value.trim();
    if (partial() && typed) wanted.searchParams.set("tim", typed);
    if (partial() && !typed) wanted.searchParams.delete("tim");
    const opened = [...document.querySelectorAll("details[data-unfolded]")].map((group) => group.dataset.unfolded);
    for (const group of [...opened, ...more]) {
      if (!wanted.searchParams.getAll("mo").includes(group)) wanted.searchParams.append("mo", group);
    }
    return wanted;
  };

  /* Who is ticked stays ticked, even while the row is not on the page. */
  const chosen = () =>
    [...document.querySelectorAll("input[name=chon]:is(:checked, [type=hidden])")].map((box) => box.value);

  const choose = (values) => {
    const form = document.getElementById("quyet-dinh");
    if (!form) return;
    form.replaceChildren();
    const boxes = new Map([...document.querySelectorAll("input[type=checkbox][name=chon]")].map((box) => [box.value, box]));
    for (const value of values) {
      const box = boxes.get(value);
      if (box) box.checked = true;
      else form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "chon", value }));
    }
    countChosen();
  };

  /* The focus by its place: the n-th thing that can have it within the nearest part that has a name. */
  const FOCUSABLE = "a, button, input, select, summary";

  const placeOfFocus = () => {
    const active = document.activeElement;
    const part = active?.closest("main [id], main");
    return part && { id: part.id, at: [part, ...part.querySelectorAll(FOCUSABLE)].indexOf(active) };
  };

  const focusAgain = (place) => {
    const part = place && document.getElementById(place.id);
    const again = part && [part, ...part.querySelectorAll(FOCUSABLE)][place.at];
    if (again && again !== main()) again.focus({ preventScroll: true });
  };

  const kept = () => {
    const field = search();
    const states = new Map();
    for (const group of document.querySelectorAll("main details[id]")) states.set(group.id, group.open);
    return {
      text: field?.value,
      caret: field && [field.selectionStart, field.selectionEnd],
      states,
      chosen: chosen(),
      focus: placeOfFocus(),
      x: scrollX,
      y: scrollY,
    };
  };

  const restore = (before) => {
    const field = search();
    if (field && before.text !== undefined) field.value = before.text;
    for (const [id, open] of before.states) {
      const group = document.getElementById(id);
      if (group) group.open = open;
    }
    choose(before.chosen);
    filter();
    focusAgain(before.focus);
    if (field && field === document.activeElement) field.setSelectionRange(...before.caret);
    scrollTo(before.x, before.y);
  };

  const changedTotals = (before = "", after = "") => {
    const known = new Set(before.split(". "));
    return after.split(". ").filter((total) => !known.has(total)).join(". ");
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

  let known = { address: "", tag: "" };

  const swap = (fresh) => {
    const before = kept();
    const totals = main().dataset.totals;
    main().replaceWith(document.importNode(fresh, true));
    restore(before);
    const news = changedTotals(totals, fresh.dataset.totals);
    if (news) spoken.textContent = news;
  };

  const refresh = async () => {
    if (busy()) return;
    const wanted = String(address());
    const headers = { "X-Refresh": "1" };
    if (known.address === wanted) headers["If-None-Match"] = known.tag;
    try {
      const page = await parsed(wanted, headers);
      const fresh = page.getElementById("noi-dung");
      if (!fresh || busy() || wanted !== String(address())) return schedule();
      known = { address: wanted, tag: parsed.tag ?? "" };
      swap(fresh);
      found();
    } catch (problem) {
      if (problem.status === 304) found();
      else lost(problem);
    }
  };

  const found = () => {
    document.getElementById("trang-thai")?.remove();
    lostSince = null;
    schedule();
  };

  const lost = (problem) => {
    if (problem.status === 401) {
      tell(body.dataset.ended, location.href);
      return;
    }
    lostSince ??= new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
    tell(`${body.dataset.lost} ${lostSince}`);
    schedule();
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

  /* The rows of a folded group of a large board come when it is opened. */
  const unfold = async (group) => {
    const name = group.dataset.later;
    try {
      const page = await parsed(address(name));
      const fresh = page.getElementById(group.id);
      if (!fresh || group.dataset.later !== name) return;
      for (const old of [...group.children].slice(1)) old.remove();
      group.append(...[...fresh.children].slice(1).map((part) => document.importNode(part, true)));
      delete group.dataset.later;
      group.dataset.unfolded = name;
    } catch {
      /* The link in the group leads there, too. */
    }
  };

  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open && event.target.dataset.later) unfold(event.target);
    },
    true,
  );

  /* The server searches while one types; the latest answer counts. */
  let pause = 0;
  let turn = 0;

  const searchThere = async () => {
    const mine = ++turn;
    try {
      const page = await parsed(address());
      const list = page.getElementById("danh-sach");
      if (!list || mine !== turn) return;
      const values = chosen();
      document.getElementById("danh-sach").replaceWith(document.importNode(list, true));
      choose(values);
    } catch (problem) {
      lost(problem);
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.id !== "tim" || !partial()) return;
    clearTimeout(pause);
    pause = setTimeout(searchThere, TYPING_PAUSE);
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main()?.dataset.refresh) refresh();
  });
  document.addEventListener("trang:lam-moi", refresh);

  schedule();
})();
