import { it } from "vitest";
import { packTestPacket } from "../../../lessons/0_simple_test_packets/exercises/1_pack_a_test_packet.ts";
import { PACKETS, TEST_PACKET } from "../../../lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "../../../src/packets.ts";
import { samePacket } from "../check.ts";

const TEST = packetFrom(PACKETS, "server");

const check = (id: number, sequence: number, look: string) =>
  samePacket(
    packTestPacket(id, sequence),
    TEST_PACKET.pack(id, sequence),
    TEST,
    `the packet of client ${id}, test ${sequence}`,
    look,
  );

it("packs small numbers into eight bytes", () => {
  check(3, 1, "the drawing: the id in bytes 0 to 3, the sequence in bytes 4 to 7");
});

it("writes the lowest byte of a number first", () => {
  check(300, 258, "300 is 1 × 256 + 44, so 2C (44) comes first and 01 second");
  check(0x01020304, 0x0a0b0c0d, "the order of the four bytes; each needs its own shift: 0, 8, 16 and 24");
});

it("packs the largest numbers that fit", () => {
  check(2 ** 31 - 1, 2 ** 31 - 1, "the highest byte, `number >> 24`");
});

it("makes a new packet each time", () => {
  const first = packTestPacket(1, 1);
  packTestPacket(2, 2);
  samePacket(
    first,
    TEST_PACKET.pack(1, 1),
    TEST,
    "the packet of client 1, after the packet of client 2 was made",
    "where you make the array: it must be inside the function",
  );
});
