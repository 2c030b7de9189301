/**
 * Formats of few values, where naming each codec is faster than any loop: engines see what each call reaches, and
 * inline the calls, as long as a program has only a few formats of that many values.
 */

import type { Codec } from "./codec.ts";
import type { Codecs } from "./compiled_format.ts";
import type { StructValue } from "./types.ts";

class None implements Codecs {
  // An array literal is the cheapest array to make.
  read(_x: Uint8Array, _at: number): StructValue[] {
    return [];
  }

  write(_x: Uint8Array, _at: number, _values: readonly unknown[]): void {}
}

class One extends None {
  protected readonly a: Codec;

  constructor(codecs: readonly Codec[]) {
    super();
    this.a = codecs[0] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [this.a.read(x, at)];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
  }
}

class Two extends One {
  protected readonly b: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.b = codecs[1] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [this.a.read(x, at), this.b.read(x, at)];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
  }
}

class Three extends Two {
  protected readonly c: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.c = codecs[2] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [this.a.read(x, at), this.b.read(x, at), this.c.read(x, at)];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
  }
}

class Four extends Three {
  protected readonly d: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.d = codecs[3] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [this.a.read(x, at), this.b.read(x, at), this.c.read(x, at), this.d.read(x, at)];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
    this.d.write(x, at, values[3], 3);
  }
}

class Five extends Four {
  protected readonly e: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.e = codecs[4] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [
      this.a.read(x, at),
      this.b.read(x, at),
      this.c.read(x, at),
      this.d.read(x, at),
      this.e.read(x, at),
    ];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
    this.d.write(x, at, values[3], 3);
    this.e.write(x, at, values[4], 4);
  }
}

class Six extends Five {
  protected readonly f: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.f = codecs[5] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [
      this.a.read(x, at),
      this.b.read(x, at),
      this.c.read(x, at),
      this.d.read(x, at),
      this.e.read(x, at),
      this.f.read(x, at),
    ];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
    this.d.write(x, at, values[3], 3);
    this.e.write(x, at, values[4], 4);
    this.f.write(x, at, values[5], 5);
  }
}

class Seven extends Six {
  protected readonly g: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.g = codecs[6] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [
      this.a.read(x, at),
      this.b.read(x, at),
      this.c.read(x, at),
      this.d.read(x, at),
      this.e.read(x, at),
      this.f.read(x, at),
      this.g.read(x, at),
    ];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
    this.d.write(x, at, values[3], 3);
    this.e.write(x, at, values[4], 4);
    this.f.write(x, at, values[5], 5);
    this.g.write(x, at, values[6], 6);
  }
}

class Eight extends Seven {
  protected readonly h: Codec;

  constructor(codecs: readonly Codec[]) {
    super(codecs);
    this.h = codecs[7] as Codec;
  }

  override read(x: Uint8Array, at: number): StructValue[] {
    return [
      this.a.read(x, at),
      this.b.read(x, at),
      this.c.read(x, at),
      this.d.read(x, at),
      this.e.read(x, at),
      this.f.read(x, at),
      this.g.read(x, at),
      this.h.read(x, at),
    ];
  }

  override write(x: Uint8Array, at: number, values: readonly unknown[]): void {
    this.a.write(x, at, values[0], 0);
    this.b.write(x, at, values[1], 1);
    this.c.write(x, at, values[2], 2);
    this.d.write(x, at, values[3], 3);
    this.e.write(x, at, values[4], 4);
    this.f.write(x, at, values[5], 5);
    this.g.write(x, at, values[6], 6);
    this.h.write(x, at, values[7], 7);
  }
}

/** By the number of values, for small numbers. */
export const FEW = [None, One, Two, Three, Four, Five, Six, Seven, Eight];
