// What this browser remembers of the reading: which guides are done, and where the reader was. Nothing is sent.

/** Under which name it is kept, on this site alone. */
const NAME = "course-reading";

const base = new URL(document.documentElement.dataset.base, location.href).href;
/** The path of a page in the site. A server may leave out the name of an index. */
const pathOf = (url) =>
  url
    .split(/[?#]/)[0]
    .slice(base.length)
    .replace(/(^|\/)$/, "$1index.html");
const here = pathOf(location.href);

function read() {
  try {
    return { done: [], ...JSON.parse(localStorage.getItem(NAME)) };
  } catch {
    return { done: [] }; // a browser that keeps nothing, or something else by that name
  }
}

function change(part) {
  try {
    localStorage.setItem(NAME, JSON.stringify({ ...read(), ...part }));
  } catch {
    // a browser that keeps nothing
  }
}

const box = document.getElementById("done");
if (box) {
  box.checked = read().done.includes(here);
  box.addEventListener("change", () => {
    const others = read().done.filter((path) => path !== here);
    change({ done: box.checked ? [...others, here] : others });
    markDone();
  });
}

/** Puts a tick beside each guide that is done. */
function markDone() {
  const { done } = read();
  for (const link of document.querySelectorAll("#contents a")) {
    const isDone = !link.hash && done.includes(pathOf(link.href));
    link.classList.toggle("is-done", isDone);
    if (isDone) link.title = "done";
    else link.removeAttribute("title");
  }
}
markDone();

// In a lesson, remember the page and the heading that is being read; on the landing page, lead there.
if (box) {
  const headings = [...document.querySelectorAll("main :is(h1, h2, h3)[id]")];
  const remember = () => {
    const heading =
      headings.findLast((each) => each.getBoundingClientRect().top < innerHeight / 2) ?? headings[0];
    change({
      last: {
        path: here,
        anchor: heading?.id,
        title: headings[0]?.textContent,
        section: heading?.textContent,
      },
    });
  };
  addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", () => document.hidden && remember());
}

const goOn = document.getElementById("go-on");
const { last } = read();
if (goOn && last) {
  const link = goOn.querySelector("a");
  link.href = `${base}${last.path}${last.anchor ? `#${encodeURIComponent(last.anchor)}` : ""}`;
  link.textContent = last.section === last.title ? last.title : `${last.title}, “${last.section}”`;
  goOn.hidden = false;
}
