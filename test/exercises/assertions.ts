/**
 * What the checks of the exercises are made of. A check calls what the learner wrote and compares what comes with what
 * should have come. When it is wrong, the message names the mistake: it follows from what came, never from which check
 * it was.
 *
 * @module
 */

import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { fieldsOf, type PacketDescription } from "../../src/packets.ts";
import { describeValue, drawDifference } from "./draw.ts";

/** One exercise: what its file exports, hints, and checks. `Module` is the type of our solution. */
export interface Exercise<Module> {
  /** The file's exports that are checked. A program exports nothing: it is started, not imported. */
  readonly exports: readonly (keyof Module & string)[];
  /** From a nudge to nearly the answer, for each check. */
  readonly hints: readonly Hint[];
  /** By title, a sentence. In the order in which a learner gets them right. */
  readonly checks: Readonly<Record<string, Check<Module>>>;
  /** How long one check may take, in milliseconds; 2000 unless it says otherwise. */
  readonly limit?: number;
}

/** A hint belongs to the checks that it helps with: nobody gets hints for what passes already. */
export interface Hint {
  /** Matches the titles of these checks. */
  readonly for: RegExp;
  readonly text: string;
}

/**
 * Throws {@link Wrong} if something is wrong. It gets what the learner's file exports, each function of it guarded: what
 * it throws arrives as {@link LearnerError}. And the file's path.
 */
export type Check<Module> = (learner: Module, file: string) => void | Promise<void>;

/** Something in the learner's work is wrong. */
export class Wrong extends Error {
  /** The name of the class. */
  override readonly name = "Wrong";
  /** Whether the message names the mistake itself: of several that failed, such a check is explained. */
  readonly isNamed: boolean;
  /** Whether there is no point in trying the checks that follow. */
  readonly isFinal: boolean;

  /**
   * @param message - what was expected, what came, and the mistake if it is known
   * @param isNamed - whether it is
   * @param isFinal - whether there is no point in trying the checks that follow
   */
  constructor(message: string, isNamed = true, isFinal = false) {
    super(message);
    this.isNamed = isNamed;
    this.isFinal = isFinal;
  }
}

/** How much longer everything may take where many attempts run at once: in CI. */
export const SLOWNESS: number = process.env["CI"] ? 2 : 1;

/** What every stub throws or says until the learner has written something. */
export const UNWRITTEN: RegExp = /^not written yet/;

/** What the learner's code has thrown. */
export class LearnerError extends Error {
  /** The name of the class. */
  override readonly name = "LearnerError";
  /** The call, e.g. `packTestPacket(3, 1)`. */
  readonly call: string;

  /**
   * @param call - the call that threw
   * @param cause - what it threw
   */
  constructor(call: string, cause: unknown) {
    super(call, { cause });
    this.call = call;
  }
}

/**
 * What a wrong answer gives here, and the sentence that names the mistake behind it. A regular expression stands for all
 * texts that match it.
 */
export type Mistakes = readonly (readonly [came: unknown, sentence: string])[];

/** The same, found out only when something is wrong. */
type PossibleMistakes = Mistakes | (() => Mistakes);

/**
 * Describes an exercise.
 *
 * @param description - the exercise
 * @returns the same
 */
export function exercise<Module>(description: Exercise<Module>): Exercise<Module> {
  return description;
}

/**
 * Fails unless the learner's bytes are exactly these.
 *
 * @param call - calls the learner's function
 * @param expected - the bytes that it should have made
 * @param packet - the lesson's description of them
 * @param what - what they are
 * @param mistakes - what typical mistakes give here
 */
export function samePacket(
  call: () => unknown,
  expected: Uint8Array,
  packet: PacketDescription,
  what: string,
  mistakes: Mistakes = [],
): void {
  const came = call();
  if (!(came instanceof Uint8Array)) throw new Wrong(`${what}\n\n${wrongType(came, "a Uint8Array")}`);
  if (Buffer.compare(came, expected) === 0) return;
  const known = mistakes.find(([wrong]) => wrong instanceof Uint8Array && Buffer.compare(came, wrong) === 0);
  const sentence = known?.[1] ?? nameMistake(came, expected, packet);
  const drawing = drawDifference(came, expected, packet);
  throw new Wrong(
    `${what}\n\n${drawing}${sentence ? `\n\n${sentence}` : ""}\n\n(${describeFields(came, expected, packet)})`,
    sentence !== undefined,
  );
}

/**
 * Fails unless two values are equal.
 *
 * @param call - calls the learner's function
 * @param expected - what it should have returned
 * @param what - what it is
 * @param mistakes - what typical mistakes give here
 */
export function sameValue(
  call: () => unknown,
  expected: unknown,
  what: string,
  mistakes: PossibleMistakes = [],
): void {
  let came: unknown;
  try {
    came = call();
  } catch (error) {
    const thrown = error instanceof LearnerError ? error.cause : undefined;
    const text = thrown instanceof Error ? thrown.message : thrown;
    if (error instanceof LearnerError && text === expected) {
      throw new Wrong(`${what}\n\n${error.call} threw ${describeValue(text)}. It should return it.`);
    }
    // Not what JavaScript or the kit throws: what the learner has thrown.
    const isOwn = thrown instanceof Error && (thrown.name === "Error" || typeof expected === "boolean");
    if (error instanceof LearnerError && isOwn && !UNWRITTEN.test(thrown.message)) {
      throw new Wrong(
        `${what}\n\n${error.call} threw "${thrown.message}". It should return ${describeValue(expected)}.`,
      );
    }
    throw error;
  }
  compare(came, expected, what, mistakes);
}

/**
 * Fails unless two values are equal.
 *
 * @param came - what came
 * @param expected - what should have come
 * @param what - what it is
 * @param mistakes - what typical mistakes give here
 */
export function compare(
  came: unknown,
  expected: unknown,
  what: string,
  mistakes: PossibleMistakes = [],
): void {
  if (isDeepStrictEqual(came, expected)) return;
  const known = typeof mistakes === "function" ? mistakes() : mistakes;
  const sentence =
    known.find(
      ([wrong]) => isDeepStrictEqual(came, wrong) || (wrong instanceof RegExp && matches(came, wrong)),
    )?.[1] ?? nameWrongValue(came, expected);
  throw new Wrong(
    `${what}\n\n  expected  ${describeValue(expected)}\n  got       ${describeValue(came)}${sentence ? `\n\n${sentence}` : ""}`,
    sentence !== undefined,
  );
}

function matches(came: unknown, pattern: RegExp): boolean {
  return typeof came === "string" && pattern.test(came);
}

/**
 * Fails.
 *
 * @param what - what was expected and what came
 * @param mistake - the mistake behind it, if it is known
 */
export function fail(what: string, mistake?: string): never {
  throw new Wrong(mistake ? `${what}\n\n${mistake}` : what, mistake !== undefined);
}

/** What is wrong with a value that is not even of the right type. */
function wrongType(came: unknown, wanted: string): string {
  const got = `  expected  ${wanted}\n  got       ${describeValue(came)}\n\n`;
  if (came === undefined) return `${got}The function returns nothing. Is a \`return\` missing?`;
  if (came instanceof Promise) {
    return `${got}The function returns a promise, as an \`async\` function always does. There is nothing to await here.`;
  }
  if (came instanceof ArrayBuffer) {
    return `${got}An ArrayBuffer is only the memory. \`new Uint8Array(buffer)\` is a view of it.`;
  }
  if (came instanceof DataView) {
    return `${got}A DataView reads and writes memory. \`new Uint8Array(view.buffer)\` is its bytes.`;
  }
  if (Array.isArray(came))
    return `${got}An array of numbers isn't bytes yet: \`Uint8Array.from(array)\` turns it into bytes.`;
  if (came instanceof Uint8ClampedArray) {
    return `${got}It holds bytes, but it belongs to another class. Make a Uint8Array.`;
  }
  if (ArrayBuffer.isView(came)) {
    return `${got}Its elements are not bytes. Make a Uint8Array, whose elements are.`;
  }
  if (typeof came === "string") return `${got}A connection carries bytes, not text that shows them.`;
  return `${got}The function returns a value of the wrong type.`;
}

/** What may be wrong with a value, if its kind or its likeness tells. */
function nameWrongValue(came: unknown, expected: unknown): string | undefined {
  if (came === undefined) return "The function returned nothing. Is a `return` missing?";
  if (came instanceof Promise)
    return "That is a promise. Is an `await` missing, or should the function not be `async`?";
  if (typeof came === "string" && typeof expected === "string") {
    if (came.trim() === expected) return "The words are right, but there is white space around them.";
    if (came.toLowerCase() === expected.toLowerCase())
      return "The words are right, but upper and lower case differ.";
    if (came.replaceAll('"', "") === expected) return "The quotation marks do not belong there.";
    if (expected !== "" && came.includes(expected))
      return "It contains what is expected, but the rest does not belong there.";
  }
  if (typeof came === "string" && typeof expected === "boolean") return undefined;
  if (typeof came !== typeof expected && String(came) === String(expected)) {
    return `It looks right, but it is ${a(typeof came)}. It should be ${a(typeof expected)}.`;
  }
  if (typeof expected === "string" && typeof came !== "string") return "It should be text, and it is not.";
  if (typeof came === "bigint" && typeof expected === "number") return "It should be a number, not a bigint.";
  if (typeof expected === "boolean" && typeof came !== "boolean") return "It should be `true` or `false`.";
  if (Array.isArray(came) && Array.isArray(expected)) {
    if (isDeepStrictEqual(came.toReversed(), expected)) return "The order is reversed.";
    if (came.length === expected.length && isDeepStrictEqual([...came].sort(), [...expected].sort())) {
      return "They are all there, but in a different order.";
    }
    const [kind] = new Set(came.map((one) => typeof one));
    if (kind && kind !== typeof expected[0] && isDeepStrictEqual(came.map(String), expected.map(String))) {
      return `They look right, but each is ${a(kind)} and should be ${a(typeof expected[0])}.`;
    }
    const isPart = (part: unknown[], whole: unknown[]) =>
      part.length > 0 && part.length < whole.length && isDeepStrictEqual(part, whole.slice(0, part.length));
    if (isPart(came, expected))
      return `Only ${came.length} of the ${expected.length} values came: those at the beginning.`;
    if (isPart(expected, came))
      return `The expected values are there, but more follow: ${came.length} in all, instead of ${expected.length}.`;
    if (isPart(expected.toReversed(), came.toReversed())) {
      return `The expected values are at the end, but others come before them: ${came.length} in all, instead of ${expected.length}. Are those from an earlier call?`;
    }
  }
  return undefined;
}

function a(type: string): string {
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

/** The mistake that turned one packet into the other, if the bytes tell. */
function nameMistake(came: Uint8Array, expected: Uint8Array, packet: PacketDescription): string | undefined {
  const parts = fieldsOf(packet).map(({ name, offset, size }) => {
    const end = size === undefined ? expected.length : offset + size;
    return {
      name,
      offset,
      isText: size === undefined,
      want: expected.slice(offset, end),
      got: came.slice(offset, end),
    };
  });
  const wrong = parts.filter(({ want, got }) => !equal(want, got));
  const names = wrong.map(({ name }) => `\`${name}\``).join(" and ");
  const numbers = wrong.filter(({ isText }) => !isText);
  const every = (test: (part: { want: Uint8Array; got: Uint8Array }) => boolean) =>
    numbers.length > 0 && numbers.length === wrong.length && numbers.every(test);

  if (came.length === 0) return "It does not hold a single byte.";
  if (came.length === expected.length) {
    if (came.every((byte) => byte === 0))
      return "All its bytes are 0. You made the array, but wrote nothing into it.";
    if (every(({ want, got }) => equal(got, want.toReversed()))) {
      return `The bytes of ${names} are in the opposite order. The bytes are right, but the highest comes first, and the lowest should.`;
    }
    const [one, two] = numbers;
    if (wrong.length === 2 && one && two && equal(one.got, two.want) && equal(two.got, one.want)) {
      return `\`${one.name}\` and \`${two.name}\` are swapped.`;
    }
    for (const count of [1, 2, 3]) {
      const lowOnly = ({ want, got }: { want: Uint8Array; got: Uint8Array }) =>
        want.length > count && equal(got, keepLow(want, count));
      if (every(lowOnly)) {
        const some = count === 1 ? "only the lowest byte" : `only the lowest ${count} bytes`;
        return `In ${names} ${some} arrived, and the others are 0. Write every byte of a large number: shift it down first, because a byte keeps only the lowest eight bits.`;
      }
    }
    if (every(({ got }) => got.every((byte) => byte === 0)))
      return `\`${numbers[0]?.name}\` is 0. You never wrote it, or you wrote something over it.`;
    const same = numbers[0]?.got;
    const owner = same && parts.find(({ name, want }) => name !== numbers[0]?.name && equal(want, same));
    if (numbers.length === 1 && wrong.length === 1 && owner) {
      return `\`${numbers[0]?.name}\` holds the value of \`${owner.name}\`.`;
    }
  }
  if (equal(came, expected.toReversed()) && expected.length > 4)
    return "The whole packet is reversed. The fields keep their order. Only inside a number does the lowest byte come first.";
  if (startsWith(came, expected))
    return `The packet is right, but ${count(came.length - expected.length)} too many follow${came.length - expected.length === 1 ? "s" : ""} it.`;
  if (startsWith(expected, came)) {
    const missing = parts.find(({ want, got }) => got.length < want.length);
    return `These bytes are right, but the packet ends after ${count(came.length)}: ${missing ? `\`${missing.name}\` is ${missing.got.length === 0 ? "missing" : "incomplete"}` : "the rest is missing"}.`;
  }
  const text = Buffer.from(came).toString("latin1");
  if (/^[\x20-\x7e]+$/.test(text))
    return `These bytes are the text ${JSON.stringify(text)}: the digits of the numbers, not the numbers.`;
  if (came.length === parts.length)
    return `It has one byte for each field. ${parts.map(({ name, want }) => `\`${name}\` takes ${count(want.length)}`).join(", ")}.`;
  const moved = wrong.find(({ offset, isText, want }) => {
    if (came.length === expected.length && !isText) return false;
    const at = Buffer.from(came).indexOf(want);
    return at > 0 && at !== offset && Math.abs(at - offset) <= 4 && want.some((byte) => byte !== 0);
  });
  if (moved)
    return `\`${moved.name}\` begins at byte ${Buffer.from(came).indexOf(moved.want)}. It should begin at byte ${moved.offset}. The first byte is number 0.`;
  if (came.length === expected.length * 2 || came.length === expected.length / 2) {
    const [first] = parts;
    if (first)
      return `\`${first.name}\` should take ${count(first.want.length)}: the packet is ${came.length > expected.length ? "twice" : "half"} as long as it should be.`;
  }
  return undefined;
}

/** What the fields say, as numbers: true whatever the mistake is. */
function describeFields(came: Uint8Array, expected: Uint8Array, packet: PacketDescription): string {
  if (came.length !== expected.length) {
    return `it has ${count(came.length)} and should have ${expected.length}`;
  }
  const parts = fieldsOf(packet).flatMap(({ name, offset, size }) => {
    const end = size === undefined ? expected.length : offset + size;
    const [want, got] = [expected.subarray(offset, end), came.subarray(offset, end)];
    if (equal(want, got)) return [];
    if (size === undefined)
      return [
        `\`${name}\` says ${describeValue(Buffer.from(got).toString())}, not ${describeValue(Buffer.from(want).toString())}`,
      ];
    return [`\`${name}\` says ${littleEndian(got)}, not ${littleEndian(want)}`];
  });
  return parts.join("; ");
}

function littleEndian(bytes: Uint8Array): number {
  return Buffer.from(bytes).readIntLE(0, Math.min(bytes.length, 6));
}

function keepLow(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.map((byte, index) => (index < count ? byte : 0));
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length > start.length && equal(bytes.subarray(0, start.length), start);
}

/**
 * Counts bytes in words.
 *
 * @param bytes - how many
 * @returns e.g. `1 byte` or `8 bytes`
 */
export function count(bytes: number): string {
  return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}
