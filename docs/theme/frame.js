// What all pages have around their content: the head, the bar at the top, the navigation, and the footer.

import { contents, neighbours } from "./contents.js";
import { h, icon } from "./jsx.js";

/** What a page may load and run: only the site's own files, and no script or style inside a page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Puts the content of a page into its frame. */
export function frame(context, content) {
  return h(
    "html",
    { lang: "en", "data-base": context.relativeURL("./") },
    head(context),
    h(
      "body",
      { class: context.isLanding ? "landing" : undefined },
      h("a", { class: "skip", href: "#content" }, "Skip to the content"),
      bar(context),
      h("nav", { id: "contents", popover: "auto", "aria-label": "Contents" }, contents(context)),
      h("main", { id: "content", tabindex: "-1" }, content, neighbours(context)),
      h(
        "footer",
        { class: "foot" },
        h("a", { href: context.urlOf("LICENSE") }, "MIT licence"),
        h("span", null, "Built by TypeDoc from the sources of the course."),
      ),
    ),
  );
}

function head(context) {
  const asset = (file) => context.relativeURL(`assets/${file}`);
  return h(
    "head",
    null,
    h("meta", { charset: "utf-8" }),
    h("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    context.hook("head.begin", context),
    h("title", null, title(context)),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("link", { rel: "icon", href: asset("favicon.svg"), type: "image/svg+xml" }),
    // Before anything is drawn, choose light or dark, as the reader did last.
    h("script", { src: asset("theme.js") }),
    ["style.css", "highlight.css", "kit.css", "custom.css"].map((file) =>
      h("link", { rel: "stylesheet", href: asset(file) }),
    ),
    h("script", { defer: true, src: asset("site.js") }),
    context.page.hasPlayer && h("script", { defer: true, src: asset("player.js") }),
    context.hook("head.end", context),
  );
}

function title({ isLanding, model, page }) {
  const { name } = page.project;
  if (isLanding) return name;
  if (model.isProject()) return `API | ${name}`;
  return `${model.isDocument() ? model.name : `${model.getFriendlyFullName()} · API`} | ${name}`;
}

/** The bar. The scripts in browser/ find what is in it by its ids. */
function bar(context) {
  return h(
    "header",
    { class: "bar" },
    h(
      "button",
      { class: "to-contents", type: "button", popovertarget: "contents" },
      icon("M4 7h16M4 12h16M4 17h16"),
      "Contents",
    ),
    h(
      "a",
      { class: "name", href: context.relativeURL("index.html"), "aria-label": context.page.project.name },
      h("img", { src: context.relativeURL("assets/favicon.svg"), alt: "", width: 20, height: 20 }),
      h("span", null, context.page.project.name),
    ),
    h(
      "button",
      { id: "search-open", type: "button", "aria-label": "Search" },
      icon("M16 16l5 5M18 10.5a7.5 7.5 0 1 1-15 0a7.5 7.5 0 0 1 15 0z"),
      h("span", null, "Search"),
      h("kbd", null, "/"),
    ),
    search(),
    h(
      "label",
      { class: "theme" },
      h("span", { class: "unseen" }, "Colours"),
      h(
        "select",
        { id: "theme" },
        h("option", { value: "os" }, "Auto"),
        h("option", { value: "light" }, "Light"),
        h("option", { value: "dark" }, "Dark"),
      ),
    ),
  );
}

function search() {
  return h(
    "dialog",
    { id: "search", "aria-label": "Search" },
    h("input", {
      id: "search-field",
      type: "search",
      role: "combobox",
      "aria-label": "Words of the course, its code or the API",
      "aria-controls": "search-results",
      "aria-autocomplete": "list",
      "aria-expanded": "true",
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      placeholder: "Words of the course, its code or the API",
      maxLength: 100,
    }),
    h("ul", { id: "search-results", role: "listbox", "aria-label": "Found" }),
    h("p", { id: "search-status", "aria-live": "polite" }),
  );
}
