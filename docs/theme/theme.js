// TypeDoc's theme in a frame of our own: what each kind of page shows.

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { DefaultTheme, DefaultThemeRenderContext, JSX, PageKind, ReflectionKind } from "typedoc";
import { apiIndex, apiMembers, apiModule, apiTitle } from "./api.js";
import { frame } from "./frame.js";
import { withTerms } from "./glossary.js";
import { h, raw } from "./jsx.js";
import { landing } from "./landing.js";
import { withPlayers } from "./recordings.js";
import { codeOf, sourceLines, sourcePage } from "./source_page.js";
import { toolsOf, withAnswers } from "./tools.js";

/**
 * The theme of the site.
 *
 * @param {import("./course.js").Course} course
 * @param {Map<string, import("typedoc").DocumentReflection>} pages the documents by their paths
 */
export function themeFor(course, pages) {
  class Context extends DefaultThemeRenderContext {
    course = course;
    // Its sign is in the style: TypeDoc's is a part of another file, which a page that is opened as a file may not use.
    _refIcons = { ...this._refIcons, anchor: () => null };
    hasPlayground = existsSync(join(course.root, "docs/playground"));

    /** The path of the file that this page shows, if it shows one. */
    get path() {
      return this.isLanding ? "README.md" : this.model.frontmatter?.path;
    }

    get isLanding() {
      return this.page.pageKind === PageKind.Index;
    }

    hasPage = (path) => path === "README.md" || pages.has(path);

    titleOf = (path) => (path === "README.md" ? "Start" : pages.get(path).name);

    /** Where a file's page is, from this one. */
    urlOf = (path, anchor = "") => {
      const url = path === "README.md" ? this.relativeURL("index.html") : this.urlTo(pages.get(path));
      return anchor ? `${url}#${anchor}` : url;
    };

    defaultLayout = (template, props) => frame(this, template(props));

    indexTemplate = (props) => landing(this, withPlayers(this, this.markdown(props.model.readme ?? [])));

    documentTemplate = (props) => {
      if (this.path.endsWith(".ts")) return sourcePage(this);
      const text = this.markdown(props.model.content);
      const html = withCode(this, withAnswers(withTerms(this, withPlayers(this, text))));
      // The licence has no title of its own.
      if (!html.includes("<h1"))
        return h("article", { class: "prose" }, h("h1", null, this.model.name), raw(html));
      const end = html.indexOf("</h1>") + "</h1>".length;
      return h(
        "article",
        { class: "prose" },
        raw(html.slice(0, end)),
        toolsOf(this, text),
        raw(html.slice(end)),
      );
    };

    reflectionTemplate = (
      ({ reflectionTemplate }) =>
      (props) => [apiTitle(this, props.model), h("article", { class: "api" }, reflectionTemplate(props))]
    )(this);

    index = (model) => apiIndex(this, model);
    members = (model) => apiMembers(this, model);
    moduleReflection = (model) => apiModule(this, model);

    /** A part of the API says in which line of its source it is. */
    memberSources = (reflection) => {
      const [place] = reflection.sources ?? [];
      const path = place && relative(course.root, place.fullFileName).replaceAll("\\", "/");
      if (!pages.has(path)) return null;
      const isModule = reflection.kindOf(ReflectionKind.Module);
      const label = isModule ? path : `${path}, line ${place.line}`;
      const link = h("a", { href: this.urlOf(path, isModule ? "" : `L${place.line}`) }, label);
      return h("p", { class: "source-link" }, "Source: ", link);
    };
  }

  return class extends DefaultTheme {
    ContextClass = Context;
  };
}

/** Puts the code that a step is about below its heading: a link to its lines, and themselves, folded. */
function withCode(context, html) {
  const lesson = context.course.lessonOf(context.path);
  if (context.path !== lesson?.guide) return html;
  return html.replace(/<h3 [^>]*>Step (\d+) · .*?<\/h3>/gs, (heading, number) => {
    const step = lesson.steps.get(Number(number));
    if (!step) return heading;
    const { path, first, code, last } = step;
    const label = `${path.slice(lesson.folder.length + 1)}, lines ${first}–${last}`;
    const lines = codeOf(sourceLines(context, path), code, last);
    const shown = h(
      "div",
      { class: "to-code" },
      h("a", { href: context.urlOf(path, `step-${number}`) }, label),
      h("details", null, h("summary", null, "Show the code here"), lines),
    );
    return heading + JSX.renderElement(shown);
  });
}
