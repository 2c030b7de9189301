import { afterEach, expect, test, vi } from "vitest";
import { Backoff } from "../../../lessons/3_simple_cluster_test/backoff.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The next waits, if each of them draws this number from 0 to 1. */
function waits(backoff: Backoff, drawn: number, count: number): number[] {
  vi.spyOn(Math, "random").mockReturnValue(drawn);
  return Array.from({ length: count }, () => backoff.next());
}

test("each wait is twice as long as the one before, up to the longest", () => {
  expect(waits(new Backoff(100, 1000), 1, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test("a wait is a random time between half of it and all of it", () => {
  expect(waits(new Backoff(100, 1000), 0, 5)).toEqual([50, 100, 200, 400, 500]);
  expect(waits(new Backoff(100, 1000), 0.5, 2)).toEqual([75, 150]);
});

test("after a success the waits are short again", () => {
  const backoff = new Backoff(100, 1000);
  waits(backoff, 1, 3);
  backoff.reset();
  expect(waits(backoff, 1, 2)).toEqual([100, 200]);
});
