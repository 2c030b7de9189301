/**
 * The preset, the format and its byte order.
 *
 * @module
 */

import { find, make, say, setAttributes, setValue } from "./dom.ts";
import { splitOrder } from "./fields.ts";
import type { Preset } from "./presets.ts";
import type { Reading, Trouble } from "./reading.ts";
import { colourOf } from "./rows.ts";
import type { State } from "./state.ts";

/** The byte orders, and what each is. */
const ORDERS = [
  { order: "<", title: "little-endian", hint: "the least significant byte first" },
  { order: ">", title: "big-endian", hint: "the most significant byte first" },
  { order: "!", title: "network", hint: "big-endian, by the internet's name" },
  { order: "=", title: "native", hint: "this machine's order, here little-endian, without gaps" },
  { order: "@", title: "as in C", hint: "this machine's order, with gaps that align" },
];

/** What a person can do here. */
export interface FormatActions {
  /** Chooses a preset, or a format of one's own. */
  readonly choose: (preset: Preset | undefined) => void;
  /** Types a format. */
  readonly typeFormat: (format: string) => void;
  /** Chooses a byte order. */
  readonly chooseOrder: (order: string) => void;
}

/**
 * Sets up the controls.
 *
 * @param presets - all presets
 * @param actions - what they do
 * @returns shows a state
 */
export function formatView(presets: readonly Preset[], actions: FormatActions) {
  const select = find("preset", HTMLSelectElement);
  const input = find("format", HTMLInputElement);
  const marks = find("format-marks", HTMLElement);
  const error = find("format-error", HTMLElement);
  const orders = find("orders", HTMLFieldSetElement);

  const own = make("option", { value: "" }, "a format of your own");
  select.append(own, ...groupsOf(presets));
  select.addEventListener("change", () => {
    actions.choose(presets.find(({ id }) => id === select.value));
  });
  input.addEventListener("input", () => actions.typeFormat(input.value));
  // A long format scrolls inside its input, and what is marked in it has to follow.
  input.addEventListener("scroll", () => {
    marks.scrollLeft = input.scrollLeft;
  });
  const radios = ORDERS.map(({ order, title, hint }) => {
    const radio = make("input", { type: "radio", name: "order", value: order });
    radio.addEventListener("change", () => actions.chooseOrder(order));
    orders.append(make("label", { title: hint }, radio, make("code", {}, order), make("span", {}, title)));
    return radio;
  });

  return (state: State, reading: Reading | Trouble): void => {
    const { preset, format } = state;
    setValue(select, presets.some(({ id }) => id === preset) ? preset : "");
    setValue(input, format);
    const { order } = splitOrder(format);
    for (const radio of radios) radio.checked = radio.value === (order || "@");
    const trouble = "about" in reading && reading.about === "format" ? reading : undefined;
    say(error, trouble?.message);
    setAttributes(input, { "aria-invalid": trouble !== undefined && "true" });
    marks.replaceChildren(...("about" in reading ? markTrouble(format, trouble) : markCodes(reading)));
    marks.scrollLeft = input.scrollLeft;
  };
}

function groupsOf(presets: readonly Preset[]): HTMLElement[] {
  const groups = [...new Set(presets.map(({ group }) => group))];
  return groups.map((group) =>
    make(
      "optgroup",
      { label: group },
      ...presets
        .filter((preset) => preset.group === group)
        .map(({ id, title }) => make("option", { value: id }, title)),
    ),
  );
}

/** The characters that are wrong, underlined. */
function markTrouble(format: string, trouble: Trouble | undefined): (Node | string)[] {
  const { from = 0, to = trouble ? format.length : 0 } = trouble?.place ?? {};
  return [format.slice(0, from), make("mark", { class: "wrong" }, format.slice(from, to)), format.slice(to)];
}

/** Each code, underlined in the colour of its value, or of the first of its values. */
function markCodes({ format, parts }: Reading): (Node | string)[] {
  const { order, codes } = splitOrder(format);
  let index = 0;
  const marked = [...codes.matchAll(/\s+|(\d*)([^\s\d])/g)].map(([token, digits, code]) => {
    if (code === undefined) return token;
    const isPad = code === "x";
    const mark = make("mark", { class: colourOf({ index: isPad ? -1 : index }) }, token);
    if (!isPad) index += code === "s" || code === "p" || !digits ? 1 : Number(digits);
    return mark;
  });
  return parts.length === 0 ? [format] : [order, ...marked];
}
