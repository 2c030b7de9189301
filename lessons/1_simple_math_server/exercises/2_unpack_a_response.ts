/**
 * Exercise 1.2 · Unpack a response
 *
 * Turn the twelve bytes of a response into a line that a person can read.
 *
 * ```text
 *   offset   0             4                         12
 *            ┌─────────────┬─────────────────────────┐
 *            │ status      │ result                  │      format "<id"
 *            │ int         │ double                  │
 *            └─────────────┴─────────────────────────┘
 *   bytes      00 00 00 00   00 00 00 00 00 00 0C 40          "3.5"
 *              01 00 00 00   00 00 00 00 00 00 F8 7F          "unknown command"
 *              02 00 00 00   00 00 00 00 00 00 F8 7F          "division by zero"
 *              03 00 00 00   00 00 00 00 00 00 F8 7F          "malformed request"
 *              07 00 00 00   00 00 00 00 00 00 F8 7F          "unknown status 7"
 * ```
 *
 * The bytes 00 00 00 00 00 00 F8 7F are NaN, "not a number". The server sends them when there is no result. A server
 * that breaks the protocol may send something else. Only the status says whether the result means anything.
 *
 * Check it: `npm run exercises 1.2`. Stuck? `npm run exercises hint 1.2`
 *
 * @module
 */

import { STATUS } from "#lessons/1_simple_math_server/protocol.ts";
import { unpack } from "#src/struct.ts";

/**
 * Says what a response means.
 *
 * @param response - its twelve bytes
 * @returns the result, or why there is none
 */
export function describeResponse(response: Uint8Array): string {
  const [status] = unpack("<i", response.subarray(0, 4));
  throw new Error(`not written yet: describeResponse with status ${status}; ${STATUS.OK} would be ok`);
}
