import { it } from "vitest";
import { checkAnswer } from "../../../lessons/0_simple_test_packets/exercises/2_check_an_answer.ts";
import { TEST_PACKET } from "../../../lessons/0_simple_test_packets/protocol.ts";
import { hex, sameValue } from "../check.ts";

const check = (answer: Uint8Array, verdict: string, look: string) =>
  sameValue(
    checkAnswer(answer, 3, 300),
    verdict,
    `the answer ${hex(answer) || "of no bytes"} to test 300 of client 3 (${hex(TEST_PACKET.pack(3, 300))})`,
    look,
  );

it("recognises a client that is alive", () => {
  check(TEST_PACKET.pack(3, 300), "alive", "both numbers are the ones that were sent");
});

it("tells a late answer from an early one", () => {
  check(TEST_PACKET.pack(3, 299), "late", "the sequence that came, 299, is smaller than the one sent");
  check(TEST_PACKET.pack(3, 1), "late", "the sequence that came, 1, is smaller than the one sent");
  check(TEST_PACKET.pack(3, 301), "early", "the sequence that came, 301, is larger than the one sent");
});

it("recognises another client's answer, whatever its sequence", () => {
  check(TEST_PACKET.pack(2, 300), "wrong", "the id that came, 2, is not the one sent");
  check(TEST_PACKET.pack(4, 299), "wrong", "the order: check the id before the sequence");
});

it("does not throw when more or fewer than eight bytes came back", () => {
  const whole = TEST_PACKET.pack(3, 300);
  for (const size of [0, 4, 7])
    check(whole.slice(0, size), "wrong", "the length of the answer, before it is unpacked");
  check(Uint8Array.of(...whole, 0), "wrong", "the length of the answer: nine bytes are one too many");
});
