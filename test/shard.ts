/**
 * A share of the cases of a slow suite: `SHARD=2/4 npm run test:long` runs the second quarter of them.
 *
 * @module
 */

import process from "node:process";

const [index = 1, count = 1] = (process.env["SHARD"] ?? "1/1").split("/").map(Number);
if (!(index >= 1 && index <= count)) throw new Error("SHARD is, for example, 2/4");

/**
 * Takes this run's share of the cases. Neighbours, which are often alike, go to different shards.
 *
 * @param cases - all of them
 * @param turn - another shard's share for each turn, if the same cases have several
 * @returns those of the shard; all of them without `SHARD`
 */
export function sharded<T>(cases: readonly T[], turn = 0): T[] {
  return cases.filter((_, position) => (position + turn) % count === index - 1);
}
