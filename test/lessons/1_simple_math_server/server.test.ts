import { beforeAll, describe, expect, test } from "vitest";
import { HAS_SIGNALS, LESSON_1, MODES, memoryOf, Peer, type Server, startServer } from "../harness.ts";
import {
  type Answer,
  answersIn,
  ask,
  DIVISION_BY_ZERO,
  lengthField,
  MALFORMED,
  OK,
  readAnswer,
  request,
  response,
  UNKNOWN_COMMAND,
} from "../packets.ts";
import { askingWitness } from "../witness.ts";

const NOT_A_NUMBER = Number.NaN;

const SIGNALS = HAS_SIGNALS ? (["SIGINT", "SIGTERM"] as const) : [];

describe.each(MODES)("lesson 1's server, clients as $mode", ({ mode, flags }) => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(LESSON_1, ...flags);
  });

  describe("computes", () => {
    let client: Peer;
    beforeAll(async () => {
      client = await Peer.connect(server.port);
    });

    test("the four operations, results being doubles", async () => {
      for (const [command, first, second, result] of [
        ["SUMA", 2, 3, 5],
        ["RESTA", 2, 3, -1],
        ["MULTIPLICACION", -4, 3, -12],
        ["DIVISION", 7, 2, 3.5],
        ["DIVISION", 1, 3, 1 / 3],
        ["SUMA", -5, 3, -2],
        ["DIVISION", 0, 5, 0],
      ] as const) {
        expect(await ask(client, command, first, second), command).toEqual({ status: OK, result });
      }
    });

    test("with the smallest and largest values, without wrapping round", async () => {
      for (const [command, first, second, result] of [
        ["SUMA", 32767, 32767, 65534],
        ["SUMA", -32768, -32768, -65536],
        ["RESTA", -32768, 32767, -65535],
        ["MULTIPLICACION", -32768, -32768, 2 ** 30],
        ["DIVISION", -32768, -1, 32768],
      ] as const) {
        expect(await ask(client, command, first, second), command).toEqual({ status: OK, result });
      }
    });

    test("zero times a negative value as 0, as whole numbers do, and not as the double −0", async () => {
      client.send(request("MULTIPLICACION", 0, -5));
      expect(await client.read(12)).toEqual(response(OK, 0));
    });

    test("nothing where it cannot, says why, and goes on", async () => {
      for (const [command, second, status] of [
        ["DIVISION", 0, DIVISION_BY_ZERO],
        ["POTENCIA", 3, UNKNOWN_COMMAND],
        ["suma", 3, UNKNOWN_COMMAND],
        ["SUMA ", 3, UNKNOWN_COMMAND],
        ["SUMA\0", 3, UNKNOWN_COMMAND],
        ["S", 3, UNKNOWN_COMMAND],
        ["ñ".repeat(32), 3, UNKNOWN_COMMAND],
        ["A".repeat(64), 3, UNKNOWN_COMMAND],
      ] as const) {
        expect(await ask(client, command, 2, second), command).toEqual({ status, result: NOT_A_NUMBER });
        expect(await ask(client, "SUMA", 2, 3)).toEqual({ status: OK, result: 5 });
      }
    });

    test("no command that every object inherits", async () => {
      for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]) {
        const answer = { status: UNKNOWN_COMMAND, result: NOT_A_NUMBER };
        expect(await ask(client, name, 2, 3), name).toEqual(answer);
      }
    });

    test("no command behind a byte order mark: other bytes are another command", async () => {
      const answer = { status: UNKNOWN_COMMAND, result: NOT_A_NUMBER };
      expect(await ask(client, "\u{feff}SUMA", 2, 3)).toEqual(answer);
    });
  });

  describe("reads a stream", () => {
    test("whose packets are cut anywhere", async () => {
      const client = await Peer.connect(server.port);
      const whole = request("RESTA", 1000, 1);
      for (let cut = 1; cut < whole.length; cut++) {
        // The first answer shows that the server has read the first piece before the second is sent.
        client.send(Buffer.concat([request("SUMA", cut, 0), whole.subarray(0, cut)]));
        expect(await readAnswer(client)).toEqual({ status: OK, result: cut });
        client.send(whole.subarray(cut));
        expect(await readAnswer(client), `cut before byte ${cut}`).toEqual({ status: OK, result: 999 });
      }
    });

    test("that comes byte by byte", async () => {
      const client = await Peer.connect(server.port);
      const other = await Peer.connect(server.port);
      for (const byte of request("MULTIPLICACION", -300, 300)) {
        client.send(Buffer.of(byte));
        await ask(other, "SUMA");
      }
      expect(await readAnswer(client)).toEqual({ status: OK, result: -90_000 });
    });

    test("that brings thousands of requests at once, and answers them in their order", async () => {
      const client = await Peer.connect(server.port);
      const requests: Buffer[] = [];
      const answers: Answer[] = [];
      for (let number = 0; number < 5000; number++) {
        const command = ["SUMA", "RESTA", "DIVISION", "???"][number % 4] ?? "";
        requests.push(request(command, number, number % 8 === 2 ? 0 : 2));
        answers.push(
          command === "SUMA"
            ? { status: OK, result: number + 2 }
            : command === "RESTA"
              ? { status: OK, result: number - 2 }
              : command === "???"
                ? { status: UNKNOWN_COMMAND, result: NOT_A_NUMBER }
                : number % 8 === 2
                  ? { status: DIVISION_BY_ZERO, result: NOT_A_NUMBER }
                  : { status: OK, result: number / 2 },
        );
      }
      client.send(Buffer.concat(requests));
      expect(answersIn(await client.read(12 * answers.length))).toEqual(answers);
    });

    test("whose other half was closed: the client still gets all its answers", async () => {
      const client = await Peer.connect(server.port);
      client.send(Buffer.concat([1, 2, 3].map((number) => request("SUMA", number, 0))));
      client.end();
      const results = answersIn(await client.rest()).map(({ result }) => result);
      expect(results).toEqual([1, 2, 3]);
      expect(await server.reasonOf(client)).toMatch(/closed/);
    });

    test("that ends inside a packet: there is no answer to half a request", async () => {
      const client = await Peer.connect(server.port);
      client.send(request("SUMA", 2, 3).subarray(0, 9));
      client.end();
      expect(await client.rest()).toHaveLength(0);
      expect(await server.reasonOf(client)).toMatch(/middle of a packet.*9 of 12/);
    });
  });

  describe("refuses what is malformed, answers status 3 and closes", () => {
    const malformed = response(MALFORMED, NOT_A_NUMBER);

    test.each(mode === "tasks" ? [0, -1, -(2 ** 31), 65, 66, 256, 65_536, 2 ** 31 - 1] : [0, 65])(
      "a length of %d, as soon as its four bytes are there",
      async (length) => {
        const client = await Peer.connect(server.port);
        client.send(lengthField(length));
        expect(await client.rest()).toEqual(malformed);
        expect(await client.over).toBe("closed");
        expect(await server.reasonOf(client)).toMatch(new RegExp(`malformed.*${length}`));
      },
    );

    const invalid: [string, number[]][] = [
      ["a byte that UTF-8 never has", [0x53, 0xff, 0x55]],
      ["a character that lacks its end", [0x53, 0xf0, 0x9f, 0x98]],
      ["an overlong form", [0xc0, 0x80]],
      ["half a surrogate pair", [0xed, 0xa0, 0x80]],
      ["a continuation of nothing", [0x80]],
      ["Latin-1", [0xf1, 0x61, 0x6e, 0x64, 0xfa]],
    ];
    test.each(mode === "tasks" ? invalid : invalid.slice(0, 1))("%s in a command", async (_, bytes) => {
      const client = await Peer.connect(server.port);
      client.send(request(Buffer.from(bytes), 2, 3));
      expect(await client.rest()).toEqual(malformed);
      expect(await server.reasonOf(client)).toMatch(/malformed.*UTF-8/);
    });

    test("after the answers to all that came before, and nothing that comes after", async () => {
      const client = await Peer.connect(server.port);
      client.send(
        Buffer.concat([request("SUMA", 1, 1), request("SUMA", 2, 2), lengthField(0), request("SUMA", 3, 3)]),
      );
      expect(answersIn(await client.rest())).toEqual([
        { status: OK, result: 2 },
        { status: OK, result: 4 },
        { status: MALFORMED, result: NOT_A_NUMBER },
      ]);
    });

    test("and the answer is not lost when much follows that nobody will read", async () => {
      // Closing a socket with unread bytes makes TCP send a reset, and a reset would overtake the answer.
      const client = await Peer.connect(server.port);
      client.send(Buffer.concat([lengthField(-1), Buffer.alloc(1_000_000, "SUMA")]));
      expect(await client.rest()).toEqual(malformed);
    });
  });

  test("logs what each request meant, and no character of it that a terminal would obey", async () => {
    // A server of its own: a busy one leaves out lines about packets.
    const server = await startServer(LESSON_1, ...flags);
    const client = await Peer.connect(server.port);
    const hostile = '\x1b[2J\r\n"\\\x07\x7f\u{9b}31m\u{202e}\u{2028}\u{200b}\0';
    await ask(client, "DIVISION", 7, 2);
    await server.line(/DIVISION 7 2.*3\.5/);
    await ask(client, "DIVISION", 7, 0);
    await server.line(/DIVISION 7 0.*division by zero/);
    await ask(client, `A${hostile}Z`);
    const [line] = await server.line(/unknown command "A.*Z"/);
    for (const code of ["1b", "a", "d", "202e", "2028", "9b", "7f", "200b"])
      expect(line).toContain(`{${code}}`);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(server.stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test("closes a client that resets, wherever it is, and counts down", async () => {
    const quiet = await startServer(LESSON_1, ...flags);
    const client = await Peer.connect(quiet.port);
    await quiet.line(/client 1 connected from 127\.0\.0\.1:\d+; 1 connected/);
    const witness = askingWitness(client);
    const whole = request("SUMA", 2, 3);
    for (const sent of mode === "tasks" ? [0, 1, 3, 4, 5, 8, 11, 12] : [4, 12]) {
      const rude = await Peer.connect(quiet.port);
      const id = await quiet.idOf(rude);
      rude.send(whole.subarray(0, sent));
      rude.reset();
      await quiet.line(new RegExp(`client ${id} left: .*; 1 remain`));
      expect(await quiet.reasonOf(id)).toMatch(/lost|reset|closed/i);
    }
    await witness.hasMissedNothing();
  });

  test("closes a client that sends no whole request in time, or reads no answers, and no other", async () => {
    const server = await startServer(LESSON_1, "--timeout", "3000", "--quiet", ...flags);
    const lively = await Peer.connect(server.port);
    const witness = askingWitness(lively);
    await witness.hasMissedNothing();
    const before = memoryOf(server.pid);

    const silent = await Peer.connect(server.port);
    const half = await Peer.connect(server.port);
    half.send(request("SUMA", 2, 3).subarray(0, 10));
    // Each byte comes well inside the timeout. The deadline is for the whole request, so that does not help.
    const slow = await Peer.connect(server.port);
    const drips = [...request("MULTIPLICACION", 2, 3).subarray(0, 21)];
    const drip = setInterval(() => {
      const byte = drips.shift();
      if (byte !== undefined && !slow.socket.destroyed) slow.send(Buffer.of(byte));
    }, 200);
    // Asks as fast as it can, and reads nothing.
    const greedy = await Peer.connect(server.port, { reads: false });
    const requests = Buffer.concat(Array.from({ length: 5000 }, () => request("S", 2, 3)));
    let most = 0;
    let sent = 0;
    const flood = (): void => {
      while (!greedy.socket.destroyed && sent < 100_000_000 && greedy.socket.write(requests))
        sent += requests.length;
      most = Math.max(most, memoryOf(server.pid));
    };
    greedy.socket.on("drain", flood);
    flood();

    expect(await server.reasonOf(silent)).toMatch(/^timed out after 0 of 4 bytes/);
    expect(await server.reasonOf(half)).toMatch(/^timed out after 10 of 12 bytes/);
    expect(await server.reasonOf(slow)).toMatch(/^timed out after \d+ of (4|22) bytes/);
    expect(await server.reasonOf(greedy)).toMatch(/^timed out: the peer does not read/);
    clearInterval(drip);
    for (const client of [silent, half]) expect(await client.rest()).toHaveLength(0);
    await slow.over; // politely or, where its next byte met a closed socket, not
    // Generous, as garbage collectors wait, and a thread has its own.
    const bound = (mode === "tasks" ? 128 : 256) * MEGABYTE;
    if (process.platform === "linux") expect(most - before).toBeLessThan(bound);

    // A client that asks in time may stay as long as it likes.
    await witness.hasMissedNothing();
    const id = await server.idOf(lively);
    expect(server.lines.filter((line) => line.startsWith(`client ${id} left`))).toEqual([]);
  });

  test("--max-clients turns away one client too many, without a byte and without a reset", async () => {
    const small = await startServer(LESSON_1, "--max-clients", "1", ...flags);
    const first = await Peer.connect(small.port);
    await ask(first, "SUMA");

    const second = await Peer.connect(small.port);
    second.send(request("SUMA", 2, 3)); // unread bytes at the server are what turns a close into a reset
    expect(await second.rest()).toHaveLength(0);
    expect(await second.over).toBe("closed");
    await small.line(new RegExp(`turned away \\S*:${second.port}\\b`));
    expect(await ask(first, "SUMA", 2, 3)).toEqual({ status: OK, result: 5 });

    first.end();
    await small.line(/client 1 left: .*; 0 remain/);
    const third = await Peer.connect(small.port);
    expect(await ask(third, "SUMA", 2, 3)).toEqual({ status: OK, result: 5 });
    expect(await small.idOf(third)).toBe(2);
  });

  test("--quiet logs who comes and leaves, and no requests", async () => {
    const quiet = await startServer(LESSON_1, "--quiet", ...flags);
    const other = await Peer.connect(quiet.port);
    await ask(other, "DIVISION", 7, 2);
    other.end();
    await quiet.line(/client 1 left/);
    expect(quiet.lines.filter((line) => line.includes("DIVISION"))).toEqual([]);
  });

  test.each(SIGNALS.slice(0, mode === "tasks" ? 2 : 1))(
    "on %s it closes all its clients and exits 0",
    async (signal) => {
      const stopped = await startServer(LESSON_1, ...flags);
      const idle = await Peer.connect(stopped.port);
      const inside = await Peer.connect(stopped.port);
      const deaf = await Peer.connect(stopped.port, { reads: false });
      inside.send(request("SUMA", 2, 3).subarray(0, 6));
      for (let sent = 0; sent < 1000; sent++) deaf.send(request("SUMA", 2, 3));
      await ask(idle, "SUMA");
      await stopped.idOf(inside);
      await stopped.idOf(deaf);

      const { code, stdout, stderr } = await stopped.exit(signal);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/stopping; 3 connected/);
      await idle.over;
      await inside.over;
      await expect(Peer.connect(stopped.port)).rejects.toThrow(/ECONNREFUSED/);
    },
  );
});

// Without signals a server can be ended, but not told to stop.
describe.runIf(HAS_SIGNALS).each(MODES)("lesson 1's server when it stops, clients as $mode", ({ flags }) => {
  /** How many answers the log says were given: a line each, or the number of those left out. */
  function answersLogged(stdout: string): number {
    const omitted = [...stdout.matchAll(/^… and (\d+) more in this second$/gm)].map(([, count]) =>
      Number(count),
    );
    const printed = [...stdout.matchAll(/^client \d+: /gm)].length;
    return omitted.reduce((sum, count) => sum + count, printed);
  }

  test("a client that reads gets every answer that the log says was given, however many it asks for", async () => {
    const server = await startServer(LESSON_1, ...flags);
    const client = await Peer.connect(server.port, { reads: false });
    const requests = Buffer.concat(Array.from({ length: 1000 }, () => request("S", 2, 3)));
    const ask = (error?: Error | null) => {
      if (!error && client.socket.writable) client.socket.write(requests, ask);
    };
    ask();
    let received = 0;
    client.socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    await server.line(/^… and \d+ more in this second$/);

    const { code, stdout } = await server.exit("SIGTERM");
    expect(code).toBe(0);
    await client.over;
    const logged = answersLogged(stdout);
    expect(logged).toBeGreaterThan(0);
    expect(received / 12).toBeGreaterThanOrEqual(logged);
  });

  test("a client that does not read holds it up for less than a second", async () => {
    const server = await startServer(LESSON_1, ...flags);
    const deaf = await Peer.connect(server.port, { reads: false });
    const requests = Buffer.concat(Array.from({ length: 1000 }, () => request("S", 2, 3)));
    while (deaf.socket.write(requests));
    // Its own socket is full, and so are the server's buffers behind it.
    await server.line(/more in this second/);
    const { code, stderr } = await server.exit("SIGTERM");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

const MEGABYTE = 1024 * 1024;
