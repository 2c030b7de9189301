/** The saved picture of a connection: words in, shapes out, and a stranger's bytes are text. */

import { expect, test } from "vitest";
import type { DrawnEvent } from "../../lessons/network/journal.ts";
import { drawStory } from "../../lessons/network/picture.ts";

const came: DrawnEvent = {
  number: 1,
  at: 1234,
  is: "came",
  way: "to-server",
  size: 2,
  pieces: [{ parts: [{ text: "04 00", colour: "cyan" }], meaning: "2 of 12 bytes of a request" }],
  more: 0,
};
const heightOf = (svg: string): number => Number(/viewBox="0 0 \d+ (\d+)/.exec(svg)?.[1]);

test("shows the time, the bytes and what they mean", () => {
  const svg = drawStory("client 1", [came]);
  expect(svg).toMatch(/^<svg /);
  for (const text of ["client 1", "1.23 s", "04 00", "2 of 12 bytes of a request", "server"]) {
    expect(svg).toContain(text);
  }
});

test("grows with what happened, and says how much it leaves out", () => {
  const two = drawStory("", [came, { ...came, number: 2, more: 3 }]);
  expect(heightOf(two)).toBeGreaterThan(heightOf(drawStory("", [came])));
  expect(two).toContain("… and 3 more packets");
});

test("what was thrown away says so", () => {
  const lost: DrawnEvent = { number: 1, at: 0, is: "thrown away", way: "to-client", size: 7 };
  expect(drawStory("", [lost])).toContain("7 bytes thrown away");
  expect(drawStory("", [{ ...lost, size: 0, text: "FIN" }])).toContain("FIN thrown away");
});

test("draws what came on the sender's side of you, and what left on the other", () => {
  const places = (is: "came" | "left", way: "to-server" | "to-client") =>
    drawStory("", [{ number: 1, at: 0, is, way, size: 0, text: "FIN" }]);
  expect(places("came", "to-server")).not.toBe(places("left", "to-server"));
  expect(places("came", "to-server")).not.toBe(places("left", "to-client"));
});

test("a stranger's text is text", () => {
  const svg = drawStory("", [{ number: 1, at: 0, is: "note", text: "<script>alert(1)</script>" }]);
  expect(svg).not.toContain("<script");
  expect(svg).toContain("&lt;script");
});
