import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { Outbox } from "../../../lessons/2_simple_broadcast_test/outbox.ts";
import { POSITION } from "../../../lessons/2_simple_broadcast_test/protocol.ts";
import { Connection, WRITE_LIMIT } from "../../../src/connection.ts";
import { deadlineIn } from "../../../src/deadline.ts";
import { positionsIn } from "../packets.ts";

/** A client that takes a write only when it is told to. */
class Slow extends Duplex {
  readonly taken: Buffer[] = [];
  #take: (() => void) | undefined;

  constructor() {
    super({ writableHighWaterMark: 1 });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take = () => {
      this.taken.push(chunk);
      done();
    };
  }

  /** Takes all that is offered, until nothing more comes. */
  async takeAll(): Promise<ReturnType<typeof positionsIn>> {
    for (let idle = 0; idle < 3; idle++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#take) idle = 0;
      const take = this.#take;
      this.#take = undefined;
      take?.();
    }
    return positionsIn(Buffer.concat(this.taken.splice(0)));
  }
}

/** As many positions as a connection keeps for a client that is slow for a moment. */
const KEPT = WRITE_LIMIT / POSITION.size;

/** Moves client 5 until there is no room: one of its positions is on its way, and the connection keeps the others. */
async function fill(outbox: Outbox): Promise<void> {
  outbox.put(5, POSITION.pack(5, 0, 0), "moved");
  await new Promise((resolve) => setImmediate(resolve));
  for (let x = 1; x <= KEPT; x++) outbox.put(5, POSITION.pack(5, x, 0), "moved");
}

/** An outbox that has no room now. */
async function full() {
  const client = new Slow();
  const outbox = new Outbox(new Connection(client), Number.POSITIVE_INFINITY);
  await fill(outbox);
  return { client, outbox };
}

describe("an outbox", () => {
  test("keeps everything in order while its client is slow for a moment", async () => {
    const { client } = await full();
    const told = await client.takeAll();
    expect(told.map(({ x }) => x)).toEqual(Array.from({ length: KEPT + 1 }, (_, x) => x));
  });

  test("keeps only the newest of each beyond that, and sends it when there is room", async () => {
    const { client, outbox } = await full();
    for (let x = 0; x < 10_000; x++) {
      outbox.put(1, POSITION.pack(1, x, 1), "moved");
      outbox.put(2, POSITION.pack(2, x, 2), "moved");
    }
    outbox.put(1, POSITION.pack(1, 77, 77), "moved");
    const told = await client.takeAll();
    expect(told.length).toBe(KEPT + 3);
    expect(told.slice(-2)).toEqual([
      { id: 1, x: 77, y: 77 },
      { id: 2, x: 9999, y: 2 },
    ]);
    outbox.put(2, POSITION.pack(2, 3, 4), "moved");
    expect(await client.takeAll()).toEqual([{ id: 2, x: 3, y: 4 }]);
  });

  test("loses nobody, however many have moved in the meantime", async () => {
    const { client, outbox } = await full();
    const crowd = Array.from({ length: 3 * KEPT }, (_, index) => 6 + index);
    for (const id of crowd) outbox.put(id, POSITION.pack(id, 1, 1), "moved");
    const told = await client.takeAll();
    expect(told.slice(KEPT + 1).map(({ id }) => id)).toEqual(crowd);
  });

  test("never sends an old position after a newer one", async () => {
    const { client, outbox } = await full();
    outbox.put(5, POSITION.pack(5, 20_000, 0), "moved");
    outbox.put(5, POSITION.pack(5, 30_000, 0), "moved");
    const told = (await client.takeAll()).map(({ x }) => x);
    expect(told.slice(-2)).toEqual([KEPT, 30_000]);
  });

  test("tells its client about the departure of a client that it knows, and of no other", async () => {
    const { client, outbox } = await full();
    const gone = (id: number) => outbox.put(id, POSITION.pack(id, -32768, -32768), "left");
    gone(5);
    for (let id = 6; id < 10_000; id++) {
      outbox.put(id, POSITION.pack(id, 1, 1), "came");
      gone(id);
    }
    const told = await client.takeAll();
    expect(told.slice(KEPT + 1)).toEqual([{ id: 5, x: -32768, y: -32768 }]);
  });

  test("tells about a client that left and came again while there was no room, and then left for good", async () => {
    const { client, outbox } = await full();
    outbox.put(5, POSITION.pack(5, -32768, -32768), "left");
    outbox.put(5, POSITION.pack(5, 1, 1), "came");
    outbox.put(5, POSITION.pack(5, -32768, -32768), "left");
    const told = await client.takeAll();
    expect(told.slice(KEPT + 1)).toEqual([{ id: 5, x: -32768, y: -32768 }]);
  });

  test("tells about the departure of a client that it told about once there was room", async () => {
    const { client, outbox } = await full();
    outbox.put(6, POSITION.pack(6, 1, 1), "came");
    await client.takeAll();
    await fill(outbox);
    outbox.put(6, POSITION.pack(6, -32768, -32768), "left");
    const told = await client.takeAll();
    expect(told.at(-1)).toEqual({ id: 6, x: -32768, y: -32768 });
  });

  test("fails the connection of a client that takes nothing for as long as the timeout", async () => {
    const connection = new Connection(new Slow());
    const outbox = new Outbox(connection, 30);
    outbox.put(1, POSITION.pack(1, 1, 1), "moved");
    await new Promise((resolve) => setImmediate(resolve));
    outbox.put(1, POSITION.pack(1, 2, 2), "moved");
    await expect(connection.read(1, Number.POSITIVE_INFINITY)).rejects.toMatchObject({ code: "DEADLINE" });
  });

  test("does not fail the connection of a client that takes nothing for less than that", async () => {
    const client = new Slow();
    const connection = new Connection(client);
    const outbox = new Outbox(connection, 60_000);
    outbox.put(1, POSITION.pack(1, 1, 1), "moved");
    await new Promise((resolve) => setImmediate(resolve));
    outbox.put(1, POSITION.pack(1, 2, 2), "moved");
    await expect(connection.read(1, deadlineIn(50))).rejects.toThrow("timed out after 0 of 1 bytes");
    expect((await client.takeAll()).map(({ x }) => x)).toEqual([1, 2]);
  });

  test("does not throw when the connection is over", async () => {
    const connection = new Connection(new Slow());
    const outbox = new Outbox(connection, 1000);
    connection.destroy();
    expect(() => outbox.put(1, POSITION.pack(1, 1, 1), "moved")).not.toThrow();
  });
});
