import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { SITE } from "../browser.ts";
import { filesOf, pages, readLinks, searchRows } from "../files.ts";

const files = new Set(filesOf(SITE));
const links = new Map([...pages(), "assets/icons.svg"].map((path) => [path, readLinks(path)]));

/** Why a link of a page leads nowhere; undefined if it leads somewhere. */
function fault(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path));
  if (!files.has(file)) return `${page} → ${target}: there is no such file`;
  const ids = links.get(file)?.ids;
  if (anchor && !ids?.has(decodeURIComponent(anchor))) return `${page} → ${target}: there is no such anchor`;
  return undefined;
}

test("every link of every page leads to a page and an anchor that exist", () => {
  const faults = [...links].flatMap(([page, { targets }]) =>
    targets.filter((target) => !/^(https?|data):/.test(target)).map((target) => fault(page, target)),
  );
  expect(faults.filter(Boolean)).toEqual([]);
  expect(links.size).toBeGreaterThan(100);
});

test("whatever the search finds exists", () => {
  const rows = searchRows();
  expect(rows.map(({ url }) => fault("index.html", url)).filter(Boolean)).toEqual([]);
  expect(rows.length).toBeGreaterThan(200);
});

test("no page has a script or a style of its own, which the policy forbids", () => {
  const broken = pages().filter((path) => {
    const html = readFileSync(join(SITE, path), "utf8");
    return /<script(?![^>]* (data-)?src=)|<style|<[a-z][^>]* (style|on[a-z]+)=/.test(html);
  });
  expect(broken).toEqual([]);
});
