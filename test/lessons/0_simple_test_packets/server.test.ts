import { beforeAll, describe, expect, test } from "vitest";
import { HAS_SIGNALS, LESSON_0, MODES, Peer, type Server, startServer } from "../harness.ts";
import { answerTest, readTest, testPacket } from "../packets.ts";
import { testedWitness, type Witness } from "../witness.ts";

/** No client of these tests is to be late by accident, however busy the machine. */
const PATIENT = ["--timeout", "60000"];

const SIGNALS = HAS_SIGNALS ? (["SIGINT", "SIGTERM"] as const) : [];

describe.each(MODES)("lesson 0's server, clients as $mode", ({ mode, flags }) => {
  /** Most tests share a server, and know their own clients in its log by their ports. */
  let server: Server;
  let witness: Witness;
  beforeAll(async () => {
    server = await startServer(LESSON_0, ...PATIENT, "--interval", "20", ...flags);
    witness = testedWitness(await Peer.connect(server.port));
  });

  describe("with clients that behave", () => {
    test("sends the first test at once: the client's id and sequence 1, 8 bytes, little-endian", async () => {
      const client = await Peer.connect(server.port);
      const packet = await client.read(8);
      expect(packet).toEqual(testPacket(await server.idOf(client), 1));
    });

    test("sends the next sequence after each answer, always with the same id", async () => {
      const client = await Peer.connect(server.port);
      const { id } = await answerTest(client);
      await server.line(new RegExp(`client ${id} answered test 1\\b`));
      for (let sequence = 2; sequence <= 20; sequence++) {
        expect(await answerTest(client)).toEqual({ id, sequence });
      }
    });

    test("takes an answer in any pieces", async () => {
      // A second client's next test shows that the server has read what the first one sent before.
      const client = await Peer.connect(server.port);
      const other = await Peer.connect(server.port);
      await answerTest(other);
      for (let cut = 1; cut < 8; cut++) {
        const { id, sequence } = await readTest(client);
        expect(sequence).toBe(cut);
        const answer = testPacket(id, sequence);
        client.send(answer.subarray(0, cut));
        await answerTest(other);
        client.send(answer.subarray(cut));
      }
      expect((await readTest(client)).sequence).toBe(8);
    });

    test("takes an answer byte by byte", async () => {
      const client = await Peer.connect(server.port);
      const other = await Peer.connect(server.port);
      const { id, sequence } = await readTest(client);
      for (const byte of testPacket(id, sequence)) {
        client.send(Buffer.of(byte));
        await answerTest(other);
      }
      expect(await readTest(client)).toEqual({ id, sequence: sequence + 1 });
    });
  });

  test("gives ids in the order of arrival, never one twice, and counts who is there", async () => {
    const server = await startServer(LESSON_0, ...PATIENT, ...flags);
    const [first, second] = [await Peer.connect(server.port), await Peer.connect(server.port)];
    expect(await readTest(first)).toEqual({ id: 1, sequence: 1 });
    expect(await readTest(second)).toEqual({ id: 2, sequence: 1 });
    await server.line(/client 1 connected from 127\.0\.0\.1:\d+; 1 connected/);
    await server.line(/client 2 connected from 127\.0\.0\.1:\d+; 2 connected/);

    second.end();
    await server.line(/client 2 left: .*; 1 remain/);
    const third = await Peer.connect(server.port);
    expect(await readTest(third)).toEqual({ id: 3, sequence: 1 });
    await server.line(/client 3 connected from .*; 2 connected/);

    first.end();
    third.end();
    await server.line(/client \d left: .*; 0 remain/);
    const fourth = await Peer.connect(server.port);
    expect(await readTest(fourth)).toEqual({ id: 4, sequence: 1 });
  });

  describe("with clients that misbehave", () => {
    const wrong: [string, (id: number) => Buffer][] = [
      ["another sequence", (id) => testPacket(id, 2)],
      ["text", () => Buffer.from("GET / HTTP/1.1\r\n\r\n")],
      ["another id", (id) => testPacket(id + 1, 1)],
      ["the bytes in the wrong order", (id) => testPacket(id, 1).swap32()],
      ["all bits set", () => Buffer.alloc(8, 0xff)],
    ];
    test.each(wrong.slice(0, mode === "tasks" ? 5 : 2))(
      "closes a client that answers with %s",
      async (_, answer) => {
        const client = await Peer.connect(server.port);
        const { id } = await readTest(client);
        client.send(answer(id));
        expect(await server.reasonOf(id)).toMatch(new RegExp(`wrong answer.*\\b${id}\\b`));
        await client.over;
      },
    );

    test("closes a client that answers before it was asked", async () => {
      const client = await Peer.connect(server.port);
      const { id } = await readTest(client);
      client.send(Buffer.concat([testPacket(id, 1), testPacket(id, 2)]));
      expect(await server.reasonOf(id)).toMatch(/before test 2/);
      await client.over;
    });

    test("closes a client that closes, and says whether it was inside an answer", async () => {
      for (const [sent, reason] of [
        [0, /clos/],
        [3, /in the middle of a packet, after 3 of 8 bytes/],
      ] as const) {
        const client = await Peer.connect(server.port);
        const { id } = await readTest(client);
        client.send(testPacket(id, 1).subarray(0, sent));
        client.end();
        expect(await server.reasonOf(id)).toMatch(reason);
        expect(await client.rest()).toHaveLength(0);
      }
    });

    test("closes a client that resets, wherever it is", async () => {
      for (const sent of mode === "tasks" ? [0, 1, 4, 7, 8] : [0, 4]) {
        const client = await Peer.connect(server.port);
        const { id } = await readTest(client);
        client.send(testPacket(id, 1).subarray(0, sent));
        client.reset();
        expect(await server.reasonOf(id)).toMatch(/lost|reset|closed/i);
      }
    });

    test("lets nobody else notice", async () => {
      await witness.hasMissedNothing();
      await server.when("all others to leave", () => server.listed === 1 || undefined);
      expect(server.lines.some((line) => /client 1 left/.test(line))).toBe(false);
    });
  });

  test("closes a client that does not answer in time: silent, half an answer, a byte now and then", async () => {
    const server = await startServer(LESSON_0, "--timeout", "5000", "--interval", "100", ...flags);
    const lively = await Peer.connect(server.port);
    const witness = testedWitness(lively);

    const silent = await Peer.connect(server.port);
    const half = await Peer.connect(server.port);
    const slow = await Peer.connect(server.port);
    await readTest(silent);
    const halfTest = await readTest(half);
    half.send(testPacket(halfTest.id, 1).subarray(0, 4));
    const slowTest = await readTest(slow);
    // Seven of eight bytes come, each well inside the timeout: the whole answer does not.
    const drips = [...testPacket(slowTest.id, 1).subarray(0, 7)];
    const drip = setInterval(() => {
      const byte = drips.shift();
      if (byte !== undefined && !slow.socket.destroyed) slow.send(Buffer.of(byte));
    }, 200);

    expect(await server.reasonOf(silent)).toMatch(/^timed out after 0 of 8 bytes/);
    expect(await server.reasonOf(half)).toMatch(/^timed out after 4 of 8 bytes/);
    expect(await server.reasonOf(slow)).toMatch(/^timed out after [1-7] of 8 bytes/);
    clearInterval(drip);
    for (const client of [silent, half, slow]) expect(await client.over).toBeDefined();

    // The one that answers has been tested all the while, and goes on.
    await witness.hasMissedNothing();
    const id = await server.idOf(lively);
    expect(server.lines.filter((line) => line.startsWith(`client ${id} left`))).toEqual([]);
  });

  test.runIf(mode === "threads")("says which thread serves whom, and every client has another", async () => {
    const threadOf = async (client: Peer) => {
      const { id } = await readTest(client);
      return (await server.line(new RegExp(`client ${id} .*thread (\\d+)`)))[1];
    };
    const first = await threadOf(await Peer.connect(server.port));
    expect(await threadOf(await Peer.connect(server.port))).not.toBe(first);
  });

  test("rests for the interval between two tests", async () => {
    const server = await startServer(LESSON_0, ...PATIENT, "--interval", "2147483647", ...flags);
    const client = await Peer.connect(server.port);
    const { id } = await answerTest(client);
    await server.line(new RegExp(`client ${id} answered test 1\\b`));
    // It rests, and notices at once who leaves meanwhile: nothing but the end comes.
    client.end();
    expect(await client.rest()).toHaveLength(0);
    expect(await server.reasonOf(id)).toMatch(/closed/);
  });

  test("--max-clients turns away one client too many, without a byte and without a reset", async () => {
    const server = await startServer(LESSON_0, ...PATIENT, "--max-clients", "2", ...flags);
    const first = await Peer.connect(server.port);
    const second = await Peer.connect(server.port);
    await readTest(first);
    await readTest(second);

    const third = await Peer.connect(server.port);
    third.send(testPacket(3, 1)); // unread bytes at the server are what turns a close into a reset
    expect(await third.rest()).toHaveLength(0);
    expect(await third.over).toBe("closed");
    await server.line(new RegExp(`turned away \\S*:${third.port}\\b.*2`));

    first.end();
    await server.line(/client 1 left/);
    const fourth = await Peer.connect(server.port);
    expect(await readTest(fourth)).toEqual({ id: 3, sequence: 1 });
    await server.line(/client 3 connected from .*; 2 connected/);
  });

  test("--quiet logs who comes and leaves, and no packets", async () => {
    const server = await startServer(LESSON_0, ...PATIENT, "--interval", "20", "--quiet", ...flags);
    const client = await Peer.connect(server.port);
    for (let answers = 0; answers < 5; answers++) await answerTest(client);
    client.end();
    await server.line(/client 1 left/);
    expect(server.lines.filter((line) => /answered|test/.test(line))).toEqual([]);
    expect(server.lines.some((line) => /client 1 connected/.test(line))).toBe(true);
  });

  test("--times starts each line with the seconds so far, but not the first, which scripts wait for", async () => {
    const server = await startServer(LESSON_0, ...PATIENT, "--times", ...flags);
    const client = await Peer.connect(server.port);
    await answerTest(client);
    client.end();
    await server.line(/client 1 left/);
    const [first, ...others] = server.lines;
    expect(first).toMatch(/^listening on /);
    // Where the system doesn't say how many files there may be, the second line does.
    for (const line of others) expect(line).toMatch(/^ *\d+\.\d\d s {2}(client 1|accepting \d+ clients) /);
  });

  test.each(SIGNALS.slice(0, mode === "tasks" ? 2 : 1))(
    "on %s it closes all its clients and exits 0",
    async (signal) => {
      const server = await startServer(LESSON_0, ...PATIENT, ...flags);
      const asked = await Peer.connect(server.port);
      const resting = await Peer.connect(server.port);
      const unread = await Peer.connect(server.port, { reads: false });
      await readTest(asked);
      const { id } = await answerTest(resting);
      await server.line(new RegExp(`client ${id} answered`));
      await server.idOf(unread);

      const { code, stdout, stderr } = await server.exit(signal);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/stopping; 3 connected/);
      await asked.over;
      await resting.over;
      await expect(Peer.connect(server.port)).rejects.toThrow(/ECONNREFUSED/);
    },
  );
});
