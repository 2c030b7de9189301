// Whoever comes from the search sees what they looked for: unfolded, in sight, and marked.

import { fit, matchesIn, wordsToFind } from "./words.js";

/** What holds a line or a paragraph. */
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, th, td, summary, figcaption, .line, pre, svg text";

const sought = new URLSearchParams(location.search).get("find");
if (sought !== null) forgetSearch();
const words = wordsToFind(sought ?? "");
const block = words.length > 0 && bestBlock(words);
if (block) {
  for (let fold = block.closest("details"); fold; fold = fold.parentElement.closest("details"))
    fold.open = true;
  const [first] = mark(block, words);
  // The browser goes to the heading, at the latest when all is loaded.
  const show = () => (first ?? block).scrollIntoView({ block: "center" });
  show();
  addEventListener("load", show, { once: true });
}

/** A link that is copied from here on leads to the place, and not to what one reader looked for. */
function forgetSearch() {
  try {
    history.replaceState(history.state, "", location.pathname + location.hash);
  } catch {
    // a browser that lets no file change its address
  }
}

/** The innermost block of the section that fits best. */
function bestBlock(words) {
  let best;
  let most = 0;
  for (const block of blocksOfSection()) {
    const fits = fit(block.textContent, words);
    if (fits > most || (fits === most && best?.contains(block))) [best, most] = [block, fits];
  }
  return best;
}

/** The blocks from the heading or the step that the address names to the next. */
function blocksOfSection() {
  const start = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const all = [...document.querySelectorAll(`main :is(${BLOCKS})`)].filter(
    (block) => !block.closest(".to-code"),
  );
  const from = start ? all.findIndex((block) => block === start || start.contains(block)) : 0;
  const next = all.findIndex(
    (block, index) => index > from && block.matches(":is(h1, h2, h3)[id], [id^='step-'] > h2"),
  );
  return all.slice(Math.max(from, 0), next < 0 ? undefined : next);
}

/** Marks the words in a block, and returns the marks. A picture has no place for them. */
function mark(block, words) {
  if (block.closest("svg")) return [];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes.flatMap((node) =>
    matchesIn(node.data, words)
      .reverse() // so that what is still to be marked keeps its place
      .map(({ from, to }) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        const element = document.createElement("mark");
        range.surroundContents(element);
        return element;
      })
      .reverse(),
  );
}
