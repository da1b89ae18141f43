// The page redraws itself when the server says that something changed. No framework, no build.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const token = $('meta[name="digest-token"]').content;
const device = $("#device");

/* What this viewer set, kept for the next time. */

const kept = {
  get: (name) => { try { return localStorage.getItem(`digest-${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`digest-${name}`, value); } catch { /* private window */ } },
};
const usual = {
  view: "html",
  width: matchMedia("(max-width: 760px)").matches ? "375" : "700",
  scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
};
const chosen = (group) => $(`input[name="${group}"]:checked`).value;

function choose(group, value) {
  const input = $(`input[name="${group}"][value="${value}"]`);
  if (input) input.checked = true;
}

function show() {
  for (const view of ["html", "text", "headers"]) $(`#${view}-view`).hidden = view !== chosen("view");
  for (const tools of document.querySelectorAll(".for-html")) tools.hidden = chosen("view") !== "html";
  device.dataset.width = chosen("width");
}

/* The email in its frame; a new one takes the old one's place only when it is there. */

let fitting = null;

function letterAddress() {
  const asked = new URLSearchParams({ reader: reader(), scheme: chosen("scheme") });
  return `/letter?${asked}`;
}

function fit(frame) {
  const body = frame.contentDocument?.body;
  if (!body) return;
  const measure = () => { frame.style.height = `${Math.max(body.scrollHeight, 320)}px`; };
  fitting?.disconnect();
  fitting = new ResizeObserver(measure);
  fitting.observe(body);
  measure();
}

function drawLetter() {
  return new Promise((done) => {
    device.querySelectorAll(".coming").forEach((frame) => frame.remove());
    const frame = document.createElement("iframe");
    frame.title = "The email";
    // Without allow-scripts nothing in it can run; same-origin lets this page measure its height.
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.className = device.firstElementChild ? "coming" : "";
    frame.addEventListener("load", () => {
      device.querySelectorAll("iframe").forEach((old) => { if (old !== frame) old.remove(); });
      frame.className = "";
      fit(frame);
      done();
    }, { once: true });
    frame.src = letterAddress();
    device.append(frame);
  });
}

/* Redrawing: the server's page again, and its regions in place of ours. */

let drawn = Number(document.documentElement.dataset.epoch);
let wanted = drawn;
let drawing = false;

const reader = () => $("#reader")?.value ?? new URLSearchParams(location.search).get("reader") ?? "";

function replaceRegion(fresh) {
  const region = document.getElementById(fresh.id);
  if (region.innerHTML === fresh.innerHTML) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  region.replaceChildren(...fresh.childNodes);
  if (focused) (document.getElementById(focused) ?? $("#day")).focus({ preventScroll: true });
}

async function redraw() {
  if (drawing) return;
  drawing = true;
  try {
    while (drawn !== wanted) {
      const answer = await fetch(`/?${new URLSearchParams({ reader: reader() })}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const epoch = Number(page.documentElement.dataset.epoch);
      document.title = page.title;
      page.querySelectorAll("[data-redraw]").forEach(replaceRegion);
      settle();
      await drawLetter();
      drawn = epoch;
      wanted = Math.max(wanted, epoch);
      document.documentElement.dataset.drawn = epoch;
    }
  } catch {
    wanted = drawn;  // the server is gone; the news will say when it is back
  } finally {
    drawing = false;
  }
}

function settle() {
  document.body.classList.toggle("stale", Boolean($(".problem")));
  $("#fetch").setAttribute("aria-disabled", String(Boolean($(".busy"))));
  find();
  tryCut();
}

/* The list. */

function find() {
  const words = $("#find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const paper of document.querySelectorAll("#papers .paper")) {
    const text = paper.textContent.toLowerCase();
    paper.hidden = !words.every((word) => text.includes(word));
    if (!paper.hidden) found += 1;
  }
  const line = $("#papers .cut-off");
  if (line) line.hidden = words.length > 0;
  $("#none").hidden = found > 0 || words.length === 0;
}

/* Another cut-off is only tried: the line for the config is shown, nothing is written. */

function tryCut() {
  const figure = $("#scores figure");
  $("#what-if").hidden = !figure;
  if (!figure) return;
  const slider = $("#cut");
  const { minScore, papers } = figure.dataset;
  if (slider.dataset.from !== minScore) {
    slider.dataset.from = minScore;
    slider.value = minScore;
    delete slider.dataset.moved;
  }
  const cut = "moved" in slider.dataset ? Number(slider.value) : Number(minScore);
  const scored = [...document.querySelectorAll("#papers .paper:not([data-muted])")];
  const reach = scored.filter((paper) => Number(paper.dataset.points) >= cut).length;
  const come = reach > papers ? `, the best ${papers} are sent` : "";
  const line = document.createElement("code");
  line.textContent = `min_score = ${cut}`;
  const told = `${reach} of ${scored.length} papers have at least ${cut} points${come}`;
  const other = cut !== Number(minScore);
  $("#tried").replaceChildren(told, ...(other ? [". To use it, write ", line, " under [email]"] : [""]), ".");
  $(".tried", figure).setAttribute("d", other ? `M${4 * cut} 4V84` : "");
}

async function ask(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-Digest-Token": token, "Content-Type": "application/json" },
    body: body ? JSON.stringify(body) : null,
  });
  if (!answer.ok) $("#status").textContent = await answer.text();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-verb]");
  if (!button) return;
  const back = button.getAttribute("aria-pressed") === "true";
  ask("/vote", { reader: reader(), paper: button.dataset.paper, verb: back ? "" : button.dataset.verb });
});
$("#fetch").addEventListener("click", (event) => {
  if (event.currentTarget.getAttribute("aria-disabled") !== "true") ask("/fetch");
});
$("#find").addEventListener("input", find);
$("#cut").addEventListener("input", (event) => {
  event.target.dataset.moved = "";
  tryCut();
});

document.addEventListener("change", (event) => {
  const { name, value, id } = event.target;
  if (name in usual) {
    kept.set(name, value);
    show();
    if (name === "scheme") drawLetter();
  }
  if (id === "reader") {
    history.replaceState(null, "", `/?${new URLSearchParams({ reader: value })}`);
    drawn = -1;
    redraw();
  }
});

/* News: an event says how often something changed; what was missed shows in the count. */

let server = "";
const news = new EventSource("/events");
news.addEventListener("message", (event) => {
  const told = JSON.parse(event.data);
  $("#lost").hidden = true;
  if (server && server !== told.server) location.reload();
  server = told.server;
  wanted = told.epoch;
  redraw();
});
news.addEventListener("error", () => { $("#lost").hidden = false; });

for (const group of Object.keys(usual)) choose(group, kept.get(group) ?? usual[group]);
show();
settle();
drawLetter().then(() => { document.documentElement.dataset.drawn = drawn; });
