/**
 * Exercise 1.1 · Pack a request
 *
 * Turn a request of this lesson into bytes, this time with a `DataView`, JavaScript's own tool for the job.
 *
 * ```text
 *   offset   0             4       6       8
 *            ┌─────────────┬───────┬───────┬─────────────┐
 *            │ length      │ first │ second│ command     │      "<ihh", and then the command:
 *            │ int         │ short │ short │ UTF-8 text  │      `length` counts its bytes
 *            └─────────────┴───────┴───────┴─────────────┘
 *   bytes      04 00 00 00   02 00   03 00   53 55 4D 41          SUMA 2 3
 *              05 00 00 00   FF FF   05 00   41 C3 B1 4F 53       AñOS −1 5
 * ```
 *
 * The second one has four letters and five bytes: `ñ` is two bytes in UTF-8, C3 B1. If you told the server 4, it would
 * take `S` for the beginning of the next request, and everything after that would be nonsense.
 *
 * Check it: `npm run exercises 1.1`. Stuck? `npm run exercises hint 1.1`
 *
 * @module
 */

/**
 * Packs a request.
 *
 * @param command - the text of the command
 * @param first - the first value, −32768 … 32767
 * @param second - the second value, the same
 * @returns eight bytes, followed by the command
 */
export function packRequest(command: string, first: number, second: number): Uint8Array {
  throw new Error(`not written yet: packRequest("${command}", ${first}, ${second})`);
}
