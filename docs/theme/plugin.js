// The site: a course with pages in order, annotated source beside it, and the API behind it. TypeDoc loads this file.

import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { tsImport } from "tsx/esm/api";
import { Converter, DocumentReflection, PageEvent, PageKind, RendererEvent } from "typedoc";
import { Course, sectionsOf } from "./course.js";
import { GLOSSARY } from "./glossary.js";
import { takeTime } from "./highlight.js";
import { extendMarkdown } from "./markdown.js";
import { Router } from "./router.js";
import { buildScripts } from "./scripts.js";
import { sectionsToFind } from "./search_data.js";
import { themeFor } from "./theme.js";

/** @param {import("typedoc").Application} app */
export async function load(app) {
  takeTime();
  // Redrawn from the code, whatever is committed.
  const { drawAll, playgroundAddresses } = await tsImport("../pictures/draw.ts", import.meta.url);
  const pictures = drawAll();
  const root = process.cwd().replaceAll("\\", "/");
  const course = new Course(root);
  /** The documents of the site, by their paths in the tree. */
  const pages = new Map();

  app.renderer.defineRouter("course", Router);
  app.renderer.defineTheme("course", themeFor(course, pages));
  app.on("bootstrapEnd", () =>
    app.options.setValue("markdownItLoader", (parser) =>
      extendMarkdown(parser, pictures, playgroundAddresses()),
    ),
  );

  // The guides are documents already. Their titles are their first headings; TypeDoc would call them all "README".
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const path = relative(root, document.project.files.getReflectionPath(document)).replaceAll("\\", "/");
    document.name = sectionsOf(course.read(path))[0].title;
    document.frontmatter.path = path;
    pages.set(path, document);
    linkPlayground(document.content, path);
  });

  // The source files and the licence become documents too. Only now: a link to one then leads to its page, and not to
  // the module of the API that was made of the same file.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const path of [...course.sources, "LICENSE"]) {
      const text = course.read(path);
      const lesson = course.lessonOf(path);
      const name = lesson ? `Lesson ${lesson.number} · ${path.slice(lesson.folder.length + 1)}` : path;
      const document = new DocumentReflection(name, project, [{ kind: "text", text }], { path });
      project.addChild(document);
      project.registerReflection(document, undefined, `${root}/${path}`);
      pages.set(path, document);
    }
  });

  // What the search finds is read from the pages, as they are shown.
  const found = [];
  app.renderer.on(PageEvent.END, ({ model, pageKind, url, contents, project }) => {
    const [, content] = /<main [^>]*>(.*?)(?:<nav class="neighbours".*)?<\/main>/s.exec(contents);
    found.push(...sectionsToFind({ ...aboutPage(model, pageKind, project), url }, content));
  });

  app.renderer.postRenderAsyncJobs.push(async ({ outputDirectory }) => {
    const assets = join(outputDirectory, "assets");
    writeFileSync(join(assets, "search_data.js"), `window.searchData = ${JSON.stringify(found)};\n`);
    copyFileSync(join(root, "src/kit.css"), join(assets, "kit.css"));
    copyFileSync(join(root, "docs/theme/404.html"), join(outputDirectory, "404.html"));
    for (const warning of await buildScripts(assets)) app.logger.warn(warning);
  });
  // TypeDoc's own script and what it loads: no page asks for them. The last is written after all else, hence the order.
  const last = -1000;
  app.renderer.on(
    RendererEvent.END,
    ({ outputDirectory }) => {
      for (const unused of ["main.js", "search.js", "navigation.js", "hierarchy.js", "icons.js", "icons.svg"])
        rmSync(join(outputDirectory, "assets", unused), { force: true });
    },
    last,
  );
}

/** The title of a page and what kind of page it is, for the search. */
function aboutPage(model, pageKind, project) {
  if (pageKind === PageKind.Index) return { title: project.name, kind: "article" };
  if (model.isProject()) return { title: "API of src/", kind: "api" };
  if (!model.isDocument()) return { title: model.name, page: model.getFriendlyFullName(), kind: "api" };
  const { path } = model.frontmatter;
  if (path === GLOSSARY) return { title: model.name, kind: "term" };
  if (!path.endsWith(".md")) return { title: model.name, kind: path.endsWith(".ts") ? "code" : "article" };
  return { title: model.name, kind: path.startsWith("lessons/") ? "lesson" : "article" };
}

/**
 * Leads the links to the playground's source, which is what a code host can show, to its page in the site. TypeDoc would
 * copy the source beside the guides instead.
 */
function linkPlayground(content, path) {
  for (const part of content) {
    const [, address] = /\bdocs\/playground\/index\.html(#\S*)?$/.exec(part.text) ?? [];
    if (part.kind !== "relative-link" || address === undefined) continue;
    part.target = undefined;
    part.text = posix.relative(posix.dirname(path), "playground/index.html") + address;
  }
}
