// A guide on the wall: one section at a time, in large type, with nothing around it.

const button = document.getElementById("present");
const article = document.querySelector("main article");

/** The sections: each begins with a heading. */
const sections = [];
/** Which one is shown; undefined while nothing is presented. */
let place;
let bar;

button?.addEventListener("click", begin);
document.addEventListener("keydown", (event) => {
  if (place === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  // What has the focus takes its own keys: a button its space bar, a player its arrows.
  if (event.key !== "Escape" && event.target.closest("button, input, select, summary, a, dialog, .player"))
    return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const ACTIONS = {
  ArrowRight: next,
  PageDown: next,
  " ": next,
  ArrowLeft: back,
  PageUp: back,
  a: openAnswer,
  Enter: openAnswer,
  Home: () => show(0),
  End: () => show(sections.length - 1),
  Escape: end,
};

function begin() {
  if (sections.length === 0) {
    for (const child of article.children) {
      if (child.matches(".tools, .answers")) continue;
      if (sections.length === 0 || child.matches("h1, h2, h3")) sections.push([]);
      sections.at(-1).push(child);
    }
  }
  // The section that is being read: the last that begins at the top of the window or above. Or else the first.
  const read = sections.findLastIndex(([heading]) => heading.getBoundingClientRect().top < innerHeight / 4);
  bar = drawBar();
  document.body.append(bar);
  document.documentElement.classList.add("presenting");
  show(Math.max(read, 0));
  document.getElementById("content").focus();
}

function end() {
  document.documentElement.classList.remove("presenting");
  for (const child of article.children) child.classList.remove("on-wall");
  bar.remove();
  const [heading] = sections[place];
  place = undefined;
  heading.scrollIntoView();
  button.focus({ preventScroll: true });
}

function show(index) {
  place = Math.min(Math.max(index, 0), sections.length - 1);
  for (const [number, section] of sections.entries()) {
    for (const child of section) child.classList.toggle("on-wall", number === place);
  }
  bar.querySelector(".place").textContent = `${place + 1} of ${sections.length}`;
  bar.querySelector(".answer").hidden = !sections[place].some((child) => child.matches("details.answer"));
  scrollTo(0, 0);
}

/** A section may be higher than the wall: then the next is what is below. */
function next() {
  const below = document.documentElement.scrollHeight - innerHeight - scrollY;
  if (below > 1) scrollBy(0, innerHeight * 0.8);
  else show(place + 1);
}

function back() {
  if (scrollY > 1) scrollBy(0, -innerHeight * 0.8);
  else show(place - 1);
}

/** Opens the first answer of the section that is still folded; once all are open, folds them. */
function openAnswer() {
  const answers = sections[place].filter((child) => child.matches("details.answer"));
  const folded = answers.find(({ open }) => !open);
  if (!folded) for (const answer of answers) answer.open = false;
  else {
    folded.open = true;
    folded.scrollIntoView({ block: "nearest" });
  }
}

/** The same with a mouse, and the keys. */
function drawBar() {
  const element = document.createElement("div");
  element.className = "wall-bar";
  element.setAttribute("role", "toolbar");
  element.setAttribute("aria-label", "Presentation");
  const add = (words, keys, action, name = "") => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.className = name;
    const key = document.createElement("kbd");
    key.textContent = keys;
    made.append(" ", key);
    made.addEventListener("click", action);
    element.append(made);
  };
  add("Back", "←", back);
  const where = document.createElement("span");
  where.className = "place";
  where.setAttribute("aria-live", "polite");
  element.append(where);
  add("Next", "→", next);
  add("Answer", "A", openAnswer, "answer");
  add("End", "Esc", end);
  return element;
}
