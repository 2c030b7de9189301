// The search: a dialog that shows what the words find while they are typed.

import { Ranking } from "./ranking.js";
import { fit, matchesIn } from "./words.js";

/** More than anybody reads. */
const SHOWN = 20;
/** How many letters of a line are shown around its first word that matches. */
const BEFORE = 50;
const AFTER = 140;

const dialog = document.getElementById("search");
const field = document.getElementById("search-field");
const list = document.getElementById("search-results");
const status = document.getElementById("search-status");

/** What ranks the sections, once they are loaded. */
let ranking;

/** The address of a file of the site, from this page. */
const fromHere = (path) => document.documentElement.dataset.base + path;

document.getElementById("search-open").addEventListener("click", open);
document.addEventListener("keydown", (event) => {
  const isSlash = event.key === "/" && !event.target.closest("input, textarea, select");
  const isControlK = event.key === "k" && (event.ctrlKey || event.metaKey);
  if (event.altKey || dialog.open || !(isSlash || isControlK)) return;
  event.preventDefault();
  open();
});
field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  // In a field for searches Esc would only empty it.
  if (event.key === "Escape") dialog.close();
  else if (event.key === "Enter") go(chosen(), event);
  else if (event.key === "ArrowDown") choose(chosen()?.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") choose(chosen()?.previousElementSibling ?? list.lastElementChild);
  else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => go(event.target.closest("li"), event));
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

function open() {
  dialog.showModal();
  field.select();
  if (!ranking && !document.querySelector("script[src$='search_data.js']")) load();
}

/** Loads what can be found, when somebody searches, and not on every page. As a script, it also loads from a folder. */
function load() {
  status.textContent = "Loading the index …";
  const script = document.createElement("script");
  script.src = fromHere("assets/search_data.js");
  script.addEventListener("load", () => {
    ranking = new Ranking(window.searchData);
    show();
  });
  script.addEventListener("error", () => {
    script.remove();
    status.textContent = "The search index did not load. Close the search and open it again.";
  });
  document.head.append(script);
}

function show() {
  if (!ranking) return;
  const query = field.value.trim();
  const found = query === "" ? [] : ranking.find(query);
  list.replaceChildren(...found.slice(0, SHOWN).map(option));
  status.textContent = query !== "" && found.length === 0 ? `Nothing has “${query}” in it.` : "";
  // Enter then leads to the best.
  choose(list.firstElementChild);
}

/** A section that is found: its heading, where it is, and a line of it. */
function option({ section: { title, page, url, kind, text }, words }, index) {
  const [path, anchor] = url.split("#");
  const item = document.createElement("li");
  item.id = `found-${index}`;
  item.role = "option";
  item.ariaSelected = "false";
  item.dataset.href = fromHere(
    `${path}?find=${encodeURIComponent(words.join(" "))}${anchor ? `#${anchor}` : ""}`,
  );
  item.append(line("title", marked(title, words)), line("place", [placeOf(kind, page, title)]));
  const extract = extractOf(text, words);
  if (extract) item.append(line("extract", marked(extract, words)));
  return item;
}

function placeOf(kind, page, title) {
  if (kind === "api") return `API${page === title ? "" : ` · ${page}`}`;
  return page === title ? { lesson: "Guide", article: "Article", code: "Code" }[kind] : page;
}

function line(name, content) {
  const element = document.createElement("span");
  element.className = name;
  element.append(...content);
  return element;
}

/** The line of a text that has most of the words, or as much of it as there is room for. */
function extractOf(text, words) {
  let best = { fit: 0 };
  for (const candidate of text.split("\n")) {
    const fits = fit(candidate, words);
    if (fits > best.fit) best = { fit: fits, line: candidate };
  }
  if (best.fit === 0) return undefined;
  const phrase = best.line.toLowerCase().indexOf(words.join(" "));
  const first = phrase < 0 ? matchesIn(best.line, words)[0].from : phrase;
  const from = first < BEFORE ? 0 : best.line.lastIndexOf(" ", first - BEFORE) + 1;
  const to = first + AFTER;
  return `${from > 0 ? "… " : ""}${best.line.slice(from, to)}${to < best.line.length ? " …" : ""}`;
}

/** A text with the words marked. */
function marked(text, words) {
  let end = 0;
  const parts = matchesIn(text, words).flatMap(({ from, to }) => {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    const before = text.slice(end, from);
    end = to;
    return [before, mark];
  });
  return [...parts, text.slice(end)];
}

const chosen = () => list.querySelector('[aria-selected="true"]');

function choose(item) {
  chosen()?.setAttribute("aria-selected", "false");
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  if (item) field.setAttribute("aria-activedescendant", item.id);
  else field.removeAttribute("aria-activedescendant");
}

function go(item, { ctrlKey, metaKey }) {
  if (!item) return;
  if (ctrlKey || metaKey) window.open(item.dataset.href);
  else location.assign(item.dataset.href);
}
