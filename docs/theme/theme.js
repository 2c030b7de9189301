// The pages: TypeDoc's theme in a frame of our own, with the course's order, and a template for source files.

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { DefaultTheme, DefaultThemeRenderContext, JSX, PageKind, ReflectionKind } from "typedoc";
import { sourcePage } from "./source_page.js";

const h = JSX.createElement;
const raw = (html) => h(JSX.Raw, { html });

/**
 * What a page may load and run: only what is the site's own, and no script or style that stands in a page. The hash is
 * that of nothing: TypeDoc's script adds a style that stays empty.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The theme of the site.
 *
 * @param {import("./course.js").Course} course
 * @param {Map<string, import("typedoc").DocumentReflection>} pages the documents by their paths
 */
export function themeFor(course, pages) {
  const hasPlayground = existsSync(join(course.root, "docs/playground"));

  class Context extends DefaultThemeRenderContext {
    /** Where a file's page is, from this one. */
    urlOf = (path, anchor = "") => {
      const url = path === "README.md" ? this.relativeURL("index.html") : this.urlTo(pages.get(path));
      return `${url}${anchor && `#${anchor}`}`;
    };

    /** The path of the file that this page shows, if it shows one. */
    get path() {
      return this.page.pageKind === PageKind.Index ? "README.md" : this.model.frontmatter?.path;
    }

    titleOf = (path) => (path === "README.md" ? "Start" : pages.get(path).name);

    defaultLayout = (template, props) => {
      // First the content: its headings are in the navigation.
      const content = template(props);
      return h(
        "html",
        { lang: "en", "data-base": this.relativeURL("./") },
        head(this, props),
        h(
          "body",
          { class: this.page.pageKind === PageKind.Index ? "landing" : undefined },
          h("a", { class: "skip", href: "#content" }, "Skip to the content"),
          bar(this, props),
          h("nav", { id: "contents", popover: "auto", "aria-label": "Contents" }, contents(this, props)),
          h("main", { id: "content", tabindex: "-1" }, content, neighbours(this)),
          foot(this),
        ),
      );
    };

    indexTemplate = (props) => landing(this, raw, this.markdown(props.model.readme ?? []));

    documentTemplate = (props) => {
      if (this.path.endsWith(".ts")) return sourcePage(this, course);
      const html = this.markdown(props.model.content);
      return h("article", { class: "prose" }, raw(withSteps(this, html)));
    };

    reflectionTemplate = ((original) => (props) => [
      h("header", { class: "api-title" }, this.header(props)),
      h("article", { class: "api" }, props.model.isProject() ? moduleList(this, props.model) : original(props)),
    ])(this.reflectionTemplate);

    /** A module's members say in which line of its source they are. */
    memberSources = (reflection) => {
      const places = (reflection.sources ?? []).flatMap(({ fullFileName, line }) => {
        const path = relative(course.root, fullFileName).replaceAll("\\", "/");
        if (!pages.has(path)) return [];
        const anchor = reflection.kindOf(ReflectionKind.Module) ? "" : `L${line}`;
        return [h("a", { href: this.urlOf(path, anchor) }, anchor ? `${path}, line ${line}` : path)];
      });
      return places.length > 0 ? h("p", { class: "source-link" }, "Source: ", places[0]) : null;
    };
  }

  class CourseTheme extends DefaultTheme {
    ContextClass = Context;
  }
  return CourseTheme;

  function head(context, props) {
    const name = props.project.name;
    const title = context.page.pageKind === PageKind.Index ? name : `${titleOf(props.model)} | ${name}`;
    const asset = (file) => context.relativeURL(`assets/${file}`);
    return h(
      "head",
      null,
      h("meta", { charset: "utf-8" }),
      h("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
      context.hook("head.begin", context),
      h("title", null, title),
      h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      h("link", { rel: "icon", href: asset("favicon.svg"), type: "image/svg+xml" }),
      // Before anything is drawn: light or dark, as it was chosen last.
      h("script", { src: asset("theme.js") }),
      ["style.css", "highlight.css", "custom.css"].map((file) => h("link", { rel: "stylesheet", href: asset(file) })),
      h("script", { defer: true, src: asset("main.js") }),
      h("script", { defer: true, src: asset("custom.js") }),
      h("script", { async: true, src: asset("icons.js"), id: "tsd-icons-script" }),
      h("script", { async: true, src: asset("search.js"), id: "tsd-search-script" }),
      context.hook("head.end", context),
    );
  }

  function titleOf(model) {
    if (model.isProject()) return "API";
    return model.isDocument() ? model.name : `${model.getFriendlyFullName()} · API`;
  }

  function bar(context, props) {
    return h(
      "header",
      { class: "bar" },
      h("button", { class: "to-contents", type: "button", popovertarget: "contents" }, icon("M4 7h16M4 12h16M4 17h16"), "Contents"),
      h(
        "a",
        { class: "name", href: context.relativeURL("index.html") },
        h("img", { src: context.relativeURL("assets/favicon.svg"), alt: "", width: 20, height: 20 }),
        h("span", null, props.project.name),
      ),
      h(
        "button",
        { id: "tsd-search-trigger", type: "button", "aria-label": "Search" },
        icon("M16 16l5 5M18 10.5a7.5 7.5 0 1 1-15 0a7.5 7.5 0 0 1 15 0z"),
        h("span", null, "Search"),
        h("kbd", null, "/"),
      ),
      h(
        "dialog",
        { id: "tsd-search", "aria-label": "Search" },
        h("input", {
          role: "combobox",
          id: "tsd-search-input",
          type: "search",
          "aria-label": "Search the course, its code and the API",
          "aria-controls": "tsd-search-results",
          "aria-autocomplete": "list",
          "aria-expanded": "true",
          spellcheck: false,
          autocapitalize: "off",
          autocomplete: "off",
          placeholder: "A word of the course, the code or the API",
          maxLength: 100,
        }),
        h("ul", { role: "listbox", id: "tsd-search-results", "aria-label": "Found" }),
        h("div", { id: "tsd-search-status", "aria-live": "polite", "aria-atomic": "true" }, h("div", null, "Loading what can be found …")),
      ),
      h(
        "label",
        { class: "theme" },
        h("span", { class: "unseen" }, "Colours"),
        h(
          "select",
          { id: "tsd-theme" },
          h("option", { value: "os" }, "Auto"),
          h("option", { value: "light" }, "Light"),
          h("option", { value: "dark" }, "Dark"),
        ),
      ),
    );
  }

  /** The navigation: the course in its order, where you are in it, and the API behind it. */
  function contents(context) {
    const here = context.path;
    const lesson = here && course.lessonOf(here);
    const link = (path, label = context.titleOf(path)) =>
      h("a", { href: context.urlOf(path), "aria-current": path === here ? "page" : undefined }, label);
    const item = (path, label) => h("li", null, link(path, label), path === here && headings(context));
    const programs = ({ folder, programs }) => programs.map((path) => item(path, path.slice(folder.length + 1)));
    const stubs = ({ folder, stubs }) => stubs.map((path) => item(path, path.slice(`${folder}/exercises/`.length)));
    return [
      h(
        "ul",
        null,
        h("li", null, link("README.md")),
        course.lessons.map((each) =>
          h(
            "li",
            { class: "lesson" },
            link(each.guide),
            each.guide === here && headings(context),
            each === lesson && [
              h("p", { class: "group" }, "Code"),
              h("ul", { class: "files" }, programs(each)),
              pages.has(each.exercises) && [
                h("p", { class: "group" }, "Exercises"),
                h("ul", null, item(each.exercises), (here === each.exercises || each.stubs.includes(here)) && h("ul", { class: "files" }, stubs(each))),
              ],
            ],
          ),
        ),
      ),
      h("p", { class: "part" }, "Beside the course"),
      h(
        "ul",
        null,
        hasPlayground && h("li", null, h("a", { href: context.relativeURL("playground/index.html") }, "Playground for bytes")),
        course.articles.filter((path) => pages.has(path)).map((path) => item(path)),
      ),
      h("p", { class: "part" }, "What the lessons share"),
      h("ul", null, h("li", null, apiContents(context)), h("li", null, sourceContents(context, item))),
    ];
  }

  function apiContents(context) {
    const { project } = context.page;
    const isHere = context.page.pageKind === PageKind.Reflection;
    let module = isHere && !context.model.isProject() ? context.model : undefined;
    while (module && !module.kindOf(ReflectionKind.Module)) module = module.parent;
    const current = (reflection) => (isHere && reflection === context.model ? "page" : undefined);
    const link = (reflection) =>
      h("a", { href: context.urlTo(reflection), "aria-current": current(reflection) }, reflection.isProject() ? "API of src/" : reflection.name);
    const members = (parent) => parent.children?.filter((child) => context.router.hasOwnDocument(child)) ?? [];
    return [
      link(project),
      isHere &&
        h(
          "ul",
          { class: "files" },
          members(project).map((each) =>
            h("li", null, link(each), each === module && h("ul", null, members(each).map((member) => h("li", null, link(member))))),
          ),
        ),
    ];
  }

  function sourceContents(context, item) {
    const isHere = course.modules.includes(context.path);
    return [
      h("a", { href: context.urlOf(course.modules[0]) }, "Source of src/"),
      isHere && h("ul", { class: "files" }, course.modules.map((path) => item(path, path.slice("src/".length)))),
    ];
  }

  /** The headings of this page, in the navigation. */
  function headings(context) {
    const found = context.page.pageHeadings.filter(({ level }) => level === 2 || level === 3);
    if (found.length === 0) return null;
    return h(
      "ul",
      { class: "headings" },
      found.map(({ link, text, level }) => h("li", { class: `level-${level}` }, h("a", { href: link }, text))),
    );
  }

  /** The page before this one and the page after it. */
  function neighbours(context) {
    const line = course.lines.map((paths) => paths.filter((path) => path === "README.md" || pages.has(path))).find((paths) => paths.includes(context.path));
    if (!line) return null;
    const place = line.indexOf(context.path);
    const link = (path, rel, label) =>
      path && h("a", { href: context.urlOf(path), rel, class: rel }, h("span", null, label), " ", h("b", null, context.titleOf(path)));
    return h(
      "nav",
      { class: "neighbours", "aria-label": "Previous and next" },
      link(line[place - 1], "prev", "Previous"),
      link(line[place + 1], "next", "Next"),
    );
  }

  function foot(context) {
    return h(
      "footer",
      { class: "foot" },
      h("a", { href: context.urlOf("LICENSE") }, "MIT licence"),
      h("span", null, "Built by TypeDoc from the sources of the course."),
    );
  }

  /** The README: what this is, a lesson running, and what to do first; then the rest of it. */
  function landing(context, _raw, html) {
    const take = (pattern) => {
      const [whole = "", inner = ""] = pattern.exec(html) ?? [];
      html = html.replace(whole, "");
      return inner;
    };
    const title = take(/<h1[^>]*>(.*?)(?:<a [^>]*>.*?<\/a>)?<\/h1>\n?/s);
    const [, first, rest] = /^(.*?\.)\s+(.*)$/s.exec(take(/<p>(.*?)<\/p>\n?/s));
    const picture = take(/<p>(<img [^>]*>)<\/p>\n?/);
    const caption = /alt="([^"]*)"/.exec(picture)?.[1] ?? "";
    const { guide } = course.lessons[0];
    return [
      h(
        "section",
        { class: "hero" },
        h("div", { class: "what" }, h("h1", null, raw(title)), h("p", { class: "lead" }, raw(first)), h("p", null, raw(rest))),
        h("a", { class: "begin", href: context.urlOf(guide) }, h("span", null, "Begin here"), h("b", null, context.titleOf(guide))),
        // Where a recording of the run will be played.
        h("figure", { id: "running" }, raw(picture), h("figcaption", null, raw(caption))),
      ),
      h("article", { class: "prose" }, raw(html)),
    ];
  }

  /** Puts the lines of code that a step is about below its heading. */
  function withSteps(context, html) {
    const lesson = course.lessonOf(context.path);
    if (context.path !== lesson?.guide) return html;
    return html.replace(/(<h3 [^>]*>Step (\d+) · .*?<\/h3>)/gs, (heading, _, number) => {
      const step = lesson.steps.get(Number(number));
      if (!step) return heading;
      const name = step.path.slice(lesson.folder.length + 1);
      const url = context.urlOf(step.path, `step-${number}`);
      return `${heading}<p class="to-code"><a href="${url}">${name}, lines ${step.first}–${step.last}</a></p>`;
    });
  }

  function moduleList(context, project) {
    return h(
      "dl",
      { class: "modules" },
      project.children.map((module) => [
        h("dt", null, h("a", { href: context.urlTo(module) }, module.name)),
        h("dd", null, context.commentShortSummary(module)),
      ]),
    );
  }
}

/** An icon of 24 × 24, drawn by one line. */
function icon(path) {
  return h("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" }, h("path", { d: path }));
}
