/** Floats of 16 bits, "half floats": a sign (1 bit), an exponent (5 bits) and a fraction (10 bits). */

import { scratch } from "./scratch.ts";

const { float64, float32, words, HIGH } = scratch;

/** The number that 16 bits stand for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign ? -fraction : fraction) * 2 ** -24;
  // The same number as a float of 32 bits, whose exponent is biased by 127 instead of 15.
  words[0] = (sign << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  return float32[0] as number;
}

/**
 * The bits of the nearest half float, or the even one if two are equally near; undefined for a finite number that is
 * too large.
 */
export function toHalfBits(value: number): number | undefined {
  float64[0] = value;
  const high = words[HIGH] as number;
  const sign = (high >>> 16) & 0x8000;
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (exponent === 1024) return sign | 0x7c00;
  // Below 2**-14 half floats are subnormal: the steps between them do not get any smaller.
  const normal = Math.max(exponent, -14);
  const steps = roundHalfEven(Math.abs(value) * 2 ** (10 - normal));
  // Steps count the leading 1 of a normal number too, so they add 1 to an exponent that is 1 too small.
  // If rounding carries into the next exponent, the sum is still right.
  const bits = (normal + 14) * 1024 + steps;
  return bits < 0x7c00 ? sign | bits : undefined;
}

/** Rounds as the processor does: from 2**52 on, a double has no bits left for a fraction. */
function roundHalfEven(value: number): number {
  return value + 2 ** 52 - 2 ** 52;
}
