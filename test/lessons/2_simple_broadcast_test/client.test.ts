import { describe, expect, test } from "vitest";
import { closedPort, FakeServer, HAS_SIGNALS, LESSON_2, type Peer, startClient } from "../harness.ts";
import { NOWHERE, place } from "../packets.ts";

/** A position, `"<ihh"`, packed by hand. */
function position(id: number, x: number, y: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeInt32LE(id, 0);
  packet.writeInt16LE(x, 4);
  packet.writeInt16LE(y, 6);
  return packet;
}

async function readPlace(peer: Peer): Promise<{ x: number; y: number }> {
  const packet = await peer.read(4);
  return { x: packet.readInt16LE(0), y: packet.readInt16LE(2) };
}

describe("lesson 2's client", () => {
  test("says who it is, and prints who is where and who has left, however the bytes come", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_2, server.port);
    const peer = await server.accept();
    peer.send(position(7, 40, 5));
    await client.line(/as client 7, at 40 5$/);
    const stream = Buffer.concat([position(3, -5, 300), position(7, 41, 5), position(3, NOWHERE, NOWHERE)]);
    peer.send(stream.subarray(0, 13));
    await client.line(/^client 3 is at -5 300$/);
    peer.send(stream.subarray(13));
    await client.line(/^client 7 is at 41 5, that is me$/);
    await client.line(/^client 3 has left$/);
    if (HAS_SIGNALS) await client.stops("SIGINT");
  });

  test("walks at most one step each way, stays in the room, and ends with 0 after --count moves", async () => {
    for (const [startX, startY] of [
      [0, 19],
      [59, 0],
    ] as const) {
      const server = await FakeServer.start();
      const client = startClient(LESSON_2, server.port, "--interval", "0", "--count", "200");
      const peer = await server.accept();
      peer.send(position(1, startX, startY));
      let [x, y] = [startX as number, startY as number];
      const steps = new Set<number>();
      for (let count = 0; count < 200; count++) {
        const next = await readPlace(peer);
        expect(0 <= next.x && next.x < 60 && 0 <= next.y && next.y < 20, `${next.x} ${next.y}`).toBe(true);
        expect(Math.max(Math.abs(next.x - x), Math.abs(next.y - y)), "steps at once").toBeLessThanOrEqual(1);
        steps.add(next.x - x);
        ({ x, y } = next);
      }
      expect([...steps].toSorted((a, b) => a - b)).toEqual([-1, 0, 1]);
      expect(await peer.rest()).toHaveLength(0);
      peer.end();
      expect((await client.exit()).code).toBe(0);
    }
  });

  test("--deaf-after 2 reads two positions and no more, and walks on", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_2, server.port, "--interval", "10", "--deaf-after", "2");
    const peer = await server.accept();
    peer.send(Buffer.concat([position(1, 5, 5), position(2, 6, 6), position(3, 7, 7)]));
    await client.line(/^deaf from now on/);
    for (let count = 0; count < 5; count++) await readPlace(peer);
    expect(client.lines.filter((line) => line.startsWith("client "))).toEqual(["client 2 is at 6 6"]);
    // Its system takes what it does not read, until that is full too.
    while (peer.socket.write(Buffer.alloc(1_000_000)));
    await readPlace(peer);
  });

  test("ends with 1 and one line when the server closes, or says nothing for --timeout", async () => {
    const server = await FakeServer.start();
    const closed = startClient(LESSON_2, server.port);
    const peer = await server.accept();
    peer.end(Buffer.concat([position(1, 5, 5), place(1, 1).subarray(0, 3)]));
    const late = startClient(LESSON_2, server.port, "--timeout", "300");
    await server.accept();
    for (const [client, says] of [
      [closed, /^connection lost: .*in the middle of a packet, after 3 of 8.*\n$/],
      [late, /^the server does not answer: timed out after 0 of 8 bytes.*\n$/],
    ] as const) {
      const { code, stderr } = await client.exit();
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
    }
  });

  test("ends with 1 and says what to try when nothing is listening", async () => {
    const port = await closedPort();
    const { code, stdout, stderr } = await startClient(LESSON_2, port).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^connection refused.*127\\.0\\.0\\.1:${port}.*server.*\\n$`));
  });
});
