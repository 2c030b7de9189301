/**
 * Exercise 3.3 · Who is alive: our solution.
 *
 * @module
 */

/** How many beats old an answer may be. */
export const MOST_UNANSWERED = 4;

/** Which other servers are alive. */
export class Alive {
  #number: number;
  /** The newest beat of each server. */
  readonly #heard = new Map<string, number>();
  /** The newest of our beats that each server has answered, for those that are alive. */
  readonly #answered = new Map<string, number>();

  /**
   * @param number - the number of our newest beat
   */
  constructor(number: number) {
    this.#number = number;
  }

  /**
   * Takes a beat of another server.
   *
   * @param name - whose it is
   * @param number - the number of that beat
   * @param answered - the newest of our beats that it has heard; undefined if it has heard none
   */
  hear(name: string, number: number, answered: number | undefined): void {
    if (number <= (this.#heard.get(name) ?? -1)) return;
    this.#heard.set(name, number);
    if (answered !== undefined && this.#isRecent(answered)) this.#answered.set(name, answered);
  }

  /**
   * Our next beat begins.
   *
   * @returns the servers that have gone just now, in any order
   */
  beat(): string[] {
    this.#number++;
    const gone = this.alive.filter((name) => !this.#isRecent(this.#answered.get(name) ?? -1));
    for (const name of gone) this.#answered.delete(name);
    return gone;
  }

  /** The servers that are alive, in any order. */
  get alive(): string[] {
    return [...this.#answered.keys()];
  }

  /** The newest beat that was heard from each server, alive or not: what our next beat answers. */
  get heard(): Map<string, number> {
    return new Map(this.#heard);
  }

  #isRecent(number: number): boolean {
    return number <= this.#number && this.#number - number <= MOST_UNANSWERED;
  }
}
