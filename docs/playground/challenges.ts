/**
 * Three things to bring about with the knives, each of which breaks the naive reader in its own way.
 *
 * @module
 */

import type { Chunk, Outcome } from "./stream.ts";

/** What has to happen to the naive reader. */
interface Challenge {
  /** What it has to do. */
  readonly does: Outcome["does"];
  /** What a person is asked for. */
  readonly title: string;
  /** Whether only a packet with a text behind its struct can bring it about. */
  readonly needsText?: boolean;
}

/** The challenges. The right reader gets every packet in all of them. */
export const CHALLENGES: readonly Challenge[] = [
  { does: "fails", title: "Cut so that the naive reader fails." },
  {
    does: "misreads",
    title: "Cut so that it misreads: it handles something that nobody sent.",
    needsText: true,
  },
  {
    does: "loses",
    title: "Cut so that it loses one: it reads a packet, and drops the next.",
    needsText: true,
  },
];

/**
 * Says which challenges are solved.
 *
 * @param chunks - what both readers make of the chunks
 * @returns what the naive reader does wrong
 */
export function solvedBy(chunks: readonly Chunk[]): Set<Outcome["does"]> {
  const done = new Set(chunks.flatMap(({ naive }) => naive.map(({ does }) => does)));
  // Bytes that are lost after something was misread are the other challenge.
  if (!chunks.some(({ naive: [one, other] }) => one?.does === "reads" && other?.does === "loses"))
    done.delete("loses");
  return done;
}
