/** What the pictures of conversations and of buffers show is what happens: each is had again. */

import process from "node:process";
import { expect, test } from "vitest";
import { BUFFER_RUNS, measure } from "../../docs/pictures/buffer_runs.ts";
import type { Event } from "../../docs/pictures/conversation.ts";
import { LESSONS_WITH_PICTURES, record } from "../../docs/pictures/conversations.ts";
import { readConversation } from "../../docs/pictures/draw.ts";
import { sharded } from "../shard.ts";

/** What each side did to each client, in its order: without the times, and how much there was of what is counted. */
function shape(events: readonly Event[]): Record<string, string[]> {
  const lanes: Record<string, string[]> = {};
  for (const event of events) {
    const from = event.is === "connect" ? "client" : event.from;
    const what = event.is === "note" ? event.text : event.is === "bytes" ? event.hex : event.is;
    const lane = `${from} ${event.client}`;
    lanes[lane] = [...(lanes[lane] ?? []), what];
  }
  return lanes;
}

const CONVERSATIONS = LESSONS_WITH_PICTURES.flatMap((lesson) =>
  Object.keys(lesson.conversations).map((name) => ({ lesson, folder: lesson.folder, name })),
);

// One after the other: a burst keeps the recorder busy, and what else is said meanwhile would be late.
test.each(sharded(CONVERSATIONS))("$folder: $name", async ({ lesson, folder, name }) => {
  const { title, events } = readConversation(Number.parseInt(folder, 10), name);
  const now = await record(lesson, name);
  expect(now.title).toBe(title);
  expect(shape(now.events)).toEqual(shape(events));
});

// Only Linux tells how much it holds. How much that is depends on the system, and how far back the bytes pile up on how
// busy it is. But what nobody reads fills every buffer in front of the reader.
test.runIf(process.platform === "linux").each(Object.entries(BUFFER_RUNS))(
  "%s: every buffer is empty at first, and those in front of the client that does not read fill",
  async (_name, run) => {
    const { containers, moments } = await measure(run);
    expect(moments[0]?.bytes.filter((bytes) => bytes > 100)).toEqual([]);
    for (const [column, { bytes }] of containers.entries()) {
      if (bytes === containers.at(-1)?.bytes) expect(moments.at(-1)?.bytes[column]).toBeGreaterThan(1000);
    }
  },
  300_000, // a busy machine takes two minutes to fill those of lesson 2
);
