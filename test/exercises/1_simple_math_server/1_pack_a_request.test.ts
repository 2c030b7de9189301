import { it } from "vitest";
import { packRequest } from "../../../lessons/1_simple_math_server/exercises/1_pack_a_request.ts";
import * as lesson from "../../../lessons/1_simple_math_server/protocol.ts";
import { packetFrom } from "../../../src/packets.ts";
import { samePacket } from "../check.ts";

const REQUEST = packetFrom(lesson.PACKETS, "client");

const check = (command: string, first: number, second: number, look: string) => {
  samePacket(
    packRequest(command, first, second),
    lesson.packRequest(command, first, second),
    REQUEST,
    `the request ${command} ${first} ${second}`,
    look,
  );
};

it("packs the lesson's example", () => {
  check("SUMA", 2, 3, "the drawing: the length in bytes 0 to 3, the command from byte 8 on");
});

it("writes the lowest byte of each number first", () => {
  check("RESTA", 258, 1027, "the last argument of setInt32 and setInt16: true for the lowest byte first");
});

it("packs negative values and the ends of a short's range", () => {
  check("MULTIPLICACION", -1, -2, "setInt16: a short has a sign");
  check("SUMA", -32768, 32767, "setInt16: a short has two bytes");
});

it("counts the bytes of the command, not its letters", () => {
  check("AñOS", -1, 5, "the length: that of the encoded text, 5, not command.length, 4");
  check("🦆", 1, 1, "the length: this duck is one character, two in command.length, and four bytes");
});
