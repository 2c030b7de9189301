/**
 * An input for each value, with what the library says about it.
 *
 * @module
 */

import { find, make, say, setAttributes, setValue } from "./dom.ts";
import { type Part, wordFor } from "./fields.ts";
import type { Reading } from "./reading.ts";
import { colourOf } from "./rows.ts";
import { LONGEST_VALUE } from "./values.ts";

/** What a person can do here. */
export interface ValuesActions {
  /** Types a value. */
  readonly typeValue: (index: number, typed: string) => void;
  /** Types the text after the struct. */
  readonly typeText: (typed: string) => void;
}

/** The input of a value. */
interface Slot {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  readonly error: HTMLElement;
}

/**
 * Sets up the inputs.
 *
 * @param actions - what they do
 * @returns shows a packet
 */
export function valuesView({ typeValue, typeText }: ValuesActions) {
  const group = find("values", HTMLElement);
  let slots: Slot[] = [];
  let shown = "";

  return (reading: Reading): void => {
    const wanted = slotsOf(reading);
    // The inputs stay the same as long as they are for the same values: one may have the cursor in it.
    const signature = JSON.stringify(
      wanted.map(({ name, code, kind, size }) => [name, code, kind, kind === "text" || size]),
    );
    if (signature !== shown) {
      slots = wanted.map((part) =>
        makeSlot(part, part.kind === "text" ? typeText : (typed) => typeValue(part.index, typed)),
      );
      group.replaceChildren(...slots.map(({ box }) => box));
      shown = signature;
    }
    slots.forEach(({ input, error }, index) => {
      setValue(input, reading.typed[index] ?? reading.text ?? "");
      const message = reading.refused[index];
      say(error, message);
      setAttributes(input, { "aria-invalid": message !== undefined && "true" });
    });
  };
}

/** What has an input: each value, and the text even where it has no bytes yet. */
function slotsOf({ parts, text, packet, values }: Reading): Part[] {
  const slots = parts.filter(({ kind }) => kind === "value");
  if (text === undefined) return slots;
  const empty: Part = {
    kind: "text",
    name: packet?.text?.name ?? "text",
    offset: 0,
    size: 0,
    index: values.length,
    code: "",
    layout: undefined,
  };
  return [...slots, parts.find(({ kind }) => kind === "text") ?? empty];
}

function makeSlot(part: Part, type: (typed: string) => void): Slot {
  const id = `value-${part.index}`;
  const attributes = { id, "aria-describedby": `${id}-error` };
  const input =
    part.layout?.kind === "bool"
      ? make("select", attributes, make("option", {}, "false"), make("option", {}, "true"))
      : make("input", {
          ...attributes,
          maxlength: LONGEST_VALUE,
          autocomplete: "off",
          autocapitalize: "off",
          spellcheck: "false",
        });
  input.addEventListener("input", () => type(input.value));
  const error = make("p", { id: `${id}-error`, class: "error", role: "status" });
  const what = make(
    "span",
    { class: "what", title: wordFor(part) },
    make("code", {}, `${countOf(part)}${part.code}`),
    make("span", { class: "aloud" }, ` ${wordFor(part)}`),
  );
  const box = make(
    "div",
    { class: `field value ${colourOf(part)}${part.kind === "text" || part.size >= 8 ? " wide" : ""}` },
    make("label", { for: id, class: "title" }, make("span", { class: "name" }, part.name), " ", what),
    input,
    error,
  );
  return { box, input, error };
}

function countOf({ code, size }: Part): string {
  return code === "s" || code === "p" ? String(size) : "";
}
