/**
 * Exercise 3.2 · A publish: our solution.
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

/** The upper four bits of the first byte. */
const PUBLISH = 3;

/**
 * Packs a PUBLISH with quality of service 0 that isn't retained.
 *
 * @param topic - e.g. `room/1`
 * @param payload - any bytes
 * @returns the packet
 */
export function packPublish(topic: string, payload: Uint8Array): Uint8Array {
  const name = Buffer.from(topic);
  const length = 2 + name.length + payload.length;
  const start = [PUBLISH << 4, ...encodeLength(length), name.length >> 8, name.length & 0xff];
  return Buffer.concat([Uint8Array.from(start), name, payload]);
}

/**
 * Reads a PUBLISH of any quality of service.
 *
 * @param packet - one whole packet, whose remaining length is right
 * @returns the message; undefined if it is another packet, or if the topic is longer than what is there
 */
export function readPublish(packet: Uint8Array): Message | undefined {
  const [first = 0] = packet;
  if (first >> 4 !== PUBLISH) return undefined;
  const rest = packet.subarray(1 + sizeOfLength(packet));
  const [high = 0, low = 0] = rest;
  const end = 2 + high * 256 + low;
  const hasId = (first & 0x06) !== 0;
  const start = hasId ? end + 2 : end;
  if (start > rest.length) return undefined;
  return {
    topic: new TextDecoder().decode(rest.subarray(2, end)),
    payload: rest.slice(start),
    isRetained: (first & 0x01) !== 0,
  };
}

function encodeLength(length: number): number[] {
  return length < 128 ? [length] : [(length & 0x7f) | 0x80, ...encodeLength(length >> 7)];
}

/** How many bytes the remaining length takes. */
function sizeOfLength(packet: Uint8Array): number {
  let size = 1;
  while ((packet[size] ?? 0) >= 0x80) size++;
  return size;
}
