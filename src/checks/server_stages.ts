/**
 * What a server of a lesson is checked with, by `npm run attack` and `npm run check-server`.
 *
 * A check is a function that connects to the server, does something to it, and looks at what follows. It returns a
 * sentence that says how you can tell that the server is right, or throws {@link CheckFailed} with a sentence that says
 * what went wrong.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { PacketDescription } from "../packets.ts";
import { type Causes, CheckFailed, PAUSE, type Sign, say } from "./peer.ts";
import type { ServerUnderTest } from "./server_under_test.ts";
import type { Failure, Stage } from "./stages.ts";

/** How long a server may still be busy with the clients of one stage before the next one begins, in milliseconds. */
const SETTLE_LIMIT = 10_000;

/**
 * How long a client that behaves well may have to wait for what it is owed while another floods the server, in
 * milliseconds. A flood keeps the whole machine busy, so being served at all counts here, and not how soon.
 */
export const FLOODED_LIMIT = 10_000;

/** An attack on the servers of a lesson, or something else that a client does to them. */
export interface ServerCheck {
  /** What you type. */
  readonly name: string;
  /** What it does, in one line. */
  readonly title: string;
  /** The likely cause if a server fails, and what to do: one or two sentences for its author. */
  readonly cause: string;
  /** The signs that point to this cause, if only some do. Every other sign has a cause of its own. */
  readonly fits?: readonly Sign[];
  /** Whether it sends as much as it can: other clients may have to wait then. */
  readonly floods?: boolean;
  /**
   * Runs the check.
   *
   * @returns one sentence that says how you can tell that the server is right
   * @throws CheckFailed if the server fails
   */
  run(target: ServerUnderTest): Promise<string>;
}

/** Servers that share a room. Each attack on them starts its own ones. */
export interface ServersUnderTest extends ServerUnderTest {
  /**
   * Starts what a single server needs besides its clients: the broker.
   *
   * @param port - where the server is to listen
   * @returns the words to start it with
   */
  commandFor(port: number): Promise<string[]>;
}

/** What a lesson provides for `npm run attack` and `npm run check-server`. */
export interface ServerChecks {
  /** How long its servers wait for a client by default, in milliseconds. */
  readonly timeout: number;
  /** How long they rest between two packets by default, in milliseconds; 0 if they do not. */
  readonly interval: number;
  /** The lesson's packets. */
  readonly packets: readonly PacketDescription[];
  /**
   * Connects another client, which behaves well for as long as an attack lasts.
   *
   * @param target - the server
   * @param patience - how long this client waits for what the server owes it, in milliseconds
   * @returns checks, after the attack, that the server has served this client and still does
   * @throws CheckFailed if the server does not serve it
   */
  addBystander(target: ServerUnderTest, patience: number): Promise<() => Promise<void>>;
  /**
   * Makes the target of attacks that start their own servers, because they kill and freeze them.
   *
   * @param command - how to start a server; the lesson's own if undefined
   * @param timeout - the servers' timeout for each other, in milliseconds; the lesson's if undefined
   * @param isGroup - whether each program gets a process group of its own: see `LearnerProgram`
   */
  room?(
    command: readonly string[] | undefined,
    timeout: number | undefined,
    isGroup?: boolean,
  ): ServersUnderTest;
  /** What a server has to do for clients that behave, before it is worth attacking. */
  readonly basics: readonly ServerCheck[];
  /** The attacks, in the order of the guide. */
  readonly attacks: readonly ServerCheck[];
}

/** The result of an attack. */
export type Verdict =
  | { readonly survived: true; readonly sentence: string }
  | ({ readonly survived: false } & Failure);

/** The likely cause of each sign, as seen by a client that has broken no rule. */
const CAUSES: Record<Exclude<Sign, "runs" | "crashed" | "unprinted">, string> = {
  silence:
    "It waits for something else, or an error has stopped the code that serves this client. Look at what the server printed.",
  part: "It sent fewer bytes than the packet has. Compare the format that you pack with the protocol.",
  closed:
    "It closed a client that had broken no rule. Either an error in your code did that, and the server's output says which one. Or the server closes all its clients when one of them leaves, as another client just has.",
  reset:
    "It closed a client that had broken no rule, and threw away what had arrived. Either an error in your code did that, and the server's output says which one. Or the server closes all its clients when one of them leaves, as another client just has.",
  refused: "The server no longer listens, or it is too busy to accept a connection.",
  open: "Nothing in the server closes a client like this one.",
  spoke: "The server went on with this client as if nothing were wrong.",
  wrong: "Compare what it sent with the protocol, field by field.",
  ended:
    'Whatever one client does, the program must go on: listen to the "error" of each socket, and catch what is thrown for one client.',
};

/** The likely cause of a closed connection when something happened to another client. */
export const CLOSES_OTHERS =
  "When something happens to one client, it closes other clients, too. Close only that client's socket, and take only that client off the list.";

/** The likely cause of what the bystander sees. */
const CAUSES_OF_BYSTANDER: Causes = {
  silence:
    "While the server is busy with one client or waits for it, it serves no others. No client may hold up the rest.",
  closed: CLOSES_OTHERS,
  reset: CLOSES_OTHERS,
  part: "The server mixed up two clients. What belongs to one client must not be shared by all of them.",
  wrong: "The server mixed up two clients. What belongs to one client must not be shared by all of them.",
};

/** The likely cause of what the bystander sees. A flood may also have kept the server too busy for it. */
function causeOfBystander({ cause, floods }: ServerCheck, sign: Sign): string | undefined {
  const likely = CAUSES_OF_BYSTANDER[sign];
  const isLate = sign === "silence" || sign === "closed" || sign === "reset";
  if (!floods || !isLate) return likely;
  return `The flood may have kept the server so busy that it served the other client too late. ${cause} Or there is another cause: ${likely}`;
}

/**
 * Attacks a server while another client behaves well. A server that stops serving the other client has not survived
 * either.
 *
 * @param attack - what to do
 * @param target - the server
 * @param lesson - the server's lesson
 * @returns the verdict
 */
export async function runCheck(
  attack: ServerCheck,
  target: ServerUnderTest,
  lesson: Pick<ServerChecks, "addBystander">,
): Promise<Verdict> {
  let isStillServed = async () => {};
  try {
    const patience = attack.floods ? FLOODED_LIMIT : target.promptly;
    isStillServed = await whenSettled(target, () => lesson.addBystander(target, patience));
    const sentence = await attack.run(target);
    await isStillServed().catch((error: Error) => {
      if (!(error instanceof CheckFailed)) throw error;
      const message = `another client, which behaved well, suffered from it: ${error.message}`;
      throw new CheckFailed(message, error.sign, causeOfBystander(attack, error.sign));
    });
    return { survived: true, sentence };
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    if (!(await target.listens())) {
      const sentence = "the server has ended, for all its clients. Its output says why.";
      return { survived: false, sentence, cause: causeOf(attack, new CheckFailed(sentence, "ended")) };
    }
    const isCutOff = error.sign === "closed" || error.sign === "reset";
    const cause =
      isCutOff && (await isClosedToo(isStillServed)) ? causeOfBystander(attack, error.sign) : undefined;
    return { survived: false, sentence: error.message, cause: cause ?? causeOf(attack, error) };
  } finally {
    await target.leave();
  }
}

/** Servers that are no longer waited for: the last wait was in vain. */
const givenUp = new WeakSet<ServerUnderTest>();

/**
 * Connects the bystander. The server may still be busy with what an earlier stage sent. That is not this stage's
 * failure, so this function waits for a while, unless an earlier stage has waited in vain.
 */
async function whenSettled<T>(target: ServerUnderTest, addBystander: () => Promise<T>): Promise<T> {
  const end = performance.now() + SETTLE_LIMIT;
  for (;;) {
    try {
      const bystander = await addBystander();
      givenUp.delete(target);
      return bystander;
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
      await target.leave();
      if (performance.now() < end && !givenUp.has(target) && (await target.listens())) {
        say(
          "the server isn't serving new clients, perhaps because clients that have left keep it busy: trying again",
        );
        await setTimeout(PAUSE);
        continue;
      }
      givenUp.add(target);
      const message = `before the attack began, the server did not serve a client: ${error.message}`;
      const cause =
        "It stopped serving new clients after the clients of earlier stages. Those have all left, so the server must not wait for them or still count them.";
      throw new CheckFailed(message, error.sign, error.likelyCause ?? cause);
    }
  }
}

/** Whether the bystander has lost its connection, too. */
async function isClosedToo(isStillServed: () => Promise<void>): Promise<boolean> {
  try {
    await isStillServed();
    return false;
  } catch (error) {
    return error instanceof CheckFailed && (error.sign === "closed" || error.sign === "reset");
  }
}

/** The likely cause of a failure: the failure's own, or the attack's if it fits the sign. */
function causeOf({ cause, fits }: ServerCheck, { likelyCause, sign }: CheckFailed): string {
  if (likelyCause !== undefined) return likelyCause;
  const isFitting = fits === undefined || fits.includes(sign);
  if (sign === "ended") return isFitting ? `${cause} ${CAUSES.ended}` : CAUSES.ended;
  return isFitting ? cause : ((CAUSES as Causes)[sign] ?? cause);
}

/** One check as a stage. */
function stageOf(
  check: ServerCheck,
  target: ServerUnderTest,
  addBystander: ServerChecks["addBystander"],
): Stage {
  return {
    title: check.title,
    async run() {
      const verdict = await runCheck(check, target, { addBystander });
      return verdict.survived ? undefined : verdict;
    },
  };
}

/**
 * The stages of what a server does for clients that behave.
 *
 * @param lesson - the server's lesson
 * @param target - the server
 * @returns the stages, in the order in which a learner builds what they check
 */
export function basicStages(lesson: ServerChecks, target: ServerUnderTest): Stage[] {
  const alone = async () => async () => {};
  return lesson.basics.map((check) => stageOf(check, target, alone));
}

/**
 * The stages of the attacks.
 *
 * @param lesson - the server's lesson
 * @param target - the server, or the room that starts several of them
 * @returns the stages, in the order in which a learner builds what they check
 */
export function attackStages(lesson: ServerChecks, target: ServerUnderTest): Stage[] {
  return lesson.attacks.map((check) => stageOf(check, target, lesson.addBystander));
}

/**
 * The stages of a server: one for each thing that a client may do to it.
 *
 * @param lesson - the server's lesson
 * @param target - the server
 * @returns the stages, in the order in which a learner builds what they check
 */
export function serverStages(lesson: ServerChecks, target: ServerUnderTest): Stage[] {
  return [...basicStages(lesson, target), ...attackStages(lesson, target)];
}
