import type * as Ours from "#lessons/3_simple_cluster_test/exercises/solutions/4_a_client_that_comes_back.ts";
import { exercise, fail, LearnerError } from "../assertions.ts";

/** What becomes of each attempt to connect. */
type Fate = "refused" | "lost" | "finished";

/** What a client did. */
interface Done {
  readonly servers: string[];
  readonly waits: number[];
  /** Both, in words. */
  readonly story: string;
}

/** More attempts than any check needs: a client that goes on after that goes on forever. */
const TOO_MANY = 60;

/** Runs a learner's client in a world where no time passes. */
async function live(
  stayConnected: typeof Ours.stayConnected,
  known: readonly string[],
  fates: readonly Fate[],
  random: () => number,
): Promise<Done> {
  const servers: string[] = [];
  const waits: number[] = [];
  const lines: string[] = [];
  let isWaiting = false;
  const story = () => lines.slice(-9).join("\n");
  let stopWorld: (error: unknown) => void = () => {};
  // What the checks have to say must reach the learner, even if the learner's code catches what `connect` throws.
  const stopped = new Promise<never>((_, reject) => {
    stopWorld = reject;
  });
  const stop = (what: string, mistake: string): Promise<never> => {
    try {
      fail(what, mistake);
    } catch (error) {
      stopWorld(error);
    }
    return new Promise(() => {});
  };
  const world: Ours.World = {
    async connect(server) {
      const fate = fates[servers.length];
      if (isWaiting)
        return stop(
          `${story()}\n  connect(${server})`,
          "It connects while it should wait. Is an `await` missing in front of `sleep`?",
        );
      servers.push(server);
      lines.push(`  connect(${server})${fate === undefined ? "" : `: ${fate}`}`);
      if (!known.includes(server))
        return stop(story(), `It knows ${known.join(" and ")}, and no other server.`);
      if (fate === undefined || servers.length > TOO_MANY)
        return stop(story(), "The last connection has finished, so there is nothing left to do: return.");
      if (fate === "refused") throw new Error("ECONNREFUSED");
      return { over: Promise.resolve(fate) };
    },
    async sleep(milliseconds) {
      waits.push(milliseconds);
      lines.push(
        `  sleep(${typeof milliseconds === "number" ? Math.round(milliseconds * 10) / 10 : milliseconds})`,
      );
      if (waits.length > TOO_MANY) return stop(story(), "It only sleeps. Connect after each wait.");
      isWaiting = true;
      await Promise.resolve();
      isWaiting = false;
    },
    random,
  };
  try {
    await Promise.race([stayConnected(known, world), stopped]);
  } catch (error) {
    const cause = error instanceof LearnerError ? error.cause : undefined;
    if (cause instanceof Error && cause.message === "ECONNREFUSED")
      fail(
        `${story()}`,
        "`connect` rejected, and so did your function. An attempt that fails is a failure like any other: catch it, wait, and go on.",
      );
    throw error;
  }
  if (servers.length < fates.length) {
    const fate = fates[servers.length - 1];
    fail(
      `${story() || "  (nothing)"}\n  and then it returned.`,
      fate === undefined
        ? "It never connected."
        : `The connection was ${fate}, so the client has to come back. Only \`finished\` is the end.`,
    );
  }
  return { servers, waits, story: story() };
}

/** Random numbers that do not repeat soon, the same each time. */
function numbers(): () => number {
  let state = 12_345;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** How many failures in a row, each time. */
function longestWaits(count: number): number[] {
  return Array.from({ length: count }, (_, failure) => Math.min(500 * 2 ** failure, 30_000));
}

/** Compares the waits with what they may be at most, where `random` always gives the same. */
function checkWaits({ waits, story }: Done, longest: readonly number[], mistake?: string): void {
  if (waits.length !== longest.length)
    fail(
      `${story}\n\nNumber of waits: ${waits.length}. It should be ${longest.length}.`,
      waits.length < longest.length
        ? "It connects again at once. After each failure it has to wait, after a lost connection too."
        : "Wait only after a failure, and once after each.",
    );
  for (const [index, most] of longest.entries()) {
    const wait = waits[index] ?? Number.NaN;
    if (wait >= most / 2 && wait <= most) continue;
    const what = `${story}\n\nWait number ${index + 1} should be between ${most / 2} and ${most} ms. It was ${wait} ms.`;
    const before = waits[index - 1] ?? 0;
    if (mistake !== undefined) fail(what, mistake);
    if (wait * 1000 >= most / 2 && wait * 1000 <= most)
      fail(what, "`sleep` takes milliseconds, not seconds.");
    if (wait < most / 2 && index === 0)
      fail(
        what,
        "It is shorter than half of the longest time. A wait is between half of that time and all of it.",
      );
    if (wait > most && most === 30_000)
      fail(
        what,
        "It waits longer than 30 seconds. Without a limit, after a night of failures it would wait for hours: use `Math.min`.",
      );
    if (wait > most && index === 0)
      fail(what, "The first wait is too long: double it after it was used, not before.");
    if (wait <= before)
      fail(what, "It isn't longer than the wait before. Double the longest time after each failure.");
    fail(
      what,
      "The longest time doubles with each failure in a row, and the wait is between half of it and all of it.",
    );
  }
}

const three = ["A", "B", "C"];
const refused = (count: number): Fate[] => new Array<Fate>(count).fill("refused");

export default exercise<typeof Ours>({
  exports: ["stayConnected"],
  hints: [
    {
      for: /./,
      text: "It is one loop that never ends by itself: pick a server, connect, wait until the connection is over, sleep. Only a connection that has finished leaves it.",
    },
    {
      for: /refuses|refused|fails/,
      text: "Put `await world.connect(server)` and `await connection.over` into a `try`. What `connect` throws and a connection that was lost lead to the same place: the wait.",
    },
    {
      for: /waits|twice|limit|same moment/,
      text: "Keep the longest time in a variable: `longest / 2 + world.random() * longest / 2` is the wait, and then `longest = Math.min(longest * 2, LONGEST_WAIT)`.",
    },
    {
      for: /another|server/,
      text: "`servers.filter((server) => server !== lost)` is the others. If there are none, take all. `Math.floor(world.random() * choice.length)` is a random index.",
    },
  ],
  checks: {
    "connects, and is done when the connection has finished": async ({ stayConnected }) => {
      const done = await live(stayConnected, ["A"], ["finished"], () => 0.5);
      checkWaits(done, []);
    },
    "comes back after it has lost its server": async ({ stayConnected }) => {
      const done = await live(stayConnected, ["A"], ["lost", "finished"], () => 0.5);
      checkWaits(done, [500]);
    },
    "goes on when a server refuses": async ({ stayConnected }) => {
      const done = await live(stayConnected, ["A"], ["refused", "finished"], () => 0.5);
      checkWaits(done, [500]);
    },
    "waits twice as long after each failure": async ({ stayConnected }) => {
      for (const number of [0.5, 0, 0.999])
        checkWaits(
          await live(stayConnected, ["A"], [...refused(5), "finished"], () => number),
          longestWaits(5),
        );
    },
    "never waits longer than the limit": async ({ stayConnected }) => {
      checkWaits(await live(stayConnected, ["A"], [...refused(30), "finished"], () => 0.5), longestWaits(30));
    },
    "waits only a short time again after a connection": async ({ stayConnected }) => {
      const fates: Fate[] = ["refused", "refused", "refused", "lost", "refused", "lost", "finished"];
      const mistake = "A connection was made in between, so the failures in a row begin at one again.";
      checkWaits(
        await live(stayConnected, ["A"], fates, () => 0.5),
        [500, 1000, 2000, 500, 1000, 500],
        mistake,
      );
    },
    "doesn't come back at the same moment as the others": async ({ stayConnected }) => {
      const waits = await Promise.all(
        [0, 0.25, 0.5, 0.999].map(async (number) => {
          const done = await live(stayConnected, ["A"], ["lost", "refused", "finished"], () => number);
          return done.waits.map(Math.round);
        }),
      );
      const [first, second] = [0, 1].map((index) => waits.map((all) => all[index] ?? 0));
      const shown = `Four clients, for which \`random\` gave 0, 0.25, 0.5 and 0.999, waited ${first?.join(", ")} ms, and then ${second?.join(", ")} ms.`;
      for (const [index, all] of [first ?? [], second ?? []].entries()) {
        const longest = 500 * 2 ** index;
        if (new Set(all).size < 4)
          fail(
            shown,
            "They come back at the same moment. Each has to wait for a random time: use `world.random()`.",
          );
        if (Math.max(...all) - Math.min(...all) < longest / 3)
          fail(
            shown,
            "They come back at nearly the same moment. Spread them from half of the longest time to all of it.",
          );
      }
    },
    "goes to another server than the one that it lost": async ({ stayConnected }) => {
      const fates: Fate[] = [
        "lost",
        "refused",
        "lost",
        "refused",
        "refused",
        "lost",
        "lost",
        "refused",
        "lost",
        "finished",
      ];
      for (const known of [["A", "B"], three]) {
        const { servers, story } = await live(stayConnected, known, fates, numbers());
        const again = servers.findIndex((server, index) => index > 0 && server === servers[index - 1]);
        if (again > 0)
          fail(
            `${story}\n\nAttempt ${again + 1} went to ${servers[again]}, as the one before did.`,
            "That server has just failed, and there are others: leave it out when you choose, whether it was lost or refused.",
          );
      }
    },
    "chooses its server at random": async ({ stayConnected }) => {
      const firsts = await Promise.all(
        [0, 0.4, 0.99].map((number) => live(stayConnected, three, ["finished"], () => number)),
      );
      const first = firsts.map(({ servers }) => servers[0]);
      if (new Set(first).size < 3)
        fail(
          `Three clients that know A, B and C, for which \`random\` gave 0, 0.4 and 0.99, connected to ${first.join(", ")}.`,
          "All clients begin at the same server. Choose at random, so that they spread over all of them.",
        );
      const seconds = await Promise.all(
        [0.1, 0.9].map(async (number) => {
          // The same first server for both, and then a choice between the two others.
          let calls = 0;
          return live(stayConnected, three, ["lost", "finished"], () => (calls++ === 0 ? 0 : number));
        }),
      );
      const second = seconds.map(({ servers }) => servers[1]);
      if (new Set(second).size < 2)
        fail(
          `Two clients lost ${seconds[0]?.servers[0]}. \`random\` gave them 0.1 and 0.9, and both went to ${second[0]}.`,
          "All clients of a dead server go to the same one next. Choose at random among the others, too.",
        );
    },
  },
});
