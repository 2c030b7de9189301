import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ServedFolder, serve } from "../../../docs/serve.ts";

let folder: string;
let served: ServedFolder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "serve-"));
  await mkdir(join(folder, "site/guide"), { recursive: true });
  await mkdir(join(folder, "site-secret"));
  await writeFile(join(folder, "site/index.html"), "<h1>front</h1>");
  await writeFile(join(folder, "site/guide/index.html"), "<h1>guide</h1>");
  await writeFile(join(folder, "site/a b.js"), "1;");
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "site-secret/secret.txt"), "secret");
  served = await serve(join(folder, "site"));
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

/** Asks for exactly this path: fetch and URL would tidy it first. */
function ask(path: string): Promise<{ status: number | undefined; type: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port: new URL(served.url).port, path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode, type: response.headers["content-type"], text }),
      );
    }).on("error", reject);
  });
}

it("a folder's files are served as what they are, and a folder as its index.html", async () => {
  expect(await ask("/")).toEqual({ status: 200, type: "text/html; charset=utf-8", text: "<h1>front</h1>" });
  expect(await ask("/guide/?page#top")).toMatchObject({ status: 200, text: "<h1>guide</h1>" });
  expect(await ask("/a%20b.js")).toMatchObject({ status: 200, type: "text/javascript; charset=utf-8" });
});

it("nothing outside the folder is served, however the path is written", async () => {
  for (const path of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/guide/..%2f..%2fsecret.txt",
    "/../site-secret/secret.txt",
    "/..%2fsite-secret/secret.txt",
    "/..%5csecret.txt",
    "//secret.txt",
    "/nothing",
    "/guide",
    "/%",
    "/%00",
  ]) {
    expect(await ask(path), path).toMatchObject({ status: 404, text: "There is no such page.\n" });
  }
});

it("a folder's 404.html answers for the pages that are not there", async () => {
  const page = join(folder, "site/404.html");
  await writeFile(page, "<h1>nothing here</h1>");
  expect(await ask("/guide/nothing")).toEqual({
    status: 404,
    type: "text/html; charset=utf-8",
    text: "<h1>nothing here</h1>",
  });
  await rm(page);
});
