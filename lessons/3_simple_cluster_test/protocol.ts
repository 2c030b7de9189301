/**
 * Lesson 3 · what servers tell each other.
 *
 * Clients speak lesson 2's packets, so there is nothing new for them. Only the messages between servers are new. A
 * message broker carries them: each server publishes on a topic of its own, `room/` and its session, and subscribes to
 * all topics of the room.
 *
 * ```text
 *   server A                                  broker                                  server B
 *      │ ── room/1f0c99a2: moves ──▶            │ ── room/1f0c99a2: moves ──▶            │
 *      │                                        │                                        │
 *      │  ◀── room/7be4410d: beat ──            │            ◀── room/7be4410d: beat ── │
 * ```
 *
 * There are three messages. Each begins with its kind and its link: a random number that stands for one connection to the
 * broker. Nobody else knows that number, so neither junk nor the late will of an older connection can be mistaken for it.
 *
 * ```text
 *   moves, whenever clients come, move or leave: "<BI", then a position for each of them
 *
 *   offset   0      1             5             9       11      13
 *            ┌──────┬─────────────┬─────────────┬───────┬───────┬───
 *            │ kind │ link        │ id          │ x     │ y     │ …
 *            │ 2    │ int         │ int         │ short │ short │
 *            └──────┴─────────────┴─────────────┴───────┴───────┴───
 *   bytes      02     2E 1B 00 5A   03 00 00 00   0C 00   07 00         client 3 is at 12 7
 *
 *   beat, about once a second: "<BIIHIB", the server's name, the beats that it has heard, its clients
 *
 *   offset   0      1             5             9         11            15       16
 *            ┌──────┬─────────────┬─────────────┬─────────┬─────────────┬────────┬──────┬─────────────────┬───────────┬───
 *            │ kind │ link        │ number      │ heard   │ clients     │ length │ name │ session, number │ id, x, y  │ …
 *            │ 1    │ int         │ int         │ short   │ int         │ byte   │ text │ int, int        │ position  │
 *            └──────┴─────────────┴─────────────┴─────────┴─────────────┴────────┴──────┴─────────────────┴───────────┴───
 *
 *   gone, when a server ends, or when its connection to the broker breaks: "<BI"
 *
 *   offset   0      1             5
 *            ┌──────┬─────────────┐
 *            │ kind │ link        │
 *            │ 3    │ int         │
 *            └──────┴─────────────┘
 * ```
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { pack, Struct } from "../../src/struct.ts";
import { POSITION } from "../2_simple_broadcast_test/protocol.ts";

/** Clients speak lesson 2's packets. */
export { PACKETS } from "../2_simple_broadcast_test/protocol.ts";

/** What every message between servers begins with: its kind, and the link that it came on. */
export const HEADER = new Struct("<BI");

/** A beat without what follows: kind, link, number, how many beats were heard, how many clients, length of the name. */
export const BEAT = new Struct("<BIIHIB");

/** A beat that was heard: which session's, and its number. */
export const HEARD = new Struct("<II");

/** The kinds of messages. */
export const KIND = { BEAT: 1, MOVES: 2, GONE: 3 } as const;

/** Names are cut to this many bytes. */
const LONGEST_NAME = 64;

/** All topics of the room: `+` stands for one level of a topic. */
export const ALL_TOPICS = "room/+";

/**
 * Returns the topic that a server publishes on.
 *
 * @param session - the number of this run of the server
 * @returns e.g. `room/1f0c99a2`
 */
export function topicOf(session: number): string {
  return `room/${session.toString(16).padStart(8, "0")}`;
}

/**
 * Reads whose topic it is.
 *
 * @param topic - the topic of a message
 * @returns the session; undefined if no server of this lesson publishes there
 */
export function sessionOf(topic: string): number | undefined {
  const [, session] = /^room\/([0-9a-f]{8})$/.exec(topic) ?? [];
  return session === undefined ? undefined : Number.parseInt(session, 16);
}

/** What a server says about itself about once a second. */
export interface Beat {
  readonly kind: typeof KIND.BEAT;
  readonly link: number;
  /** Counts this server's beats. */
  readonly number: number;
  /** What people call the server. */
  readonly name: string;
  /** The newest beat that it has heard from each other server, by session: this answers their beats. */
  readonly heard: ReadonlyMap<number, number>;
  /** A position for each of its clients. */
  readonly positions: readonly Uint8Array[];
}

/** Clients that have come, moved or left. */
export interface Moves {
  readonly kind: typeof KIND.MOVES;
  readonly link: number;
  /** A position for each of them. */
  readonly positions: readonly Uint8Array[];
}

/** The server has gone. */
export interface Gone {
  readonly kind: typeof KIND.GONE;
  readonly link: number;
}

/** A message from one server to all others. */
export type Message = Beat | Moves | Gone;

/**
 * Packs a message.
 *
 * @param message - what to say
 * @returns its bytes
 */
export function packMessage(message: Message): Uint8Array {
  if (message.kind === KIND.GONE) return HEADER.pack(KIND.GONE, message.link);
  const { kind, link, positions } = message;
  if (kind === KIND.MOVES) return Buffer.concat([HEADER.pack(kind, link), ...positions]);

  const name = Buffer.from(message.name).subarray(0, LONGEST_NAME);
  const heard = [...message.heard].map(([session, number]) => HEARD.pack(session, number));
  const start = BEAT.pack(kind, link, message.number, heard.length, positions.length, name.length);
  return Buffer.concat([start, name, ...heard, ...positions]);
}

/**
 * Unpacks a message. Anyone may publish anything, so every length is checked: the message has to be exactly as long as it
 * says.
 *
 * @param bytes - what the broker has delivered
 * @returns the message; undefined if it isn't one
 */
export function unpackMessage(bytes: Uint8Array): Message | undefined {
  if (bytes.length < HEADER.size) return undefined;
  const [kind, link] = HEADER.unpackFrom(bytes);
  if (kind === KIND.GONE) return bytes.length === HEADER.size ? { kind, link } : undefined;
  if (kind === KIND.MOVES) {
    const isWhole = (bytes.length - HEADER.size) % POSITION.size === 0;
    return isWhole ? { kind, link, positions: parts(bytes, HEADER.size, POSITION.size) } : undefined;
  }
  if (kind !== KIND.BEAT || bytes.length < BEAT.size) return undefined;
  const [, , number, heardCount, clientCount, nameLength] = BEAT.unpackFrom(bytes);
  const heardStart = BEAT.size + nameLength;
  const clientsStart = heardStart + heardCount * HEARD.size;
  if (bytes.length !== clientsStart + clientCount * POSITION.size) return undefined;
  return {
    kind,
    link,
    number,
    name: Buffer.from(bytes.subarray(BEAT.size, heardStart)).toString(),
    heard: new Map(
      parts(bytes.subarray(0, clientsStart), heardStart, HEARD.size).map((part) => HEARD.unpack(part)),
    ),
    positions: parts(bytes, clientsStart, POSITION.size),
  };
}

/** Cuts bytes into parts of one size. */
function parts(bytes: Uint8Array, start: number, size: number): Uint8Array[] {
  const count = (bytes.length - start) / size;
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(start + index * size, start + (index + 1) * size),
  );
}

/**
 * The packets of MQTT that step 1 sends, with the bytes that it sends. Each begins with its type and the remaining
 * length, and each string follows its length. (The library packs the packets that the servers send.)
 */
export const MQTT_PACKETS: readonly PacketDescription[] = [
  {
    name: "connect",
    from: "client",
    format: ">BBH4sBBHH7s",
    fields: ["type", "rest", "length", "protocol", "level", "flags", "seconds", "id length", "client id"],
    meaning: "I speak {protocol}, level {level}, and my name is {client id}",
    example: {
      type: 0x10,
      rest: 19,
      length: 4,
      protocol: textBytes("MQTT"),
      level: 4,
      flags: 2,
      seconds: 0,
      "id length": 7,
      "client id": textBytes("by hand"),
    },
  },
  {
    name: "subscribe",
    from: "client",
    format: ">BBHH6sB",
    fields: ["type", "rest", "number", "length", "filter", "quality"],
    meaning: "tell me what is published on {filter}, at most once each",
    example: { type: 0x82, rest: 11, number: 1, length: 6, filter: textBytes("room/#"), quality: 0 },
  },
  {
    name: "publish",
    from: "client",
    format: ">BBH4s8s",
    fields: ["type", "rest", "length", "topic", "message"],
    meaning: "tell everyone who has subscribed to {topic}: {message}",
    example: {
      type: 0x30,
      rest: 14,
      length: 4,
      topic: textBytes("room"),
      message: pack("<ihh", 3, 12, 7),
    },
  },
];

/** A text as bytes. This part of the file runs in a browser too, where there is no Buffer. */
function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
