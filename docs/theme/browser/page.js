// What every page does besides the search: its navigation, its boxes that scroll, copying and the colours.

// Readers without a mouse scroll a box with the arrow keys, so it must be focusable. A box that needn't scroll is left
// out. (A player's screen is always focusable, because it fills while it plays.)
function letScrollersBeFocused() {
  for (const box of document.querySelectorAll("pre:not(.player pre), .table, .picture, .tsd-signature")) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
letScrollersBeFocused();
addEventListener("resize", letScrollersBeFocused);
// Folded content has no width until it is opened.
document.addEventListener("toggle", letScrollersBeFocused, true);

const contents = document.getElementById("contents");

// In a long navigation, where you are may be out of sight.
function showWhereYouAre() {
  const here = contents.querySelector('[aria-current="page"]');
  if (here) contents.scrollTop = here.offsetTop - contents.clientHeight / 3;
}
showWhereYouAre();
contents.addEventListener("toggle", showWhereYouAre);

// A link to a heading of this page does not load a new page, so the navigation that covers it must close.
contents.addEventListener("click", ({ target }) => {
  if (target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
});

// Marks the heading that is being read: the last one above the middle of the window.
const links = [...contents.querySelectorAll(".headings a")];
const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
function markHeading() {
  const above = headings.filter(
    (heading) => heading && heading.getBoundingClientRect().top < innerHeight / 2,
  );
  const current = headings.indexOf(above.at(-1));
  for (const [index, link] of links.entries()) {
    if (index === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}
if (links.length > 0) {
  markHeading();
  addEventListener("scroll", markHeading, { passive: true });
}

// Light or dark, as chosen: theme_choice.js reads it again on the next page.
const theme = document.getElementById("theme");
theme.value = document.documentElement.dataset.theme;
theme.addEventListener("change", () => {
  document.documentElement.dataset.theme = theme.value;
  try {
    localStorage.setItem("tsd-theme", theme.value);
  } catch {
    // a browser that keeps nothing
  }
});

// Each button in a piece of code copies the code.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("pre > button");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  // Numbered lines are blocks that end in a line break too; other code breaks its lines with <br>.
  const text = code.querySelector(".line") ? code.textContent : code.innerText;
  const say = (words) => {
    button.textContent = words;
    setTimeout(() => (button.textContent = "Copy"), 1000);
  };
  navigator.clipboard.writeText(text.trimEnd()).then(
    () => say("Copied"),
    () => say("Not allowed"),
  );
});
