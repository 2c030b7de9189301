import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Condition, deadlineIn, LONGEST_TIMER } from "../../src/deadline.ts";

// A deadline here is either meant to pass or lies weeks ahead: a timer that is set wrong makes a test hang, and fail.
const soon = () => deadlineIn(5);
const weeksAhead = () => deadlineIn(LONGEST_TIMER);

describe("Condition", () => {
  it("wakes up whoever waits when it is notified, and knows whether anyone does", async () => {
    const condition = new Condition();
    condition.notify(); // nobody waits: it is not remembered
    const waiting = condition.wait(weeksAhead());
    expect(condition.isAwaited).toBe(true);
    condition.notify();
    expect(condition.isAwaited).toBe(false);
    expect(await waiting).toBe(true);
    condition.stop();
  });

  it("says when the deadline passed first, also of a wait that follows one with a later deadline", async () => {
    const condition = new Condition();
    const first = condition.wait(weeksAhead());
    condition.notify();
    expect(await first).toBe(true);
    expect(await condition.wait(soon())).toBe(false);
    expect(await condition.wait(deadlineIn(-1))).toBe(false);
    condition.stop();
  });

  it("does not end a later wait when the timer of an earlier one goes off", async () => {
    const condition = new Condition();
    const early = condition.wait(soon());
    condition.notify();
    await early;
    const late = deadlineIn(50);
    const waiting = condition.wait(late);
    expect(await waiting).toBe(false);
    expect(performance.now()).toBeGreaterThanOrEqual(late);
  });

  it("does not end a wait that began after the deadline of the one before, but before that was noticed", async () => {
    const condition = new Condition();
    const early = condition.wait(deadlineIn(2));
    // It goes off right after the condition's own timer, in the same turn of the event loop.
    const next = new Promise<Promise<boolean>[]>((resolve) => {
      setTimeout(() => {
        condition.notify();
        resolve([condition.wait(weeksAhead())]);
      }, 10);
    });
    const busyUntil = performance.now() + 20;
    while (performance.now() < busyUntil);
    expect(await early).toBe(true);
    const [late] = await next;
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(condition.isAwaited).toBe(true);
    condition.notify();
    expect(await late).toBe(true);
    condition.stop();
  });

  it("has a deadline again after it was stopped", async () => {
    const condition = new Condition();
    const first = condition.wait(soon());
    condition.notify();
    await first;
    condition.stop();
    expect(await condition.wait(deadlineIn(20))).toBe(false);
  });
});
