/**
 * Exercise 3.2 · A publish
 *
 * PUBLISH is the packet of MQTT that carries a message, from a program to the broker and from the broker to each program
 * that has subscribed. Pack one by hand, and read one.
 *
 * ```text
 *   offset   0      1                   2             4                       4 + n
 *            ┌──────┬───────────────────┬─────────────┬───────────────────────┬─────────────┐
 *            │ type │ remaining length  │ length n    │ topic                 │ payload     │
 *            │ byte │ 1 to 4 bytes      │ short       │ n bytes of UTF-8      │ the rest    │
 *            └──────┴───────────────────┴─────────────┴───────────────────────┴─────────────┘
 *   bytes      30     0B                  00 06         72 6F 6F 6D 2F 31       07 08 09           room/1: 07 08 09
 *
 *   type     3 in the upper four bits, and flags in the lower four: 30 is a PUBLISH without flags
 *            0x01   retain: the broker keeps the message, and gives it to everyone who subscribes later
 *            0x06   quality of service 0, 1 or 2. With 1 or 2 a packet id of two bytes stands between topic and payload.
 *            0x08   the same message once more, because its first packet was not acknowledged
 * ```
 *
 * MQTT's numbers of two bytes are big-endian: the highest byte comes first. The topic's length counts bytes, not
 * characters. The remaining length counts everything after it, and is exercise 3.1: copy yours.
 *
 * Check it: `npm run exercises 3.2`. Stuck? `npm run exercises hint 3.2`
 *
 * @module
 */

/** A message, and where it was published. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Whether the broker had kept it: then it may be old news. */
  readonly isRetained: boolean;
}

/**
 * Packs a PUBLISH with quality of service 0 that isn't retained.
 *
 * @param topic - e.g. `room/1`
 * @param payload - any bytes
 * @returns the packet
 */
export function packPublish(topic: string, payload: Uint8Array): Uint8Array {
  throw new Error(`not written yet: packPublish(${JSON.stringify(topic)}, ${payload.length} bytes)`);
}

/**
 * Reads a PUBLISH of any quality of service.
 *
 * @param packet - one whole packet, whose remaining length is right
 * @returns the message; undefined if it is another kind of packet, or if the topic is longer than what is there
 */
export function readPublish(packet: Uint8Array): Message | undefined {
  throw new Error(`not written yet: readPublish, of ${packet.length} bytes`);
}
