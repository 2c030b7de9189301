import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import process from "node:process";
import { Writable } from "node:stream";
import { setTimeout as pause, setImmediate } from "node:timers/promises";
import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/5_a_slow_client.ts";
import { describe, NOWHERE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { exercise, fail, sameValue } from "../assertions.ts";
import { PROMPTLY } from "../sockets.ts";

/** A client that reads only when the check says so. */
class Reader extends Writable {
  readonly told: string[] = [];
  #taken: (() => void) | undefined;
  /** Whether it reads whatever comes. */
  isFast = false;

  /** @param room - how many positions there is room for */
  constructor(room: number) {
    super({ highWaterMark: room * POSITION.size, decodeStrings: true });
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    const take = () => {
      for (let at = 0; at + POSITION.size <= chunk.length; at += POSITION.size) {
        this.told.push(describe(...POSITION.unpackFrom(chunk, at)));
      }
      done();
    };
    if (this.isFast) take();
    else this.#taken = take;
  }

  /**
   * Reads what it is offered, position after position.
   *
   * @param positions - how many at most
   * @param between - what may happen after each: a turn of the event loop, unless it is said otherwise
   */
  async read(positions: number, between: () => Promise<unknown> = setImmediate): Promise<void> {
    for (let count = 0; count < positions; count++) {
      const take = this.#taken;
      this.#taken = undefined;
      take?.();
      await between();
    }
  }
}

const ROOM = 3;

/** An outbox whose client does not read, filled with positions of client 9. */
function full(Outbox: typeof Ours.Outbox) {
  const reader = new Reader(ROOM);
  const outbox = new Outbox(reader);
  const put = (id: number, x: number, y: number) => outbox.put(id, POSITION.pack(id, x, y));
  for (let x = 1; x <= ROOM; x++) put(9, x, 0);
  const filled = Array.from({ length: ROOM }, (_, index) => describe(9, index + 1, 0));
  return { reader, outbox, put, filled };
}

/** What the client was told after all that it was told while there was room. */
function toldSince(reader: Reader, filled: readonly string[]): string[] {
  return reader.told.slice(filled.length);
}

/** More than the buffers of two operating systems hold, in bytes. */
const FILL = 16_000_000;

/** How often each of the others moves while a real client does not read. */
const MANY = 20_000;

/** How long a timer may take to look whether there is room, in milliseconds. */
const PATIENCE = 300;

/** Lets promises go on, and nothing else. */
async function nextTick(): Promise<void> {
  for (let count = 0; count < 10; count++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

/** A connection whose client does not read. */
async function connected() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  const [socket] = (await once(server, "connection")) as [Socket];
  server.close();
  const close = () => {
    client.destroy();
    socket.destroy();
  };
  return { socket, client, close };
}

/** Reads all that comes after what the buffers were filled with, until these have come, or nothing comes any more. */
async function tail(client: Socket, until: readonly string[]): Promise<string[]> {
  const told: string[] = [];
  let unread = Buffer.alloc(0);
  let filling = FILL;
  const all = new Promise<void>((resolve) => {
    client.on("data", (chunk) => {
      const skipped = Math.min(filling, chunk.length);
      filling -= skipped;
      unread = Buffer.concat([unread, chunk.subarray(skipped)]);
      for (; unread.length >= POSITION.size; unread = unread.subarray(POSITION.size))
        told.push(describe(...POSITION.unpackFrom(unread)));
      if (until.every((position) => told.includes(position))) resolve();
    });
  });
  client.resume();
  await Promise.race([all, pause(PROMPTLY)]);
  return told;
}

const LOST = 'Keep what there was no room for, and send it at the next "drain".';

/** However often the client is slow: who listens, listens once. */
function expectOneListener(reader: Reader): void {
  const listeners = reader.listenerCount("drain");
  if (listeners <= 1) return;
  fail(
    `The stream has ${listeners} listeners for "drain" now.`,
    "One is enough, added in the constructor: after a day with a slow client there would be thousands.",
  );
}

export default exercise<typeof Ours>({
  exports: ["Outbox"],
  // One check fills the buffers of a real connection.
  limit: 5000,
  hints: [
    {
      for: /./,
      text: "You have to remember two things: whether there is room, which the last `write` has told you, and the newest position of each client that found no room.",
    },
    {
      for: /^keeps|^tells nothing|^sends|real client/,
      text: "A `Map` from the id to the position keeps the newest by itself: `set` replaces the old one.",
    },
    {
      for: /room again|^does so|^waits|^sends|^tells nothing|real client/,
      text: '`stream.on("drain", …)` in the constructor: there is room again, so call `put` again for each position that you kept. Empty the Map first, or take a new one.',
    },
    {
      for: /^writes|^keeps|^waits|^does so/,
      text: "`put`: `if (this.#hasRoom) this.#hasRoom = this.#stream.write(position); else this.#newest.set(id, position);`",
    },
  ],
  checks: {
    "writes at once while there is room": async ({ Outbox }) => {
      const reader = new Reader(1000);
      reader.isFast = true;
      const outbox = new Outbox(reader);
      for (const x of [1, 2, 3]) outbox.put(3, POSITION.pack(3, x, 5));
      await setImmediate();
      const all = [1, 2, 3].map((x) => describe(3, x, 5));
      sameValue(
        () => reader.told,
        all,
        "What a client that reads at once was told, after client 3 moved three times:",
        [
          [[], "Nothing was written."],
          [all.slice(-1), "Only the newest was written. While there is room, every position is."],
          [all.slice(0, 1), "Only the first was written."],
        ],
      );
      sameValue(() => outbox.size, 0, "`size` after that:", [
        [3, "Don't keep a position that has been written."],
        [1, "Don't keep a position that has been written."],
      ]);
    },
    "keeps two clients apart": async ({ Outbox }) => {
      const slow = full(Outbox);
      slow.put(3, 4, 5);
      const reader = new Reader(1000);
      reader.isFast = true;
      const outbox = new Outbox(reader);
      outbox.put(3, POSITION.pack(3, 6, 5));
      await setImmediate();
      sameValue(
        () => reader.told,
        [describe(3, 6, 5)],
        "What a second client was told, while the first is slow:",
        [[[], "It is not slow. What is `static`, or outside of the class, exists only once."]],
      );
    },
    "writes nothing while there is no room": ({ Outbox }) => {
      const { reader, put, filled } = full(Outbox);
      for (let x = 0; x < 100; x++) put(3, x, 5);
      const waiting = reader.writableLength / POSITION.size;
      if (waiting === filled.length) return;
      fail(
        `The client reads nothing. After ${ROOM} positions \`write\` returned false, and ${waiting} are in the stream's memory now.`,
        waiting < filled.length
          ? `There was room for ${filled.length - waiting} more: there is room until \`write\` returns false.`
          : waiting === filled.length + 1
            ? "One too many was written: check what `write` returned before you write the next one."
            : 'When `write` has returned false, write no more until "drain".',
      );
    },
    "keeps only the newest of each": ({ Outbox }) => {
      const { reader, outbox, put } = full(Outbox);
      for (let x = 0; x < 50; x++) for (const id of [3, 7]) put(id, x, id);
      sameValue(
        () => outbox.size,
        2,
        "`size` after clients 3 and 7 moved 50 times each, while there was no room:",
        [
          [100, "Everything is kept. Only the newest position of each client is needed."],
          [
            3,
            "You also keep the position for which `write` returned false. The stream has it already, so it would be sent twice.",
          ],
          [1, "Only one position is kept. It should be one for each client."],
          [0, "You kept nothing. A client that reads again has to know where the others are now."],
        ],
      );
      expectOneListener(reader);
    },
    "sends the newest when there is room again": async ({ Outbox }) => {
      const { reader, outbox, put, filled } = full(Outbox);
      for (const x of [1, 2, 3]) put(3, x, 5);
      put(7, 1, 1);
      put(3, 4, 5);
      reader.isFast = true;
      // In between, promises go on, but no timer goes off, and nothing that was put off to the next turn happens.
      await reader.read(20, nextTick);
      if (toldSince(reader, filled).length === 0) {
        await pause(PATIENCE);
        const comesLater = toldSince(reader, filled).length > 0;
        put(9, 9, 9);
        const comesNext = toldSince(reader, filled).includes(describe(7, 1, 1));
        fail(
          'There was room, the stream has emitted "drain", and nothing was sent.',
          comesLater
            ? 'It was sent later. "drain" says that there is room now: send then, and use no timer.'
            : comesNext
              ? 'It was sent at the next move. That may never come: send in `stream.on("drain", …)`.'
              : LOST,
        );
      }
      const [three, seven] = [describe(3, 4, 5), describe(7, 1, 1)];
      sameValue(
        () => toldSince(reader, filled).toSorted(),
        [three, seven],
        "What the client was told when it read again:",
        [
          [[describe(3, 1, 5), seven], "The first position was kept. The newest takes its place."],
          [[three], "Only the last position was kept. It should be one for each client."],
        ],
      );
      sameValue(() => outbox.size, 0, "`size` after that:", [
        [2, 'What was sent is still kept: it would be sent again at the next "drain".'],
      ]);
    },
    "does so however often it is slow, and sends nothing twice": async ({ Outbox }) => {
      const { reader, put, filled } = full(Outbox);
      const all: string[] = [];
      let before: string[] = [];
      for (let round = 1; round <= 4; round++) {
        for (const x of [round, 10 * round]) for (const id of [3, 4]) put(id, x, 5);
        await reader.read(20);
        for (let x = 1; x <= ROOM; x++) put(9, x, round);
        await reader.read(20, nextTick);
        // Now it is slow again.
        for (let x = 1; x <= ROOM; x++) put(8, x, round);
        const kept = [3, 4].map((id) => describe(id, 10 * round, 5));
        all.push(...kept, ...[9, 8].flatMap((id) => [1, 2, 3].map((x) => describe(id, x, round))));
        const sent = all.slice(0, -ROOM);
        sameValue(
          () => toldSince(reader, filled),
          sent,
          `What the client was told, after it was slow ${round === 1 ? "once" : `${round} times`}:`,
          [
            [[...sent, ...kept], "What was kept was sent again: forget it when it is sent."],
            [sent.slice(0, -ROOM), 'After "drain" there is room: what is put then must be written at once.'],
            [sent.filter((told) => !kept.includes(told)), LOST],
            [
              before,
              'It was sent after the first "drain", and not after the next: `once` listens to one only.',
            ],
          ],
        );
        before = sent;
      }
      expectOneListener(reader);
    },
    "waits again when there is not room for all": async ({ Outbox }) => {
      const { reader, outbox, put, filled } = full(Outbox);
      const crowd = Array.from({ length: 20 }, (_, index) => 20 + index);
      for (const id of crowd) put(id, id, 1);
      await reader.read(ROOM);
      const waiting = reader.writableLength / POSITION.size;
      if (waiting > ROOM) {
        fail(
          `20 positions were kept when there was room for ${ROOM} again. All were written, and ${waiting} are in the stream's memory now.`,
          '`write` may return false again while you send what was kept: keep the rest until the next "drain".',
        );
      }
      for (const id of crowd) put(id, id, 2);
      await reader.read(60);
      const told = toldSince(reader, filled);
      const missing = crowd.filter((id) => !told.includes(describe(id, id, 2)));
      if (missing.length > 0)
        fail(`The client was never told where ${missing.length} of 20 clients are now.`, LOST);
      const stale = crowd.find(
        (id) => told.lastIndexOf(describe(id, id, 1)) > told.lastIndexOf(describe(id, id, 2)),
      );
      if (stale !== undefined) {
        fail(
          `The client was told the newest place of client ${stale} first, and an older one after it.`,
          "While old positions wait, a newer one must take their place, not overtake them.",
        );
      }
      sameValue(() => outbox.size, 0, "`size` in the end:");
    },
    "tells nothing old after something newer": async ({ Outbox }) => {
      const { reader, put, filled } = full(Outbox);
      put(3, 4, 5);
      // Client 3 moves again in the very moment in which there is room.
      reader.once("drain", () => put(3, 6, 5));
      reader.isFast = true;
      await reader.read(20);
      const [old, newer] = [describe(3, 4, 5), describe(3, 6, 5)];
      const told = toldSince(reader, filled);
      if (told.at(-1) === newer) return;
      fail(
        `Client 3 moved while there was no room, and once more when there was room again. The client was told:\n\n  ${told.join("\n  ") || "nothing"}`,
        told.includes(newer) && told.includes(old)
          ? "Kept positions must be sent before new ones: as long as a position is kept, a newer one must take its place."
          : LOST,
      );
    },
    "keeps the news that somebody has left": async ({ Outbox }) => {
      const { reader, put, filled } = full(Outbox);
      put(3, 4, 5);
      put(3, NOWHERE, NOWHERE);
      reader.isFast = true;
      await reader.read(20);
      const gone = describe(3, NOWHERE, NOWHERE);
      sameValue(() => toldSince(reader, filled), [gone], "What the client was told when it read again:", [
        [
          [describe(3, 4, 5)],
          "The news that client 3 has left must replace its old position, as any newer position would.",
        ],
        [[], "The client has client 3 on its map, so it must learn that client 3 has left."],
      ]);
    },
    "works for a real client that doesn't read": async ({ Outbox }) => {
      const { socket, client, close } = await connected();
      // More than both systems' buffers hold, so there is no room, and none until the client reads.
      socket.write(Buffer.alloc(FILL));
      const before = socket.writableLength;
      const outbox = new Outbox(socket);
      for (let x = 1; x <= MANY; x++) for (const id of [3, 4, 5]) outbox.put(id, POSITION.pack(id, x, id));
      const grown = socket.writableLength - before;
      if (grown > POSITION.size) {
        fail(
          `A client does not read, and 3 others moved ${MANY} times each. ${grown} more bytes wait in the socket's memory.`,
          'When `write` has returned false, write no more until "drain".',
        );
      }
      const expected = [3, 4, 5].map((id) => describe(id, MANY, id));
      const told = await tail(client, expected);
      close();
      const missing = expected.filter((position) => !told.includes(position));
      if (missing.length > 0) {
        fail(
          `A client reads again after a while. It was told:\n\n  ${told.slice(-6).join("\n  ") || "nothing"}\n\nIt was not told: ${missing.join(", ")}.`,
          LOST,
        );
      }
    },
  },
});
