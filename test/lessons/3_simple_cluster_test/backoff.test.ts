import { expect, test } from "vitest";
import { Backoff } from "../../../lessons/3_simple_cluster_test/backoff.ts";

/** Waits that draw this number from 0 to 1 each time. */
const drawing = (drawn: number) => new Backoff(100, 1000, () => drawn);

const next = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

test("each wait is twice as long as the one before, up to the longest", () => {
  expect(next(drawing(1), 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test("a wait is a random time between half of it and all of it", () => {
  expect(next(drawing(0), 5)).toEqual([50, 100, 200, 400, 500]);
  expect(next(drawing(0.5), 2)).toEqual([75, 150]);
  expect(new Set(next(new Backoff(100, 100), 20)).size).toBeGreaterThan(10);
});

test("after a success the waits are short again", () => {
  const backoff = drawing(1);
  next(backoff, 3);
  backoff.reset();
  expect(next(backoff, 2)).toEqual([100, 200]);
});
