/**
 * Exercise 1.1 · Pack a request: our solution. Compare it with `packRequest` in the lesson's protocol.ts, which
 * says the same with a Struct.
 *
 * @module
 */

const HEADER_SIZE = 8;

/**
 * Packs a request.
 *
 * @param command - the text of the command
 * @param first - the first value, −32768 … 32767
 * @param second - the second value, the same
 * @returns eight bytes, followed by the command
 */
export function packRequest(command: string, first: number, second: number): Uint8Array {
  // Encode the text first: only then do we know how many bytes it takes.
  const text = new TextEncoder().encode(command);
  const request = new Uint8Array(HEADER_SIZE + text.length);
  const view = new DataView(request.buffer);
  view.setInt32(0, text.length, true);
  view.setInt16(4, first, true);
  view.setInt16(6, second, true);
  request.set(text, HEADER_SIZE);
  return request;
}
