/**
 * Exercise 1.2 · Unpack a response: our solution.
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
  const [status, result] = unpack("<id", response);
  // Not `Number.isNaN(result)`: the result means nothing until the status has said so.
  switch (status) {
    case STATUS.OK:
      return `${result}`;
    case STATUS.UNKNOWN_COMMAND:
      return "unknown command";
    case STATUS.DIVISION_BY_ZERO:
      return "division by zero";
    case STATUS.MALFORMED:
      return "malformed request";
    default:
      return `unknown status ${status}`;
  }
}
