import { it } from "vitest";
import { describeResponse } from "../../../lessons/1_simple_math_server/exercises/2_unpack_a_response.ts";
import { RESPONSE } from "../../../lessons/1_simple_math_server/protocol.ts";
import { hex, sameValue } from "../check.ts";

const check = (status: number, result: number, expected: string, look: string) => {
  const response = RESPONSE.pack(status, result);
  sameValue(
    describeResponse(response),
    expected,
    `the response ${hex(response.subarray(0, 4))}   ${hex(response.subarray(4))} (status ${status}, result ${result})`,
    look,
  );
};

it("gives the result when the status is ok", () => {
  check(0, 5, "5", "the result as text, e.g. with String(result)");
  check(0, 3.5, "3.5", "the result as text: a double may have a fraction");
  check(0, -1073709056, "-1073709056", "the result as text");
});

it("says why there is no result", () => {
  check(1, Number.NaN, "unknown command", "status 1");
  check(2, Number.NaN, "division by zero", "status 2");
  check(3, Number.NaN, "malformed request", "status 3");
});

it("believes the status, not the result", () => {
  check(2, 0, "division by zero", "the status: it is 2, whatever the result is");
  check(1, 42, "unknown command", "the status: it is 1, whatever the result is");
});

it("names a status that it does not know", () => {
  check(7, Number.NaN, "unknown status 7", "the `default` of a switch");
  check(-1, 0, "unknown status -1", "the `default` of a switch");
});
