import process from "node:process";
import { expect, it } from "vitest";
import { guides, replay } from "../../docs/transcripts.ts";
import { sharded } from "../shard.ts";

// On Windows there is no Ctrl-C to send to a program, and `curl` and the log say some things in other words.
const onUnix = it.skipIf(process.platform === "win32");

// One after another: each runs several sessions at once.
onUnix.sequential.each(sharded(guides()))(
  "what %s shows is what the programs print",
  // On a machine that is busy with something else, programs may start too late for what the guide tells.
  { timeout: 600_000, retry: 2 },
  async (guide) => {
    const report = (await replay(guide)).map(
      ({ line, text, printed, terminal }) =>
        `${guide}:${line + 1} shows\n${text}\nbut ${printed ? `this was printed:\n${printed}` : `the terminal ended with\n${terminal}`}`,
    );
    expect(
      report.join("\n\n"),
      "npx tsx docs/transcripts.ts puts numbers right; words are yours to mend",
    ).toBe("");
  },
);
