/** `--bytes`: every byte that arrives and leaves, as the network cut it. */

import { describe, expect, test } from "vitest";
import { FakeServer, LESSON_0, LESSON_1, MODES, Peer, startClient, startServer } from "./harness.ts";
import { ask, readAnswer, readTest, request, response, testPacket } from "./packets.ts";

describe.each(MODES)("a server with --bytes, clients as $mode", ({ flags }) => {
  test("shows each request and response, in the pieces in which they came", async () => {
    const server = await startServer(LESSON_1, "--bytes", ...flags);
    const client = await Peer.connect(server.port);
    const sum = request("SUMA", 2, 3);
    client.send(sum.subarray(0, 5));
    await server.line(/5 of 12 bytes of a request$/);
    client.send(sum.subarray(5));
    await readAnswer(client);
    await ask(client, "\x1b[2J", 1, 1);
    await server.line(/^client 1 ← .*response: unknown command, NaN$/);
    expect(server.lines.filter((line) => /[→←]/.test(line))).toEqual([
      "client 1 → 04 00 00 00 │ 02 …                                      5 of 12 bytes of a request",
      "client 1 → … 00 │ 03 00 │ 53 55 4D 41                              the rest: SUMA 2 3",
      "client 1 ← 00 00 00 00 │ 00 00 00 00 00 00 14 40                   response: ok, 5",
      'client 1 → 04 00 00 00 │ 01 00 │ 01 00 │ 1B 5B 32 4A               request: "\\u{1b}[2J" 1 1',
      "client 1 ← 01 00 00 00 │ 00 00 00 00 00 00 F8 7F                   response: unknown command, NaN",
    ]);
    // The words that said the same are left out.
    expect(server.lines.filter((line) => line.startsWith("client 1: "))).toEqual([]);
  });

  test("shows tests and answers", async () => {
    const server = await startServer(LESSON_0, "--bytes", "--interval", "60000", ...flags);
    const client = await Peer.connect(server.port);
    await readTest(client);
    client.send(testPacket(1, 1));
    await server.line(/^client 1 → 01 00 00 00 │ 01 00 00 00 +answer: id 1 sequence 1$/);
    await server.line(/^client 1 ← 01 00 00 00 │ 01 00 00 00 +test: id 1 sequence 1$/);
  });

  test("prints no more than a hundred such lines in a second", async () => {
    const server = await startServer(LESSON_1, "--bytes", ...flags);
    const client = await Peer.connect(server.port);
    client.send(Buffer.concat(Array(1000).fill(request("SUMA", 2, 3))));
    await client.read(12_000);
    await server.line(/^… and \d+ more in this second$/);
    const end = server.lines.findIndex((line) => line.startsWith("… and"));
    expect(server.lines.slice(0, end).filter((line) => /[→←]/.test(line))).toHaveLength(100);
  });
});

test("a client with --bytes shows the same bytes with the same arrows", async () => {
  const server = await FakeServer.start();
  const client = startClient(LESSON_1, server.port, "--bytes", "SUMA", "2", "3");
  const peer = await server.accept();
  await peer.read(12);
  peer.send(response(0, 5));
  expect((await client.exit()).stdout.trimEnd().split("\n")).toEqual([
    "→ 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41                        request: SUMA 2 3",
    "← 00 00 00 00 │ 00 00 00 00 00 00 14 40                            response: ok, 5",
    "5",
  ]);
});

test("a client of lesson 0 with --bytes shows tests and its answers", async () => {
  const server = await FakeServer.start();
  const client = startClient(LESSON_0, server.port, "--bytes");
  const peer = await server.accept();
  peer.send(testPacket(3, 1));
  await client.line(/^← 03 00 00 00 │ 01 00 00 00 +test: id 3 sequence 1$/);
  await client.line(/^→ 03 00 00 00 │ 01 00 00 00 +answer: id 3 sequence 1$/);
});
