/* Single keys, where the reader has not switched them off: search, rows, the pages that matter, help. */
"use strict";

(() => {
  const { search, showPart } = window.page;
  const dialog = document.getElementById("hop-thoai");
  const TOGETHER = 1000;

  /* Typing is typing: in fields, and in grids, which have keys of their own, single letters mean themselves. */
  const typing = (target) =>
    target.closest("textarea, select, [contenteditable], [role=grid], input:not([type=checkbox], [type=radio])");

  const rows = () => [...document.querySelectorAll("li.person")].filter((row) => row.checkVisibility());

  const current = () => document.activeElement?.closest("li.person");

  const step = (by) => {
    const all = rows();
    const here = all.indexOf(current());
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
    next?.querySelector(".name").focus();
  };

  const go = (key) => {
    const link = document.querySelector(`a[data-go="${key}"]`);
    if (link) location.href = link.href;
  };

  const help = () => {
    const link = document.querySelector("a[data-why=bang-phim-tat]");
    if (link) showPart(link, document.activeElement);
  };

  const actions = {
    "/": () => search()?.focus(),
    "j": () => step(1),
    "k": () => step(-1),
    "e": () => current()?.querySelector("a.act")?.click(),
    "?": help,
  };

  let started = -TOGETHER;

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys !== "on" || dialog.open || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const second = event.timeStamp - started < TOGETHER;
    started = -TOGETHER;
    if (second) {
      go(event.key);
    } else if (event.key === "g") {
      started = event.timeStamp;
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
})();
