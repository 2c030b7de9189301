/**
 * What there is to say about the byte that is looked at.
 *
 * @module
 */

import { find, make, say } from "./dom.ts";
import { wordFor } from "./fields.ts";
import { showByte } from "./hex.ts";
import type { Bits, Inspection } from "./inspection.ts";
import { colourOf } from "./rows.ts";

/**
 * Sets up the inspector.
 *
 * @param flip - called when a bit of the byte is clicked; bit 0 is the one that counts 1
 * @returns shows a byte, or that there is none
 */
export function inspectorView(flip: (offset: number, bit: number) => void) {
  const aside = find("inspector", HTMLElement);
  const title = make("h3", { id: "inspector-title" });
  // Only the sentence is said aloud whenever another byte is looked at; the rest can be read when wanted.
  const sentence = make("p", { role: "status", class: "sentence" });
  const rest = make("div");
  aside.append(title, sentence, rest);

  return (inspection: Inspection | undefined): void => {
    aside.hidden = !inspection;
    aside.className = `inspector ${inspection ? colourOf(inspection.part) : ""}`;
    title.textContent = inspection ? `Byte ${inspection.offset}` : "";
    say(sentence, inspection?.sentence);
    const hadFocus = [...rest.querySelectorAll(".bit")].indexOf(document.activeElement as Element);
    rest.replaceChildren(...(inspection && !inspection.isRefused ? tell(inspection, flip) : []));
    // The bits are drawn again, and the one that was flipped keeps the keyboard's focus.
    if (hadFocus >= 0) rest.querySelectorAll<HTMLElement>(".bit")[hadFocus]?.focus();
  };
}

function tell(
  { offset, byte, signed, ascii, part, value, bits }: Inspection,
  flip: (offset: number, bit: number) => void,
): HTMLElement[] {
  const place =
    part.size === 1 ? `byte ${part.offset}` : `bytes ${part.offset}–${part.offset + part.size - 1}`;
  const facts: (readonly [string, string])[] = [
    ["Hex", `0x${showByte(byte)}`],
    ["Decimal", signed < 0 ? `${byte}, signed ${signed}` : String(byte)],
    ["ASCII", ascii || "none"],
    ["Field", `${part.name}, ${place}`],
    ["Type", part.code ? `${part.code} · ${wordFor(part)}` : wordFor(part)],
  ];
  if (value) facts.push(["Value", value]);
  const list = make(
    "dl",
    {},
    ...facts.flatMap(([name, fact]) => [make("dt", {}, name), make("dd", {}, fact)]),
  );
  const looked = bits.find((each) => each.offset === offset);
  const pattern = make("div", { class: "pattern" }, ...(looked ? [drawBits(looked, flip)] : []));
  return [pattern, list, ...(bits.length > 1 ? [drawWhole(bits, offset)] : [])];
}

/** The eight bits of the byte, each below what it counts. A click flips one. */
function drawBits({ offset, digits }: Bits, flip: (offset: number, bit: number) => void): HTMLElement {
  const buttons = Array.from(digits, (digit, nth) => {
    const bit = 7 - nth;
    const button = make(
      "button",
      {
        type: "button",
        class: digit === "1" ? "bit one" : "bit",
        title: "Flip this bit",
      },
      make("span", { class: "aloud" }, `bit ${bit}, which counts `),
      make("small", {}, String(2 ** bit)),
      make("span", { class: "aloud" }, ": "),
      digit,
    );
    button.addEventListener("click", () => flip(offset, bit));
    return button;
  });
  const label = `bits ${digits.slice(0, 4)} ${digits.slice(4)}: click one to flip it`;
  return make("div", { class: "bits", role: "group", "aria-label": label }, ...buttons);
}

/** All bits of the value, with those of this byte brought out, and what they are for in a float. */
function drawWhole(bits: readonly Bits[], offset: number): HTMLElement {
  const hasRoles = bits.some(({ roles }) => roles[0] !== "");
  const rows = bits.map((each) =>
    make("span", { class: each.offset === offset ? "eight here" : "eight" }, ...drawRoles(each)),
  );
  const legend = ["sign", "exponent", "fraction"].map((role) => make("span", { class: role }, role));
  return make(
    "div",
    { class: "whole" },
    make("h4", {}, "The whole value in bits"),
    make("p", { class: "all" }, ...rows),
    ...(hasRoles ? [make("p", { class: "legend" }, ...legend)] : []),
  );
}

/** The digits of a byte, in runs of the same role. */
function drawRoles({ digits, roles }: Bits): (HTMLElement | string)[] {
  if (roles[0] === "") return [digits];
  const runs: { role: string; digits: string }[] = [];
  roles.forEach((role, bit) => {
    const last = runs.at(-1);
    if (last?.role === role) last.digits += digits.charAt(bit);
    else runs.push({ role, digits: digits.charAt(bit) });
  });
  return runs.map((run) => make("span", { class: run.role }, run.digits));
}
