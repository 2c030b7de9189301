/** The protocols of the lessons, beside packets that were packed by hand. */

import { describe, expect, test } from "vitest";
import { LAST_SEQUENCE, nextSequence, TEST_PACKET } from "../../lessons/0_simple_test_packets/protocol.ts";
import { packRequest, VALUE_MAX, VALUE_MIN } from "../../lessons/1_simple_math_server/protocol.ts";
import {
  describe as describePosition,
  isNowhere,
  PACKETS,
} from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { NOWHERE, request, testPacket } from "./packets.ts";

describe("lesson 0", () => {
  test("counts sequences up to the largest that fits, and then starts again at 1", () => {
    expect([1, 2, LAST_SEQUENCE - 1, LAST_SEQUENCE].map(nextSequence)).toEqual([2, 3, LAST_SEQUENCE, 1]);
    expect(Buffer.from(TEST_PACKET.pack(1, LAST_SEQUENCE))).toEqual(testPacket(1, 2147483647));
    expect(() => TEST_PACKET.pack(1, LAST_SEQUENCE + 1)).toThrow();
  });
});

describe("lesson 1", () => {
  test("packs a request with the length of its command in bytes, and the command after the struct", () => {
    expect(Buffer.from(packRequest("ñandú", 2, -3))).toEqual(request("ñandú", 2, -3));
  });

  test("packs every short, and refuses other values", () => {
    expect(Buffer.from(packRequest("RESTA", VALUE_MIN, VALUE_MAX))).toEqual(request("RESTA", -32768, 32767));
    expect(() => packRequest("RESTA", VALUE_MIN - 1, 0)).toThrow();
    expect(() => packRequest("RESTA", 0, VALUE_MAX + 1)).toThrow();
  });
});

describe("lesson 2", () => {
  test("only a place whose x and y are both the least short is nowhere", () => {
    expect(isNowhere(NOWHERE, NOWHERE)).toBe(true);
    for (const [x, y] of [
      [NOWHERE, 0],
      [0, NOWHERE],
      [NOWHERE + 1, NOWHERE],
      [0, 0],
    ] as const)
      expect(isNowhere(x, y), `${x} ${y}`).toBe(false);
  });

  test("says in words what a place or a position means", () => {
    expect([describePosition(3, 12, 7), describePosition(3, NOWHERE, NOWHERE)]).toEqual([
      "client 3 is at 12 7",
      "client 3 has left",
    ]);
    const meanings = PACKETS.map(({ meaning }) => meaning as (values: Record<string, unknown>) => string);
    const [place, position] = meanings;
    expect([place?.({ x: 12, y: 7 }), place?.({ x: NOWHERE, y: NOWHERE })]).toEqual(["12 7", "nowhere"]);
    expect(position?.({ id: 3, x: 12, y: 7 })).toBe("client 3 is at 12 7");
  });
});
