import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fromAddress } from "../../../docs/playground/address.ts";
import { SITE } from "../browser.ts";
import { filesOf, pages, readLinks, searchData } from "../files.ts";

const files = new Set(filesOf(SITE));
const links = new Map(pages().map((path) => [path, readLinks(path)]));

const PLAYGROUND = "playground/index.html";

/** Why a link of a page leads nowhere; undefined if it leads somewhere. */
function fault(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  // Only the page for what is not there has links from the root.
  const from = path.startsWith("/") ? "" : posix.dirname(page);
  const file = path === "" ? page : posix.normalize(posix.join(from, path.replace(/^\//, "")));
  if (!files.has(file)) return `${page} → ${target}: there is no such file`;
  if (file === PLAYGROUND && anchor) return void fromAddress(`#${anchor}`); // it throws where the page would complain
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
  const found = searchData();
  expect(found.map(({ url }) => fault("index.html", url)).filter(Boolean)).toEqual([]);
  expect(found.length).toBeGreaterThan(200);
});

test("the links of the texts work on a code host too, anchors included", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const texts = ["README.md", "CONTRIBUTING.md"];
  for (const folder of ["docs", "lessons"]) {
    const inside = filesOf(join(root, folder)).filter((path) => path.endsWith(".md"));
    texts.push(...inside.map((path) => `${folder}/${path}`));
  }
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const anchors = (path: string) =>
    [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
        .replaceAll(" ", "-"),
    );
  const faults = texts.flatMap((text) =>
    [...read(text).matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)]
      .map(([, target, anchor]) => ({
        path: target ? posix.join(posix.dirname(text), target) : text,
        anchor,
      }))
      .filter(
        ({ path, anchor }) =>
          !existsSync(join(root, path)) ||
          (anchor && !path.endsWith(PLAYGROUND) && !anchors(path).includes(anchor)),
      )
      .map(({ path, anchor }) => `${text} → ${path}#${anchor}`),
  );
  expect(faults).toEqual([]);
  expect(texts.length).toBeGreaterThan(8);
});

test("no page has a script or a style of its own, which the policy forbids", () => {
  const broken = pages().filter((path) => {
    const html = readFileSync(join(SITE, path), "utf8");
    return /<script(?![^>]* (data-)?src=)|<style|<[a-z][^>]* (style|on[a-z]+)=/.test(html);
  });
  expect(broken).toEqual([]);
});
