/**
 * The lessons' packets, packed by hand, from the offsets in the guides rather than with the kit's own struct, so that
 * each catches the other's mistakes.
 */

import { expect } from "vitest";
import type { Peer } from "./harness.ts";

/** Lesson 0: a test packet, `"<ii"`. */
export function testPacket(id: number, sequence: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeInt32LE(id, 0);
  packet.writeInt32LE(sequence, 4);
  return packet;
}

/** Reads a test packet. */
export async function readTest(peer: Peer): Promise<{ id: number; sequence: number }> {
  const packet = await peer.read(8);
  return { id: packet.readInt32LE(0), sequence: packet.readInt32LE(4) };
}

/** Reads a test packet and answers it. */
export async function answerTest(peer: Peer): Promise<{ id: number; sequence: number }> {
  const test = await readTest(peer);
  peer.send(testPacket(test.id, test.sequence));
  return test;
}

/** Lesson 1: a request, `"<ihh"` and the command; a command may be given as bytes that are not text. */
export function request(command: string | Uint8Array, first = 0, second = 0): Buffer {
  const text = Buffer.from(command);
  const head = Buffer.alloc(8);
  head.writeInt32LE(text.length, 0);
  head.writeInt16LE(first, 4);
  head.writeInt16LE(second, 6);
  return Buffer.concat([head, text]);
}

/** A request's first four bytes alone, for lengths that no command has. */
export function lengthField(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(length);
  return bytes;
}

/** A response, `"<id"`. */
export function response(status: number, result: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeInt32LE(status, 0);
  bytes.writeDoubleLE(result, 4);
  return bytes;
}

export const OK = 0;
export const UNKNOWN_COMMAND = 1;
export const DIVISION_BY_ZERO = 2;
export const MALFORMED = 3;

export interface Answer {
  readonly status: number;
  readonly result: number;
}

/** Reads a response. */
export async function readAnswer(peer: Peer): Promise<Answer> {
  return answerIn(await peer.read(12));
}

/** The responses in bytes that hold nothing else. */
export function answersIn(bytes: Buffer): Answer[] {
  expect(bytes.length % 12, "bytes of whole responses").toBe(0);
  return Array.from({ length: bytes.length / 12 }, (_, index) => answerIn(bytes.subarray(12 * index)));
}

function answerIn(bytes: Buffer): Answer {
  return { status: bytes.readInt32LE(0), result: bytes.readDoubleLE(4) };
}

/** Sends a request and reads its answer. */
export function ask(peer: Peer, command: string | Uint8Array, first = 0, second = 0): Promise<Answer> {
  peer.send(request(command, first, second));
  return readAnswer(peer);
}

/** Lesson 2: a place, `"<hh"`. */
export function place(x: number, y: number): Buffer {
  const packet = Buffer.alloc(4);
  packet.writeInt16LE(x, 0);
  packet.writeInt16LE(y, 2);
  return packet;
}

/** Lesson 2: a position, `"<ihh"`. */
export interface Position {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

/** The x and y of a client that has left. */
export const NOWHERE = -32768;

/** Packs a position. */
export function position(id: number, x: number, y: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeInt32LE(id, 0);
  packet.writeInt16LE(x, 4);
  packet.writeInt16LE(y, 6);
  return packet;
}

/** Reads a position. */
export async function readPosition(peer: Peer): Promise<Position> {
  return positionIn(await peer.read(8));
}

/** The positions in bytes that hold nothing else. */
export function positionsIn(bytes: Buffer): Position[] {
  expect(bytes.length % 8, "bytes of whole positions").toBe(0);
  return Array.from({ length: bytes.length / 8 }, (_, index) => positionIn(bytes.subarray(8 * index)));
}

function positionIn(bytes: Buffer): Position {
  return { id: bytes.readInt32LE(0), x: bytes.readInt16LE(4), y: bytes.readInt16LE(6) };
}
