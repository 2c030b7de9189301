/**
 * A packet as a picture: a box for each byte, in the colours of `--bytes`, with the offsets, and what the bytes mean.
 *
 * All of it comes from the packet's description, so a picture cannot disagree with the code.
 *
 * @module
 */

import {
  decode,
  encode,
  fieldsOf,
  meaningOf,
  type PacketDescription,
  valueInWords,
} from "../../src/packets.ts";
import type { StructValue } from "../../src/struct.ts";
import { drawBox, drawLine, drawText, picture } from "../../src/svg.ts";
import { FIELD_COLOURS } from "../../src/wire.ts";
import { type Part, partsOf, wordFor } from "../playground/fields.ts";
import { showByte } from "../playground/hex.ts";

const BYTE = 44;
const MARGIN = 24;
const BYTES_AT = 100;
/** A heading needs so much, though a packet may be small. */
const LEAST_WIDTH = 8 * BYTE;

/**
 * Draws a packet.
 *
 * @param packet - its description
 * @returns the text of an SVG file
 * @throws Error if the description has no example
 */
export function drawPacket(packet: PacketDescription): string {
  const { name, from, format, text, example } = packet;
  if (!example) throw new Error(`the description of the ${name} has no example`);
  const bytes = encode(packet, example);
  const values = decode(packet, bytes);
  const parts = partsOf(format).filter(({ kind }) => kind === "value");
  const fields = fieldsOf(packet).map((field, index) => ({
    ...field,
    size: field.size ?? bytes.length - field.offset,
    ...typeOf(parts[index]),
    value: field.name === text?.name ? `"${values[field.name]}"` : shown(values[field.name]),
    ink: FIELD_COLOURS[index % FIELD_COLOURS.length] ?? "cyan",
  }));

  const x = (offset: number) => MARGIN + offset * BYTE;
  const to = from === "client" ? "server" : "client";
  const way = `from the ${from} to the ${to}`;
  const layout = `"${format}"${text ? `, then the ${text.name}` : ""}`;
  const meaning = meaningOf(packet, bytes);
  const right = MARGIN + Math.max(bytes.length * BYTE, LEAST_WIDTH);
  const shapes = [
    drawText(name, { x: MARGIN, y: 34, size: 18, isBold: true }),
    drawText(way, { x: MARGIN, y: 56, size: 14, ink: "quiet" }),
    drawText(layout, { x: right, y: 34, size: 15, anchor: "end", isCode: true }),
  ];
  for (const { offset, size, label, value, ink, name } of fields) {
    const middle = x(offset) + (size * BYTE) / 2;
    shapes.push(
      drawText(offset === 0 && fields[1]?.offset !== 1 ? "offset 0" : String(offset), {
        x: x(offset),
        y: BYTES_AT - 8,
        size: 13,
        ink: "quiet",
        anchor: offset === 0 ? "start" : "middle",
        isCode: true,
      }),
      drawBox([x(offset), BYTES_AT, size * BYTE, BYTE], ink, "tinted"),
      ...Array.from({ length: size - 1 }, (_, index) => {
        const border = x(offset + index + 1);
        return drawLine([border, BYTES_AT + 8], [border, BYTES_AT + BYTE - 8], ink, { isDashed: true });
      }),
      ...Array.from(bytes.subarray(offset, offset + size), (byte, index) =>
        drawText(showByte(byte), {
          x: x(offset + index) + BYTE / 2,
          y: BYTES_AT + 28,
          size: 17,
          ink,
          anchor: "middle",
          isCode: true,
          isBold: true,
        }),
      ),
      drawText(name, { x: middle, y: BYTES_AT + BYTE + 22, size: 15, ink, anchor: "middle", isBold: true }),
      drawText(label, { x: middle, y: BYTES_AT + BYTE + 41, size: 13, ink: "quiet", anchor: "middle" }),
      drawText(value, { x: middle, y: BYTES_AT + BYTE + 63, size: 15, anchor: "middle", isCode: true }),
    );
  }
  shapes.push(
    drawText(String(bytes.length), {
      x: x(bytes.length),
      y: BYTES_AT - 8,
      size: 13,
      ink: "quiet",
      anchor: "middle",
      isCode: true,
    }),
    drawText(`means: ${meaning}`, { x: MARGIN, y: BYTES_AT + BYTE + 94, size: 14 }),
  );
  const words = fields.map(
    (field) =>
      `${field.name}, ${field.type}, from offset ${field.offset}: ${Array.from(bytes.subarray(field.offset, field.offset + field.size), showByte).join(" ")} is ${field.value}`,
  );
  return picture(
    [right + MARGIN, BYTES_AT + BYTE + 114],
    {
      title: `${name}, ${way}, format ${layout}`,
      description: `${words.join("; ")}. It means: ${meaning}.`,
    },
    shapes,
  );
}

/** The type of a field, and what fits under its bytes: the code, if the word is too long. A letter is half as wide as high. */
function typeOf(part: Part | undefined): { type: string; label: string } {
  if (!part) return { type: "UTF-8", label: "UTF-8" };
  const type = wordFor(part);
  return { type, label: type.length * 13 * 0.5 < part.size * BYTE ? type : `"${part.code}"` };
}

/** A value as a picture has it. Bytes that aren't text are drawn already. */
function shown(value: StructValue | string | undefined): string {
  if (!(value instanceof Uint8Array)) return String(value);
  const words = valueInWords(value);
  return words.length === value.length ? `"${words}"` : "";
}
