// The navigation: the course in its order, where you are in it, what is beside it, and the API behind it. And at the
// foot of a page: the one before it and the one after it.

import { PageKind, ReflectionKind } from "typedoc";
import { h } from "./jsx.js";

/** The navigation of a page. */
export function contents(context) {
  const { course } = context;
  return [
    h(
      "ul",
      null,
      item(context, "README.md"),
      course.lessons.map((lesson) => aboutLesson(context, lesson)),
    ),
    h("p", { class: "part" }, "Beside the course"),
    h(
      "ul",
      null,
      context.hasPlayground &&
        h("li", null, h("a", { href: context.relativeURL("playground/index.html") }, "Playground for bytes")),
      course.articles.filter(context.hasPage).map((path) => item(context, path)),
    ),
    h("p", { class: "part" }, "What the lessons share"),
    h("ul", null, aboutApi(context), aboutModules(context)),
  ];
}

/** A page in the navigation. The page that you are at shows its headings as well. */
function item(context, path, label = context.titleOf(path)) {
  const isHere = path === context.path;
  return h("li", null, link(context.urlOf(path), label, isHere), isHere && headings(context));
}

function link(href, label, isHere) {
  return h("a", { href, "aria-current": isHere ? "page" : undefined }, label);
}

/** Files below a folder. */
function files(context, folder, paths) {
  const label = (path) => breakable(path.slice(folder.length + 1));
  return h(
    "ul",
    { class: "files" },
    paths.map((path) => item(context, path, label(path))),
  );
}

/** A lesson: its guide, and while you are in it, also its programs and exercises. */
function aboutLesson(context, { guide, folder, programs, exercises, stubs }) {
  const { path } = context;
  const isHere = path?.startsWith(`${folder}/`);
  const areExercises = path === exercises || stubs.includes(path);
  return [
    item(context, guide),
    isHere && h("li", null, h("p", { class: "group" }, "Code"), files(context, folder, programs)),
    isHere &&
      context.hasPage(exercises) &&
      h(
        "li",
        null,
        h("p", { class: "group" }, "Exercises"),
        h("ul", null, item(context, exercises)),
        areExercises && files(context, `${folder}/exercises`, stubs),
      ),
  ];
}

function aboutApi(context) {
  const { model, page, router } = context;
  const isHere = page.pageKind === PageKind.Reflection;
  let module = isHere ? model : undefined;
  while (module && !module.kindOf(ReflectionKind.Module)) module = module.parent;
  const pagesIn = ({ children = [] }) => children.filter((child) => router.hasOwnDocument(child));
  const linkTo = (reflection, label) =>
    link(context.urlTo(reflection), label, isHere && reflection === model);
  return h(
    "li",
    null,
    linkTo(page.project, "API of src/"),
    isHere &&
      h(
        "ul",
        { class: "files" },
        pagesIn(page.project).map((each) => {
          const members = each === module ? pagesIn(each) : [];
          const list = h(
            "ul",
            null,
            members.map((member) => h("li", null, linkTo(member, member.name))),
          );
          return h("li", null, linkTo(each, each.name), members.length > 0 && list);
        }),
      ),
  );
}

function aboutModules(context) {
  const { modules } = context.course;
  const isHere = modules.includes(context.path);
  const first = h("a", { href: context.urlOf(modules[0]) }, "Source of src/");
  return h("li", null, first, isHere && files(context, "src", modules));
}

/** The headings of the page. */
function headings(context) {
  const found = context.page.pageHeadings.filter(({ level }) => level === 2 || level === 3);
  if (found.length === 0) return null;
  return h(
    "ul",
    { class: "headings" },
    found.map(({ link: href, text, level }) => h("li", { class: `level-${level}` }, h("a", { href }, text))),
  );
}

/** A name that may be broken where its words end. */
function breakable(name) {
  return name.split(/(?<=[_/])/).flatMap((part) => [part, h("wbr", null)]);
}

/** The page before this one and the page after it. */
export function neighbours(context) {
  const lines = context.course.lines.map((paths) => paths.filter(context.hasPage));
  const line = lines.find((paths) => paths.includes(context.path));
  if (!line) return null;
  const place = line.indexOf(context.path);
  return h(
    "nav",
    { class: "neighbours", "aria-label": "Previous and next" },
    neighbour(context, line[place - 1], "prev", "Previous"),
    neighbour(context, line[place + 1], "next", "Next"),
  );
}

function neighbour(context, path, rel, label) {
  if (!path) return null;
  const words = [h("span", null, label), " ", h("b", null, context.titleOf(path))];
  return h("a", { href: context.urlOf(path), rel, class: rel }, words);
}
