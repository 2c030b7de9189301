import fc from "fast-check";
import { expect, it } from "vitest";
import { fromAddress, toAddress } from "../../../docs/playground/address.ts";
import { LONGEST_FORMAT, MOST_VALUES } from "../../../docs/playground/fields.ts";
import { LONGEST_HEX } from "../../../docs/playground/hex.ts";
import { startFrom } from "../../../docs/playground/presets.ts";
import { EMPTY, type State } from "../../../docs/playground/state.ts";
import { LONGEST_VALUE } from "../../../docs/playground/values.ts";
import { PRESETS, presetNamed, shown, typed } from "./lessons.ts";

it("a link brings back what was typed, chosen and cut", () => {
  const character = fc.oneof(
    fc.constantFrom(..."<>&=#%+ \\\"'\n\0é🦆"),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const text = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(""));
  const state: fc.Arbitrary<State> = fc.record({
    preset: fc.constantFrom("", "1.client", "png"),
    format: text,
    values: fc.array(text, { maxLength: 8 }),
    text,
    hex: fc.constant(undefined),
    packets: fc.constantFrom(2, 3),
    cuts: fc.oneof(fc.constant(undefined), fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 8 })),
  });
  fc.assert(
    fc.property(state, (given) => {
      expect(fromAddress(toAddress(given))).toEqual(given);
    }),
  );
  const bytes = typed({ format: "<ihh", hex: "05 00 00 00 02 00 03 00" });
  expect(fromAddress(toAddress(bytes))).toEqual(bytes);
  for (const preset of PRESETS) expect(fromAddress(toAddress(startFrom(preset)))).toEqual(startFrom(preset));
});

it("a link is as short as it can be", () => {
  expect(toAddress(typed({ format: "<ih", values: ["5", "2"] }))).toBe("#f=%3Cih&v=5&v=2");
});

it("a link has only what is shown: neither values of a longer format before, nor a text that is gone", () => {
  const state = { ...startFrom(presetNamed("1.client")), preset: "", format: "<i" };
  expect(toAddress(state, shown(state))).toBe("#f=%3Ci&v=4");
  const request = startFrom(presetNamed("1.client"));
  expect(toAddress(request, shown(request))).toBe("#p=1.client&f=%3Cihh&v=4&v=2&v=3&t=SUMA");
});

it("a link may be typed by hand, with characters that need not be escaped", () => {
  expect(fromAddress("#f=<ihh&v=5&v=2&v=3")).toEqual({ ...EMPTY, format: "<ihh", values: ["5", "2", "3"] });
  expect(fromAddress("#")).toBeUndefined();
  expect(fromAddress("")).toBeUndefined();
});

it("a link may hold as much as the page lets one type, and no more", () => {
  const most = {
    format: "x".repeat(LONGEST_FORMAT),
    values: [...new Array(MOST_VALUES - 1).fill("1"), "9".repeat(LONGEST_VALUE)],
    text: "t".repeat(LONGEST_VALUE),
    cuts: [1, 2, 3, 4, 5, 6, 7, 768],
  };
  expect(fromAddress(toAddress(typed(most)))).toEqual(typed(most));
  const bytes = typed({ format: "i", hex: "0".repeat(LONGEST_HEX) });
  expect(fromAddress(toAddress(bytes))).toEqual(bytes);
});

it("a link of a stranger is refused where it is beyond what the page itself would write", () => {
  const long = "A".repeat(5000);
  for (const [address, why] of [
    ["#nonsense", "it has no format"],
    ["#%E0%A4%A", "it has no format"],
    [`#f=${"x".repeat(201)}`, "it has a format of 201 characters"],
    [`#f=i${"&v=1".repeat(65)}`, "it has 65 values"],
    [`#f=i&v=${long}`, "it has a value of 5000 characters"],
    [`#f=i&t=${long}`, "it has a text of 5000 characters"],
    [`#f=i&x=${long}`, "it has a row of bytes of 5000 characters"],
    [`#f=i&p=${long}`, "it has a name of 5000 characters"],
    ["#f=i&n=4", "it has no number of packets from 2 to 3"],
    ["#f=i&n=1e9", "it has no number of packets from 2 to 3"],
    ["#f=i&c=1.2.x", "it has no cut from 1 to 768"],
    ["#f=i&c=0", "it has no cut from 1 to 768"],
    ["#f=i&c=1.2.3.4.5.6.7.8.9", "it has more than 8 cuts"],
    [`#f=i&v=${long.repeat(10)}`, "it has 50007 characters"],
  ] as const) {
    expect(() => fromAddress(address), address.slice(0, 40)).toThrow(new RangeError(why));
  }
});
