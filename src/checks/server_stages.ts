/**
 * What a server of a lesson is checked with, by `npm run attack` and `npm run check-server`.
 *
 * A check is a function that connects to the server, does something to it, and looks at what comes of it. It returns one
 * sentence that says how one sees that the server is right, or throws {@link CheckFailed} with one that says how one sees
 * that it is not.
 *
 * @module
 */

import type { PacketDescription } from "../packets.ts";
import { CheckFailed } from "./peer.ts";
import type { ServerUnderTest } from "./server_under_test.ts";
import type { Stage } from "./stages.ts";

/** An attack on the servers of a lesson, or something else that a client does to them. */
export interface ServerCheck {
  /** What one types. */
  readonly name: string;
  /** One line that says what it does. */
  readonly title: string;
  /** What it mostly means when a server does not withstand, and what to do: one or two sentences for its author. */
  readonly cause: string;
  /**
   * Does it.
   *
   * @returns one sentence: how one sees that the server withstood
   * @throws CheckFailed if it did not
   */
  run(target: ServerUnderTest): Promise<string>;
}

/** What a lesson brings to `npm run attack` and `npm run check-server`. */
export interface ServerChecks {
  /** How long its servers wait for a client by default, in milliseconds. */
  readonly timeout: number;
  /** How long they rest between two packets by default, in milliseconds; 0 if they do not. */
  readonly interval: number;
  /** The lesson's packets. */
  readonly packets: readonly PacketDescription[];
  /**
   * A client that behaves well all the while.
   *
   * @returns what checks, after the attack, that it has been served all along and still is; it throws if not
   */
  befriend(target: ServerUnderTest): Promise<() => Promise<void>>;
  /** What a server has to do for clients that behave, before it is worth attacking. */
  readonly basics: readonly ServerCheck[];
  /** The attacks, in the order of the guide. */
  readonly attacks: readonly ServerCheck[];
}

/** What became of an attack. */
export interface Verdict {
  /** Whether the server withstood. */
  readonly withstood: boolean;
  /** How one sees that. */
  readonly sentence: string;
}

/**
 * ServerChecks, while another client behaves well: a server that stops serving that one has not withstood either.
 *
 * @param attack - what to do
 * @param target - the server
 * @param lesson - the server's lesson
 * @returns the verdict
 */
export async function runCheck(
  attack: ServerCheck,
  target: ServerUnderTest,
  { befriend }: ServerChecks,
): Promise<Verdict> {
  try {
    const isStillServed = await befriend(target);
    const sentence = await attack.run(target);
    await isStillServed().catch((error: Error) => {
      throw new CheckFailed(`another client, which behaved well, suffered from it: ${error.message}`);
    });
    return { withstood: true, sentence };
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    if (await target.listens()) return { withstood: false, sentence: error.message };
    return {
      withstood: false,
      sentence: "the server has ended, for all its clients. Its terminal says why.",
    };
  } finally {
    await target.leave();
  }
}

/**
 * The stages of a server: one for each thing that a client may do to it.
 *
 * @param lesson - the server's lesson
 * @param target - the server
 * @returns the stages, in the order in which a learner builds what they check
 */
export function serverStages(lesson: ServerChecks, target: ServerUnderTest): Stage[] {
  const stage = (attack: ServerCheck, befriend: ServerChecks["befriend"]): Stage => ({
    title: attack.title,
    cause: attack.cause,
    async run() {
      const { withstood, sentence } = await runCheck(attack, target, { ...lesson, befriend });
      return withstood ? undefined : sentence;
    },
  });
  const alone = async () => async () => {};
  return [
    ...lesson.basics.map((attack) => stage(attack, alone)),
    ...lesson.attacks.map((attack) => stage(attack, lesson.befriend)),
  ];
}
