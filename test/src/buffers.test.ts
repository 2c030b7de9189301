import { describe, expect, it } from "vitest";
import { ReceiveBuffer, SendBuffer } from "../../src/buffers.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

describe("ReceiveBuffer", () => {
  it("gives the bytes in their order, however they are pushed and taken", () => {
    const buffer = new ReceiveBuffer();
    const taken: number[] = [];
    let next = 0;
    for (const [pushed, taking] of [
      [3, 1],
      [1, 2],
      [8, 5],
      [2, 6],
      [100, 50],
      [1, 51],
    ] as const) {
      buffer.push(Uint8Array.from({ length: pushed }, () => next++));
      expect(buffer.peek(taking)).toEqual(Uint8Array.from({ length: taking }, (_, i) => taken.length + i));
      taken.push(...buffer.take(taking));
    }
    expect(taken).toEqual(Array.from({ length: 115 }, (_, i) => i));
    expect(buffer.size).toBe(0);
  });

  it("never changes bytes that it has given out", () => {
    const buffer = new ReceiveBuffer();
    buffer.push(bytes(1, 2, 3));
    const [peeked, taken] = [buffer.peek(2), buffer.take(1)];
    buffer.push(bytes(4, 5, 6));
    buffer.compact();
    buffer.push(bytes(7, 8, 9, 10));
    expect([peeked, taken]).toEqual([bytes(1, 2), bytes(1)]);
    expect(buffer.take(9)).toEqual(bytes(2, 3, 4, 5, 6, 7, 8, 9, 10));
  });

  it("lets go of a chunk that was taken, cleared, or compacted", () => {
    const chunk = new Uint8Array(1000);
    const buffer = new ReceiveBuffer();
    buffer.push(chunk);
    buffer.take(1000);
    expect(buffer.peek(0).buffer).not.toBe(chunk.buffer);
    buffer.push(chunk);
    buffer.take(990);
    buffer.compact();
    expect(buffer.peek(10).buffer.byteLength).toBe(10);
    buffer.clear();
    expect([buffer.size, buffer.peek(0).buffer.byteLength]).toEqual([0, 0]);
  });
});

describe("SendBuffer", () => {
  it("gives all bytes in their order, and is empty afterwards", () => {
    const buffer = new SendBuffer();
    for (let i = 0; i < 100; i++) buffer.push(bytes(i, i, i));
    expect(buffer.size).toBe(300);
    expect([...buffer.takeAll()]).toEqual(Array.from({ length: 300 }, (_, i) => Math.floor(i / 3)));
    expect(buffer.size).toBe(0);
    expect(buffer.takeAll()).toHaveLength(0);
  });

  it("never changes bytes that it has given out, because they may still be on their way", () => {
    const buffer = new SendBuffer();
    buffer.push(bytes(1, 2, 3));
    const sent = buffer.takeAll();
    buffer.push(bytes(9, 9));
    expect([...sent]).toEqual([1, 2, 3]);
    expect([...buffer.takeAll()]).toEqual([9, 9]);
  });
});
