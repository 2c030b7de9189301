/**
 * Well-behaved clients that stay connected while others misbehave. A witness checks everything it gets;
 * {@link Witness.hasMissedNothing} tells whether the server still serves it, correctly and in order.
 */

import { type Peer, within } from "./harness.ts";
import { answerTest, ask, place, readPosition } from "./packets.ts";

export class Witness {
  /** Packets received so far, all of them correct. */
  count = 0;
  readonly #client: Peer;
  #failure: unknown;
  #wake: (() => void) | undefined;

  /**
   * @param client - its connection
   * @param step - gets and checks its packet number `count`; throws when something is wrong
   */
  constructor(client: Peer, step: (client: Peer, count: number) => Promise<void>) {
    this.#client = client;
    this.#live(step).catch((error: unknown) => {
      this.#failure = error;
      this.#wake?.();
    });
  }

  /** Waits for further packets: fails if one was wrong, missing or out of order, or none comes. */
  async hasMissedNothing(further = 5): Promise<void> {
    const goal = this.count + further;
    const reached = async (): Promise<void> => {
      while (this.count < goal) {
        if (this.#failure !== undefined) throw this.#failure;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    };
    await within(reached(), () => `packet ${goal} of the witness; it got ${this.count}`);
  }

  /** Leaves politely. */
  leave(): void {
    this.#client.end();
  }

  async #live(step: (client: Peer, count: number) => Promise<void>): Promise<never> {
    for (;;) {
      await step(this.#client, this.count + 1);
      this.count++;
      this.#wake?.();
    }
  }
}

/** Lesson 0: answers every test, and checks that none is missing. */
export function testedWitness(client: Peer): Witness {
  return new Witness(client, async (peer, count) => {
    const { sequence } = await answerTest(peer);
    if (sequence !== count) throw new Error(`test ${sequence} came when ${count} was due`);
  });
}

/** A pause between two packets: the witness watches, it does not attack, and leaves the processor to those who do. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 40));
}

/** Lesson 1: sends one request after another, each different, and checks each answer. */
export function askingWitness(client: Peer): Witness {
  return new Witness(client, async (peer, count) => {
    const [first, second] = [count % 20_000, 7];
    const { status, result } = await ask(peer, "SUMA", first, second);
    if (status !== 0 || result !== first + second) {
      throw new Error(`SUMA ${first} ${second} got status ${status}, result ${result}`);
    }
    await breath();
  });
}

/** Lesson 2: moves, and checks that it hears of each move, and of the others between them. */
export function movingWitness(client: Peer): Witness {
  let self: number | undefined;
  return new Witness(client, async (peer, count) => {
    self ??= (await readPosition(peer)).id;
    const x = count % 20_000;
    peer.send(place(x, 7));
    for (;;) {
      const heard = await readPosition(peer);
      if (heard.id !== self) continue;
      if (heard.x !== x || heard.y !== 7) throw new Error(`moved to ${x} 7, but heard ${heard.x} ${heard.y}`);
      break;
    }
    await breath();
  });
}
