/**
 * The state of the page in its address, after the `#`, where no server ever sees it.
 *
 * ```text
 *   #f=<ihh&v=4&v=2&v=3        a format and values
 *   #f=<ihh&x=0400000002000300 a format and bytes
 *   #p=1.client&…&t=SUMA      a preset's names, and a text after the struct
 *   #…&n=3&c=5.19              three packets, cut before the bytes 5 and 19
 * ```
 *
 * A stranger may have made the link, so everything has a limit, and an address beyond a limit is refused as a whole.
 *
 * @module
 */

import { LONGEST_FORMAT, MOST_BYTES, MOST_VALUES } from "./fields.ts";
import { LONGEST_HEX } from "./hex.ts";
import type { Reading } from "./reading.ts";
import { EMPTY, FEWEST_PACKETS, MOST_CUTS, MOST_PACKETS, type State } from "./state.ts";
import { LONGEST_VALUE } from "./values.ts";

/** The longest address that is read, in characters. */
const LONGEST_ADDRESS = 16_384;

/**
 * Writes a state as an address.
 *
 * @param state - the state
 * @param reading - what is shown of it. What was typed before and isn't shown now is not in the address.
 * @returns the part after the `#`, that included
 */
export function toAddress(state: State, reading?: Pick<Reading, "typed" | "text">): string {
  const { preset, format, hex, packets, cuts } = state;
  const values = state.values.slice(0, reading?.typed.length ?? MOST_VALUES);
  const text = reading && reading.text === undefined ? "" : state.text;
  const parameters = new URLSearchParams();
  if (preset) parameters.set("p", preset);
  parameters.set("f", format);
  if (hex === undefined) for (const value of values) parameters.append("v", value);
  else parameters.set("x", hex);
  if (text && hex === undefined) parameters.set("t", text);
  if (packets !== MOST_PACKETS) parameters.set("n", String(packets));
  if (cuts) parameters.set("c", cuts.join("."));
  return `#${parameters}`;
}

/**
 * Reads an address.
 *
 * @param address - the part after the `#`, that included
 * @returns its state; undefined if it has none
 * @throws RangeError that says what no link from this page would contain
 */
export function fromAddress(address: string): State | undefined {
  if (address.length <= 1) return undefined;
  if (address.length > LONGEST_ADDRESS) throw new RangeError(`it has ${address.length} characters`);
  const parameters = new URLSearchParams(address.slice(1));
  const format = parameters.get("f");
  if (format === null) throw new RangeError("it has no format");
  const values = parameters.getAll("v");
  if (values.length > MOST_VALUES) throw new RangeError(`it has ${values.length} values`);
  for (const value of values) limit("value", value, LONGEST_VALUE);
  const hex = parameters.get("x") ?? undefined;
  return {
    preset: limit("name", parameters.get("p") ?? EMPTY.preset, 80),
    format: limit("format", format, LONGEST_FORMAT),
    values,
    text: limit("text", parameters.get("t") ?? EMPTY.text, LONGEST_VALUE),
    hex: hex === undefined ? undefined : limit("row of bytes", hex, LONGEST_HEX),
    packets: number(
      "number of packets",
      parameters.get("n") ?? String(EMPTY.packets),
      FEWEST_PACKETS,
      MOST_PACKETS,
    ),
    cuts: readCuts(parameters.get("c")),
  };
}

function limit(what: string, text: string, longest: number): string {
  if (text.length > longest) throw new RangeError(`it has a ${what} of ${text.length} characters`);
  return text;
}

function number(what: string, text: string, least: number, most: number): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new RangeError(`it has no ${what} from ${least} to ${most}`);
}

function readCuts(text: string | null): number[] | undefined {
  if (text === null) return undefined;
  const cuts = text === "" ? [] : text.split(".", MOST_CUTS + 1);
  if (cuts.length > MOST_CUTS) throw new RangeError(`it has more than ${MOST_CUTS} cuts`);
  return cuts.map((cut) => number("cut", cut, 1, MOST_PACKETS * MOST_BYTES));
}
