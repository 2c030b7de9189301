// What the pages do in a browser, besides what TypeDoc's own script does: search, copying and the colours.

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

const field = document.getElementById("tsd-search-input");
const results = document.getElementById("tsd-search-results");

// The search index loads when somebody searches, and not on every page. Readers who have typed already needn't type
// again.
const index = document.getElementById("tsd-search-script");
const status = document.getElementById("tsd-search-status");
field.addEventListener("focus", () => (index.src = index.dataset.src), { once: true });
new MutationObserver((_, observer) => {
  observer.disconnect();
  field.dispatchEvent(new Event("input"));
}).observe(status, { childList: true });

// TypeDoc's results are options that hold links. An option cannot hold anything that can be chosen by itself: it becomes
// the link.
new MutationObserver(() => {
  for (const link of results.querySelectorAll("a[href]")) {
    link.parentElement.dataset.href = link.href;
    link.removeAttribute("href");
    link.removeAttribute("tabindex");
  }
}).observe(results, { childList: true });
results.addEventListener("click", (event) => {
  const { href } = event.target.closest("li").dataset;
  if (event.ctrlKey || event.metaKey) open(href);
  else location.assign(href);
});
