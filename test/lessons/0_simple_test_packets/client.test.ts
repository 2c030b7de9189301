import { describe, expect, test } from "vitest";
import { closedPort, FakeServer, HAS_SIGNALS, LESSON_0, startClient } from "../harness.ts";
import { testPacket } from "../packets.ts";

describe("lesson 0's client", () => {
  test("answers each test packet with the same bytes, and prints it", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port);
    const peer = await server.accept();
    // Any sequence, any id: it is not for the client to judge them.
    for (const [id, sequence] of [
      [3, 1],
      [3, 2],
      [-1, 2 ** 31 - 1],
    ] as const) {
      const packet = testPacket(id, sequence);
      peer.send(packet);
      expect(await peer.read(8)).toEqual(packet);
      await client.line(new RegExp(`id ${id} sequence ${sequence} .*answered`));
    }
    expect(client.lines[0]).toMatch(new RegExp(`connected to 127\\.0\\.0\\.1:${server.port}`));
  });

  test("takes test packets in any pieces, and many at once", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port);
    const peer = await server.accept();
    for (let cut = 1; cut < 8; cut++) {
      // The answer to a whole packet shows that the piece after it was read too.
      const [before, packet] = [testPacket(1, cut), testPacket(2, cut)];
      peer.send(Buffer.concat([before, packet.subarray(0, cut)]));
      expect(await peer.read(8)).toEqual(before);
      peer.send(packet.subarray(cut));
      expect(await peer.read(8)).toEqual(packet);
    }
    const many = Buffer.concat(Array.from({ length: 2000 }, (_, index) => testPacket(9, index)));
    peer.send(many);
    expect(await peer.read(many.length)).toEqual(many);
    await client.stops();
  });

  test.each([0, 2])("--silent-after %d answers that many times, then stays, silent", async (count) => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port, "--silent-after", String(count));
    const peer = await server.accept();
    for (let sequence = 1; sequence <= count; sequence++) {
      peer.send(testPacket(1, sequence));
      expect(await peer.read(8)).toEqual(testPacket(1, sequence));
    }
    for (let sequence = count + 1; sequence <= count + 3; sequence++) {
      peer.send(testPacket(1, sequence));
      await client.line(new RegExp(`sequence ${sequence} .*not answered`));
    }
    peer.end();
    expect(await peer.rest()).toHaveLength(0);
  });

  test("ends with 1 and one line when the server closes, inside a packet or between two", async () => {
    for (const [sent, says] of [
      [0, /closed/],
      [5, /middle of a packet.*5 of 8/],
    ] as const) {
      const server = await FakeServer.start();
      const client = startClient(LESSON_0, server.port);
      const peer = await server.accept();
      peer.send(testPacket(1, 1).subarray(0, sent));
      peer.end();
      const { code, stderr } = await client.exit();
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
      expect(stderr.trimEnd()).not.toContain("\n");
    }
  });

  test("ends with 1 and one line when the connection is lost", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port);
    const peer = await server.accept();
    peer.send(testPacket(1, 1));
    await peer.read(8);
    peer.reset();
    const { code, stderr } = await client.exit();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.*(lost|reset).*\n$/i);
  });

  test("--times starts each line with the seconds so far", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port, "--times");
    const peer = await server.accept();
    peer.send(testPacket(1, 1));
    await client.line(/^ *\d+\.\d\d s {2}connected to /);
    await client.line(/^ *\d+\.\d\d s {2}test packet: id 1 sequence 1 · answered/);
  });

  test("ends with 1 and one line when no test comes for --timeout", async () => {
    const server = await FakeServer.start();
    const client = startClient(LESSON_0, server.port, "--timeout", "300");
    await server.accept();
    const { code, stderr } = await client.exit();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.*timed out after 0 of 8 bytes.*\n$/);
  });

  test("ends with 1 and says what to try when nothing is listening", async () => {
    const port = await closedPort();
    const { code, stdout, stderr } = await startClient(LESSON_0, port).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^connection refused.*127\\.0\\.0\\.1:${port}.*server.*\\n$`));
  });

  describe.runIf(HAS_SIGNALS)("told to stop", () => {
    test.each(["SIGINT", "SIGTERM"] as const)("by %s closes its socket and exits 0", async (signal) => {
      const server = await FakeServer.start();
      const client = startClient(LESSON_0, server.port);
      const peer = await server.accept();
      await client.line(/connected/);
      await client.stops(signal);
      expect(await peer.rest()).toHaveLength(0);
    });
  });
});
