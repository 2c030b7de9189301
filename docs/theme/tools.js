// What a guide has besides its text: a row of tools below its title, and on paper its answers at the end.

import { h } from "./jsx.js";

/** How fast a text about new things is read, in words a minute. */
const READING = 200;
/** How long it takes to run a command and look at what it prints, and to find an answer, in minutes. */
const COMMAND = 0.5;
const ANSWER = 1;

/** An answer that is folded: TypeDoc passes on what the guide says. */
const FOLDED = /<details><summary>(Answers?)<\/summary>/g;

/**
 * The tools of a text. Without scripts they do nothing, and the style hides them.
 *
 * @param context - the context of its page
 * @param {string} html the text
 */
export function toolsOf({ course, path }, html) {
  const lesson = course.lessonOf(path);
  return h(
    "div",
    { class: "tools" },
    path === lesson?.guide && h("span", { class: "time" }, `About ${minutesFor(html)} minutes`),
    h("button", { type: "button", id: "present" }, "Present"),
    html.search(FOLDED) >= 0 && h("button", { type: "button", id: "open-answers" }, "Open all answers"),
    h("button", { type: "button", id: "print" }, "Print"),
    lesson && h("label", { class: "done" }, h("input", { type: "checkbox", id: "done" }), "Done"),
  );
}

/** How long a guide takes with everything tried out, in steps of ten minutes. */
function minutesFor(html) {
  const prose = html.replace(/<(pre|svg)\b.*?<\/\1>/gs, "").replace(/<[^>]+>/g, "");
  const words = prose.split(/\s+/).length;
  const commands = html.split('<pre class="command">').length - 1;
  const answers = [...html.matchAll(FOLDED)].length;
  return Math.max(10, Math.round((words / READING + commands * COMMAND + answers * ANSWER) / 10) * 10);
}

/**
 * Numbers the answers of a guide. On paper they stand at the end, where the style moves them, and each leaves a line
 * in its place that says so.
 *
 * @param {string} html the guide
 */
export function withAnswers(html) {
  let count = 0;
  const numbered = html.replace(FOLDED, (_, label) => {
    count++;
    const note = `<p class="on-paper">${label} ${count}: see the end.</p>`;
    return `${note}\n<details class="answer"><summary>${label}<span class="on-paper"> ${count}</span></summary>`;
  });
  return count === 0 ? html : `${numbered}<h2 class="on-paper answers">Answers</h2>\n`;
}
