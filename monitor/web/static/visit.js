/* Keeps every tap of a roll call on this device until the server has acknowledged it; without it, forms post. */
"use strict";

(() => {
  const bar = document.getElementById("hang-doi");
  if (!bar) return;
  /* One queue for each user and visit: whoever logs in next neither sees nor sends another's taps. */
  const KEY = `visit:${bar.dataset.user}:${bar.dataset.visit}`;
  const AT_ONCE = 40;
  const AGAIN_MS = 4000;
  const NOT_THERE = ["not_seen", "off_post", "locked_room"];
  const count = bar.querySelector(".visit-count");
  const said = bar.querySelector(".visit-said");
  const drop = bar.querySelector(".visit-drop");
  let sending = false;
  let stopped = false;
  let memory = [];

  const queue = () => {
    try { return JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { return memory; }
  };
  const keep = (taps) => {
    memory = taps;
    try {
      if (taps.length) localStorage.setItem(KEY, JSON.stringify(taps));
      else localStorage.removeItem(KEY);
    } catch { say(bar.dataset.nowhere); }
  };
  const say = (text) => { said.textContent = text; };

  /* crypto.randomUUID is missing on plain HTTP; random values are not. */
  const draw = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const show = () => {
    const waiting = queue().length;
    bar.hidden = false;
    bar.classList.toggle("is-waiting", waiting > 0);
    count.textContent = waiting ? bar.dataset.waiting.replace("{count}", waiting) : bar.dataset.done;
    drop.hidden = !stopped || !waiting;
  };

  const press = (row, field, value) => {
    for (const button of row.querySelectorAll(`[data-tap^="${field}:"]`)) {
      const own = button.dataset.tap.slice(field.length + 1);
      if (field === "note") continue;
      const pressed = own === value && value !== "";
      button.setAttribute("aria-pressed", String(pressed));
      button.value = `${field}:${pressed ? "" : own}`;
    }
  };

  const found = (row) => {
    const pressed = row.querySelector('[data-tap^="presence:"][aria-pressed="true"]');
    if (pressed) return pressed.dataset.tap.slice("presence:".length);
    return row.dataset.documented === "1" ? "not_seen" : "";
  };

  const add = () => {
    const sums = { present: 0, absent: 0, excused: 0, unexcused: 0, unmarked: 0, false: 0 };
    for (const row of document.querySelectorAll(".roll")) {
      const now = found(row);
      const away = NOT_THERE.includes(now);
      const liar = away && row.dataset.punched === "1" && row.dataset.excused === "0";
      row.querySelector(".roll-false").hidden = !liar;
      if (liar) sums.false += 1;
      if (row.dataset.expected !== "1") continue;
      if (now === "present") sums.present += 1;
      else if (away) { sums.absent += 1; sums[row.dataset.excused === "1" ? "excused" : "unexcused"] += 1; }
      else sums.unmarked += 1;
    }
    for (const [name, sum] of Object.entries(sums)) {
      for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = sum;
    }
    document.getElementById("cham-khong-co").hidden = !sums.false;
  };

  const send = async () => {
    const taps = queue().slice(0, AT_ONCE);
    if (sending || stopped || !taps.length) return;
    sending = true;
    try {
      const answer = await fetch(bar.dataset.to, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": bar.dataset.token },
        body: JSON.stringify({ taps }),
      });
      if (answer.ok) {
        const stored = new Set((await answer.json()).stored);
        keep(queue().filter((tap) => !stored.has(tap.id)));
        say("");
      } else if (answer.status === 409) {
        stopped = true;
        say((await answer.json()).refused);
      } else if (answer.type === "opaqueredirect" || [400, 401].includes(answer.status)) {
        stopped = true;
        said.replaceChildren(Object.assign(document.createElement("a"), { href: bar.dataset.login, textContent: bar.dataset.ended }));
      }
    } catch { say(bar.dataset.lost); }
    sending = false;
    show();
  };

  const tap = (row, field, value, note) => {
    keep([...queue(), { id: draw(), person: row.dataset.person, field, value, note, tapped: Date.now() }]);
    press(row, field, value);
    add();
    show();
    send();
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const row = event.target.closest(".roll");
    if (!row || !event.target.classList.contains("roll-form") || !button?.dataset.tap) return;
    event.preventDefault();
    const [field, value] = button.value.split(":");
    tap(row, field, value, field === "note" ? event.target.elements["ghi-chu"].value.trim() : "");
  });
  drop.addEventListener("click", () => { keep([]); location.reload(); });
  addEventListener("online", send);
  setInterval(send, AGAIN_MS);

  for (const one of queue()) {
    const row = document.querySelector(`.roll[data-person="${CSS.escape(one.person)}"]`);
    if (row) press(row, one.field, one.value);
  }
  add();
  show();
  send();
})();
