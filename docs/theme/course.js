// What the site is made of, read from the tree and from its guides: there is no other list of lessons.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { annotate } from "./annotate.js";
import { Slugger } from "./slugger.js";

/**
 * @typedef {object} Lesson
 * @property {number} number
 * @property {string} folder e.g. `lessons/0_simple_test_packets`
 * @property {string} guide the path of its guide
 * @property {string} exercises the path of the guide to its exercises
 * @property {string[]} programs the paths of its programs, in the order in which the guide mentions them
 * @property {string[]} stubs the paths of its exercises
 * @property {Map<number, Step>} steps its steps, in the code
 */

/**
 * @typedef {object} Step
 * @property {string} path the program that it is in
 * @property {number} first the number of its first line
 * @property {number} code the number of its first line of code
 * @property {number} last the number of its last line
 */

/**
 * A part of a text, from a heading to the next.
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {string} anchor
 * @property {string} text all of it, as Markdown
 */

/** The course: its lessons, and in which order its pages are read. */
export class Course {
  /** @type {Lesson[]} */
  lessons;
  /** The paths of the modules that lessons share. */
  modules;
  /** The paths of the pages besides the lessons that the README and the guides link to, in the order of those links. */
  articles;

  #pieces = new Map();

  constructor(root) {
    this.root = root;
    const isLesson = /^(\d+)_/;
    this.lessons = readdirSync(join(root, "lessons"))
      .filter((name) => isLesson.test(name) && existsSync(join(root, "lessons", name, "README.md")))
      .map((name) => this.#readLesson(`lessons/${name}`, Number(isLesson.exec(name)[1])))
      .sort((one, other) => one.number - other.number);
    this.modules = this.#sources("src");
    const starts = ["README.md", ...this.lessons.map(({ guide }) => guide)];
    const links = starts.flatMap((path) => linksIn(this.read(path), path));
    this.articles = [...new Set(links)].filter(
      (path) => path.endsWith(".md") && !path.startsWith("lessons/"),
    );
  }

  #readLesson(folder, number) {
    const guide = `${folder}/README.md`;
    const order = linksIn(this.read(guide), guide);
    const place = (path) => (order.includes(path) ? order.indexOf(path) : order.length);
    const programs = [...this.#sources(folder, false), ...this.#sources(`${folder}/steps`, false)];
    const steps = new Map();
    for (const path of programs) {
      let current;
      for (const { step, first, code, last } of this.piecesOf(path)) {
        if (step) {
          current = { path, first, code, last };
          steps.set(step.number, current);
        } else if (current) {
          current.last = last;
        }
      }
    }
    return {
      number,
      folder,
      guide,
      exercises: `${folder}/exercises/README.md`,
      programs: programs.sort((one, other) => place(one) - place(other)),
      stubs: this.#sources(`${folder}/exercises`, false),
      steps,
    };
  }

  /** The paths of the source files in a folder. */
  #sources(folder, recursive = true) {
    if (!existsSync(join(this.root, folder))) return [];
    return readdirSync(join(this.root, folder), { recursive })
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .filter((path) => path.endsWith(".ts"))
      .sort();
  }

  /** The text of a file. */
  read(path) {
    return readFileSync(join(this.root, path), "utf8").replaceAll("\r\n", "\n");
  }

  /** The pieces of a source file. Several places need them, so a file is split only once. */
  piecesOf(path) {
    if (!this.#pieces.has(path)) this.#pieces.set(path, annotate(this.read(path)));
    return this.#pieces.get(path);
  }

  /** The lesson that a file is in, if it is in one. */
  lessonOf(path) {
    return this.lessons.find(({ folder }) => path.startsWith(`${folder}/`));
  }

  /** All source files that have a page. */
  get sources() {
    return [...this.lessons.flatMap(({ programs, stubs }) => [...programs, ...stubs]), ...this.modules];
  }

  /** The lines of reading that a page may be in: the course, the programs of a lesson, its exercises, the modules. */
  get lines() {
    const course = this.lessons.flatMap(({ guide, exercises }) => [guide, exercises]);
    return [
      ["README.md", ...course, ...this.articles],
      ...this.lessons.flatMap(({ programs, stubs }) => [programs, stubs]),
      this.modules,
    ];
  }

  /** The anchor of a heading in a guide. */
  anchorOf(path, title) {
    return sectionsOf(this.read(path)).find((section) => section.title === title)?.anchor ?? "";
  }

  /** Where a source file is explained: in the guide to its first step, or else where a text first links to it. */
  explanationOf(path) {
    const [step] = [...(this.lessonOf(path)?.steps ?? [])]
      .filter(([, place]) => place.path === path)
      .map(([number]) => `Step ${number} ·`);
    const guides = this.lessons.flatMap(({ guide, exercises }) => [guide, exercises]);
    for (const text of [...guides, ...this.articles]) {
      if (!existsSync(join(this.root, text))) continue;
      const section = sectionsOf(this.read(text)).find(({ title, text: words }) =>
        step
          ? text === this.lessonOf(path).guide && title.startsWith(step)
          : linksIn(words, text).includes(path),
      );
      if (section) return { guide: text, ...section };
    }
    return undefined;
  }
}

/** The paths of the files that a Markdown text links to, in its order. */
function linksIn(text, path) {
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target]) =>
    posix.join(posix.dirname(path), target),
  );
}

/**
 * Takes a Markdown text apart at its headings.
 *
 * @param {string} text
 * @returns {Section[]} its sections; the first is that of the title
 */
export function sectionsOf(text) {
  const slugger = new Slugger();
  const sections = [];
  let isInFence = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) isInFence = !isInFence;
    const heading = isInFence ? null : /^#{1,6} (.+)$/.exec(line);
    // TypeDoc leaves code out of an anchor.
    if (heading) {
      const anchor = slugger.slug(
        heading[1].replace(/`[^`]*`/g, "").replace(/[*_]{1,2}(\S[^*_]*)[*_]{1,2}/g, "$1"),
      );
      sections.push({ title: heading[1].replaceAll("`", ""), anchor, text: "" });
    }
    if (sections.length > 0) sections.at(-1).text += `${line}\n`;
  }
  return sections;
}
