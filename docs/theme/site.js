// What the pages do in a browser, besides what TypeDoc's own script does: search, copying and the colours.

// Whoever has no mouse scrolls with the arrow keys, in a box that can be focused. One that need not scroll is left out.
function letScrollersBeFocused() {
  for (const box of document.querySelectorAll("pre, .table, .scroll, .tsd-signature")) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
letScrollersBeFocused();
addEventListener("resize", letScrollersBeFocused);
// What is folded has no width until it is opened.
document.addEventListener("toggle", letScrollersBeFocused, true);

const contents = document.getElementById("contents");

// In a long navigation, where you are may be out of sight.
function showWhereYouAre() {
  const here = contents.querySelector('[aria-current="page"]');
  if (here) contents.scrollTop = here.offsetTop - contents.clientHeight / 3;
}
showWhereYouAre();
contents.addEventListener("toggle", showWhereYouAre);

// A link to a heading of this page does not load another: the navigation that lies above it must go.
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
