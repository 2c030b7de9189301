// The site: a course with pages in order, annotated source beside it, and the API behind it. TypeDoc loads this file.

import { copyFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { tsImport } from "tsx/esm/api";
import { Converter, DocumentReflection, IndexEvent, RendererEvent } from "typedoc";
import { Course, sectionsOf } from "./course.js";
import { extendMarkdown } from "./markdown.js";
import { Router } from "./router.js";
import { themeFor } from "./theme.js";

/** @param {import("typedoc").Application} app */
export async function load(app) {
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
    const sections = sectionsOf(course.read(path));
    document.name = sections[0].title;
    document.frontmatter.path = path;
    pages.set(path, document);
    linkPlayground(document.content, path);
    addSections(document, sections.slice(1));
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
      if (path.endsWith(".ts")) addSections(document, stepsOf(course, path).slice(1));
    }
  });

  // One script must load before the page is drawn, and another is for few pages. TypeDoc only has one script that loads
  // later, for all pages.
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    copyFileSync(join(root, "docs/theme/theme_choice.js"), join(outputDirectory, "assets/theme.js"));
    copyFileSync(join(root, "docs/theme/player.js"), join(outputDirectory, "assets/player.js"));
  });

  // Search shows the course first, and leads to the section that a word is in. What belongs to a section is not found once more as the page's.
  app.renderer.on(IndexEvent.PREPARE_INDEX, (index) => {
    index.searchResults.forEach((reflection, place) => {
      if (!reflection.isDocument()) return;
      const path = reflection.frontmatter.path ?? reflection.parent.frontmatter.path;
      if (path.startsWith("lessons/")) reflection.relevanceBoost = path.endsWith(".md") ? 4 : 2;
      if (!reflection.children) return;
      const [beginning] = path.endsWith(".ts") ? stepsOf(course, path) : sectionsOf(course.read(path));
      index.searchFields[place] = { document: beginning.text };
    });
  });
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

/** Makes each section of a page a document of its own, so that search finds it. The router gives it no page. */
function addSections(page, sections) {
  for (const { title, anchor, text } of sections) {
    const section = new DocumentReflection(title, page, [{ kind: "text", text }], { anchor });
    page.addChild(section);
    page.project.registerReflection(section, undefined, undefined);
  }
}

/** The steps of a source file, as sections; the first is what stands before them. */
function stepsOf(course, path) {
  const lines = course.read(path).split("\n");
  const sections = [{ title: "", anchor: "", text: "" }];
  for (const { step, first, last } of course.piecesOf(path)) {
    if (step)
      sections.push({
        title: `Step ${step.number} · ${step.title}`,
        anchor: `step-${step.number}`,
        text: "",
      });
    sections.at(-1).text += `${lines.slice(first - 1, last).join("\n")}\n`;
  }
  return sections;
}
