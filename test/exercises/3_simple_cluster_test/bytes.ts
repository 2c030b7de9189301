/** Bytes of MQTT, whose length varies, so no packet description fits them. */

import { hexDigits } from "#src/printable.ts";
import { fail, type Mistakes, sameValue } from "../assertions.ts";
import { describeValue } from "../draw.ts";

/**
 * Fails unless the learner's bytes are exactly these.
 *
 * @param call - calls the learner's function
 * @param expected - the bytes that it should have made
 * @param what - what they are
 * @param mistakes - what typical mistakes give here, as hexadecimal digits
 */
export function sameBytes(
  call: () => unknown,
  expected: Uint8Array,
  what: string,
  mistakes: Mistakes = [],
): void {
  const came = call();
  if (!(came instanceof Uint8Array)) {
    const mistake = came === undefined ? "Is a `return` missing?" : "It should be a Uint8Array.";
    fail(`${what}\n\n  expected  ${hexDigits(expected)}\n  got       ${describeValue(came)}`, mistake);
  }
  sameValue(() => hexDigits(came), hexDigits(expected), what, mistakes);
}
