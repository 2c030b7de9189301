import { describe, expect, test } from "vitest";
import {
  clientCommand,
  closedPort,
  HAS_SIGNALS,
  LESSON_3,
  type Peer,
  Program,
  startClient,
  twoServers,
} from "../harness.ts";
import { position } from "../packets.ts";

/** Starts a client that knows two servers, and waits until it has connected to one of them. */
async function startBetween(
  ...flags: string[]
): Promise<{ client: Program; first: Peer; other: Promise<Peer> }> {
  const { addresses, accepted } = await twoServers();
  const client = new Program(clientCommand(LESSON_3, "--servers", addresses, ...flags));
  return { client, ...(await accepted) };
}

/** The server goes, and reads what the client has sent before it noticed: its last places. */
async function leave(peer: Peer): Promise<Buffer> {
  peer.end();
  return peer.rest();
}

describe("lesson 3's client", () => {
  test("goes to another server when its own is lost, and walks on from where it was", async () => {
    const { client, first, other } = await startBetween("--interval", "50");
    first.send(position(7, 40, 5));
    await client.line(/^connected to 127\.0\.0\.1:\d+ as client 7, at 40 5$/);
    const sent = Buffer.concat([await first.read(12), await leave(first)]);
    await client.line(/^lost 127\.0\.0\.1:\d+: the peer closed the connection; trying again in 0\.[2-5] s$/);

    const second = await other;
    second.send(position(9, 1, 1));
    const last = sent.subarray(-4);
    expect((await second.read(4)).equals(last)).toBe(true);
    const where = `${last.readInt16LE(0)} ${last.readInt16LE(2)}`;
    await client.line(new RegExp(`^connected to 127\\.0\\.0\\.1:\\d+ as client 9, at ${where}$`));
    second.send(position(9, 2, 2));
    await client.line(/^client 9 is at 2 2, that is me$/);
    const next = await second.read(4);
    expect(Math.abs(next.readInt16LE(0) - last.readInt16LE(0))).toBeLessThanOrEqual(1);
    if (HAS_SIGNALS) await client.stops("SIGINT");
  });

  test("a server that says nothing is lost, too", async () => {
    const { client, other } = await startBetween("--timeout", "300");
    (await other).send(position(9, 1, 1));
    await client.line(/^lost .*: timed out after 0 of 8 bytes.*; trying again in/);
    await client.line(/as client 9, at 1 1$/);
  });

  test("--count counts the moves on all its servers, and then it ends with 0", async () => {
    const { client, first, other } = await startBetween("--interval", "100", "--count", "5");
    first.send(position(7, 40, 5));
    const before = Buffer.concat([await first.read(8), await leave(first)]).length / 4;
    const second = await other;
    second.send(position(9, 1, 1));
    // The place that it takes on its new server is no move.
    expect(await second.rest()).toHaveLength(4 * (1 + 5 - before));
    second.end();
    expect((await client.exit()).code).toBe(0);
  });

  test("waits twice as long each time, not always as long as others, and Ctrl-C ends a wait", async () => {
    const client = startClient(LESSON_3, await closedPort());
    const waits = await client.when("three waits", () => {
      const found = client.lines.map((line) => /^lost .*; trying again in (.*) s$/.exec(line)?.[1]);
      return found.length >= 3 ? found.map(Number) : undefined;
    });
    for (const [index, longest] of [0.5, 1, 2].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(Math.floor(5 * longest) / 10);
      expect(waits[index]).toBeLessThanOrEqual(longest);
    }
    if (HAS_SIGNALS) await client.stops("SIGINT");
  });

  test.each([
    ["", '--servers needs HOST:PORT, or several with commas between them, not ""'],
    ["127.0.0.1", '--servers needs HOST:PORT, or several with commas between them, not "127.0.0.1"'],
    ["127.0.0.1:9003,", '--servers needs HOST:PORT, or several with commas between them, not ""'],
    ["127.0.0.1:0", 'the port of --servers must be a whole number from 1 to 65535, not "0"'],
    ["a:1,b:65536", 'the port of --servers must be a whole number from 1 to 65535, not "65536"'],
  ])("refuses --servers %j: one line, then usage, exit 2", async (servers, says) => {
    const { code, stdout, stderr } = await new Program(
      clientCommand(LESSON_3, `--servers=${servers}`),
    ).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const [first, ...rest] = stderr.split("\n");
    expect(first).toBe(says);
    expect(rest[0]).toMatch(/^usage: /);
  });
});
