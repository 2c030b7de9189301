/**
 * Formats of few values, where calling a function for each value by its name is faster than any loop: the engine sees
 * which function each call calls, and where a program has but one format of so many values, it compiles them into one.
 */

import type { Read, Write } from "./program.ts";
import type { StructValue } from "./types.ts";

/** The most values that are few. */
export const FEW = 8;

/** Reads one value of the struct that starts at `start`. */
export type ReadOne = (bytes: Uint8Array, start: number) => StructValue;

/** Writes one value of the struct that starts at `start`. */
export type WriteOne = (bytes: Uint8Array, start: number, value: unknown) => void;

/** An array literal is also the cheapest array to make. */
export function readFew(readers: readonly ReadOne[]): Read {
  const [a, b, c, d, e, f, g, h] = readers;
  if (!a) return () => [];
  if (!b) return (x, at) => [a(x, at)];
  if (!c) return (x, at) => [a(x, at), b(x, at)];
  if (!d) return (x, at) => [a(x, at), b(x, at), c(x, at)];
  if (!e) return (x, at) => [a(x, at), b(x, at), c(x, at), d(x, at)];
  if (!f) return (x, at) => [a(x, at), b(x, at), c(x, at), d(x, at), e(x, at)];
  if (!g) return (x, at) => [a(x, at), b(x, at), c(x, at), d(x, at), e(x, at), f(x, at)];
  if (!h) return (x, at) => [a(x, at), b(x, at), c(x, at), d(x, at), e(x, at), f(x, at), g(x, at)];
  return (x, at) => [a(x, at), b(x, at), c(x, at), d(x, at), e(x, at), f(x, at), g(x, at), h(x, at)];
}

/** Values are written in their order, so that those before a value that is refused are there. */
export function writeFew(writers: readonly WriteOne[]): Write {
  const [a, b, c, d, e, f, g, h] = writers;
  if (!a) return () => {};
  if (!b)
    return (x, at, values) => {
      a(x, at, values[0]);
    };
  if (!c)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
    };
  if (!d)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
      c(x, at, values[2]);
    };
  if (!e)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
      c(x, at, values[2]);
      d(x, at, values[3]);
    };
  if (!f)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
      c(x, at, values[2]);
      d(x, at, values[3]);
      e(x, at, values[4]);
    };
  if (!g)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
      c(x, at, values[2]);
      d(x, at, values[3]);
      e(x, at, values[4]);
      f(x, at, values[5]);
    };
  if (!h)
    return (x, at, values) => {
      a(x, at, values[0]);
      b(x, at, values[1]);
      c(x, at, values[2]);
      d(x, at, values[3]);
      e(x, at, values[4]);
      f(x, at, values[5]);
      g(x, at, values[6]);
    };
  return (x, at, values) => {
    a(x, at, values[0]);
    b(x, at, values[1]);
    c(x, at, values[2]);
    d(x, at, values[3]);
    e(x, at, values[4]);
    f(x, at, values[5]);
    g(x, at, values[6]);
    h(x, at, values[7]);
  };
}
