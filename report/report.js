// The report in the browser: unpacks its sections and figures, shows the one that the address names, sorts and filters.
"use strict";

const SHOWN_ROWS = 200;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const view = document.getElementById("view");
const home = document.getElementById("home");
const everything = document.getElementById("everything");
let content = null;
let urls = [];

async function unpack() {
  const packed = document.getElementById("content").textContent.trim();
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function urlOf(text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  urls.push(url);
  return url;
}

// 1.2 × 10⁻⁷, −0.03 (−0.1 to 0.2), 1,234 and < 0.001 as numbers; NaN for words.
function numberIn(text) {
  const plain = text
    .replace(/−/g, "-")
    .replace(/\s*×\s*10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power) =>
      "e" + [...power].map((sign) => (sign === "⁻" ? "-" : SUPERSCRIPTS.indexOf(sign))).join(""))
    .replace(/(\d),(?=\d{3})/g, "$1")
    .trim();
  const found = plain.match(/^[<>≈]?\s*(?:at (?:most|least)\s+)?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/i);
  return found ? Number(found[1]) : NaN;
}

function compare(first, second) {
  const [a, b] = [numberIn(first), numberIn(second)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (Number.isNaN(a) !== Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1; // words and blanks last
  return first.localeCompare(second);
}

// Heads become buttons that sort; `order(column, sign)` does it.
function sortable(heads, order) {
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      order(column, sign);
    });
  });
}

function filterBox(what, onInput) {
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = `Filter ${what}`;
  box.setAttribute("aria-label", box.placeholder);
  box.addEventListener("input", () => onInput(box.value.toLowerCase()));
  return box;
}

function enliven(table) {
  const body = table.tBodies[0];
  if (!body || !table.tHead) return;
  const text = (row, column) => row.cells[column]?.textContent ?? "";
  sortable([...table.tHead.rows[0].cells], (column, sign) => {
    body.append(...[...body.rows].sort((a, b) => sign * compare(text(a, column), text(b, column))));
  });
  if (body.rows.length > 8) {
    table.closest(".wide").before(filterBox("the rows below", (wanted) => {
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    }));
  }
}

// A table of results as it is on disk; only the first rows that match are drawn.
function drawTable(name, root) {
  const lines = content.tables[name].trimEnd().split("\n").map((line) => line.split("\t"));
  const [names, rows] = [lines[0], lines.slice(1)];
  let [wanted, column, sign] = ["", -1, 1];
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of names) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  const told = document.createElement("p");
  told.className = "soft";
  told.setAttribute("aria-live", "polite");
  const draw = () => {
    let kept = rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
    if (column >= 0) kept = kept.sort((a, b) => sign * compare(a[column] ?? "", b[column] ?? ""));
    body.replaceChildren(...kept.slice(0, SHOWN_ROWS).map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((value) => {
        const cell = document.createElement("td");
        cell.textContent = value;
        return cell;
      }));
      return row;
    }));
    told.textContent = `${Math.min(kept.length, SHOWN_ROWS)} of ${kept.length} matching rows; ${rows.length} in all.`;
  };
  sortable([...head.cells], (chosen, way) => { [column, sign] = [chosen, way]; draw(); });
  const save = document.createElement("a");
  save.textContent = `Save ${name}.tsv`;
  save.download = `${name}.tsv`;
  save.href = urlOf(content.tables[name], "text/tab-separated-values");
  const wide = document.createElement("div");
  wide.className = "wide";
  wide.append(table);
  root.append(filterBox("all rows", (value) => { wanted = value; draw(); }), save, told, wide);
  draw();
}

function show(id) {
  const section = content.sections[id];
  const article = document.createElement("article");
  const root = article.attachShadow({ mode: "open" });
  const style = document.getElementById("style").textContent;
  root.innerHTML = `<style>${style}\n${section.style}</style>${section.html}`;
  for (const image of root.querySelectorAll("img[data-figure]")) {
    const url = urlOf(content.figures[image.dataset.figure], "image/svg+xml");
    image.src = url;
    image.closest("figure").querySelector("a.save").href = url;
  }
  for (const table of root.querySelectorAll("table")) enliven(table);
  for (const place of root.querySelectorAll("[data-table]")) drawTable(place.dataset.table, place);
  return article;
}

function route() {
  const id = decodeURIComponent(location.hash.slice(1)) || "home";
  if (id !== "home" && id !== "all" && !(id in content.sections)) return; // a link inside the section
  urls.forEach((url) => URL.revokeObjectURL(url));
  urls = [];
  home.hidden = id !== "home" && id !== "all";
  const sections = Object.keys(content.sections).filter((name) => !content.sections[name].aside);
  view.replaceChildren(...(id === "all" ? sections : id === "home" ? [] : [id]).map(show));
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${encodeURIComponent(id)}`) {
      link.setAttribute("aria-current", "page");
      link.closest("details")?.setAttribute("open", "");
      document.title = id === "home" ? document.body.dataset.title : `${link.textContent} – ${document.body.dataset.title}`;
    } else {
      link.removeAttribute("aria-current");
    }
  }
  window.scrollTo(0, 0);
}

async function start() {
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("old").hidden = false;
    return;
  }
  for (const table of home.querySelectorAll("table")) enliven(table);
  content = await unpack();
  window.addEventListener("hashchange", route);
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const item of document.querySelectorAll("nav li")) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
    for (const group of document.querySelectorAll("nav details")) {
      group.open = wanted !== "" && group.querySelector("li:not([hidden])") !== null;
    }
  });
  route();
  everything.hidden = false;
  document.documentElement.dataset.ready = "yes";
}

start();
