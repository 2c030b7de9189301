/**
 * A share of the cases, for machines that have no hour: `SHARD=2/3 npm run test:long` runs the second third of them.
 *
 * @module
 */

import process from "node:process";

const [index = 1, count = 1] = (process.env["SHARD"] ?? "1/1").split("/").map(Number);
if (!(index >= 1 && index <= count)) throw new Error("SHARD is, for example, 2/3");

/**
 * Takes this run's share of the cases. Neighbours, which are often alike, go to different shards.
 *
 * @param cases - all of them
 * @returns those of the shard; all of them without `SHARD`
 */
export function sharded<T>(cases: readonly T[]): T[] {
  return cases.filter((_, position) => position % count === index - 1);
}
