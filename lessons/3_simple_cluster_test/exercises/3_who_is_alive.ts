/**
 * Exercise 3.3 · Who is alive
 *
 * Each server sends beats. A beat has a number. For each other server it also names the newest beat that its sender
 * has heard from that server: it answers that beat. Decide from the beats alone which servers are alive. There is no clock here:
 * time is counted in our own beats.
 *
 * ```text
 *   we                                        what we know
 *
 *   new Alive(70)                             our newest beat is 70
 *   ◀── B: beat 12, answers 70                B is alive
 *   beat()  →  71                             B has not answered 71 yet: that isn't too long
 *   ◀── B: beat 13, answers 70                B is alive, but its answer is still 70
 *   beat()  →  72, beat()  →  73, …  74       B's newest answer is 4 beats old: just alive
 *   beat()  →  75                             B's newest answer is 5 beats old: gone
 *   ◀── B: beat 14, answers 75                B is back
 * ```
 *
 * A broker may have stored a beat, or may deliver it late. So B is alive only while it has answered one of our newest
 * beats: the newest one itself, or one that is at most `MOST_UNANSWERED` older. An answer to an older beat may be old news,
 * and an answer to a beat that we have not sent yet is a lie. Beats that arrive out of order must not set anything back.
 *
 * Check it: `npm run exercises 3.3`. Stuck? `npm run exercises hint 3.3`
 *
 * @module
 */

/** How many beats old an answer may be. */
export const MOST_UNANSWERED = 4;

/** Which other servers are alive. */
export class Alive {
  /**
   * @param number - the number of our newest beat
   */
  constructor(number: number) {
    throw new Error(`not written yet: Alive(${number})`);
  }

  /**
   * Takes a beat of another server.
   *
   * @param name - whose it is
   * @param number - the number of that beat
   * @param answered - the newest of our beats that it has heard; undefined if it has heard none
   */
  hear(name: string, number: number, answered: number | undefined): void {
    throw new Error(`not written yet: hear(${name}, ${number}, ${answered})`);
  }

  /**
   * Our next beat begins.
   *
   * @returns the servers that have gone just now, in any order
   */
  beat(): string[] {
    throw new Error("not written yet: beat");
  }

  /** The servers that are alive, in any order. */
  get alive(): string[] {
    throw new Error("not written yet: alive");
  }

  /** The newest beat that was heard from each server, alive or not: what our next beat answers. */
  get heard(): Map<string, number> {
    throw new Error("not written yet: heard");
  }
}
