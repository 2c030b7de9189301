/**
 * What every page of the site must be, whatever it is about: usable by everyone, and no wider than the screen.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core reports about one rule, as far as it is used here. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
}

/**
 * What axe, a judge of accessibility, calls serious or critical.
 *
 * @param page - a page as it looks now
 * @param rules - the rules to judge by, e.g. `color-contrast`; all of them if there are none
 * @returns one text for each place of the page; empty where all is well
 */
export async function barriers(page: Page, ...rules: string[]): Promise<string[]> {
  // What a colour is on its way to is what counts, not what it passes through.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(AXE);
  const options = JSON.stringify(rules.length > 0 ? { runOnly: rules } : {});
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as { violations: Violation[] };
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target.join(" ")}) ${failureSummary}`),
    );
}

/**
 * What stands out of the page to the right. A box that scrolls by itself may hold something wide.
 *
 * @param page - a page as it looks now
 * @returns how many pixels the page can be scrolled sideways, and what sticks out; empty where all is well
 */
export async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return [`${scrollWidth - clientWidth} pixels too wide`, ...wide];
  });
}
