import type * as Ours from "#lessons/3_simple_cluster_test/exercises/solutions/3_who_is_alive.ts";
import { compare, exercise, type Mistakes } from "../assertions.ts";

/** A server of the learner's, and what has happened to it. */
class Trial {
  readonly #alive: Ours.Alive;
  readonly #story: string[] = [];

  constructor(Alive: typeof Ours.Alive, number: number) {
    this.#alive = new Alive(number);
    this.#story.push(`new Alive(${number})`);
  }

  hear(name: string, number: number, answered?: number): void {
    this.#story.push(`◀── ${name}: beat ${number}, answers ${answered ?? "nothing"}`);
    this.#alive.hear(name, number, answered);
  }

  /** A beat, after which these have gone. */
  beat(gone: readonly string[], mistake: string): void {
    const came: unknown = this.#alive.beat();
    this.#story.push("beat()");
    this.#compare(sorted(came), gone, "`beat()` returns", mistake);
  }

  isAlive(names: readonly string[], mistake: string): void {
    this.#compare(sorted(this.#alive.alive), names, "`alive` is", mistake);
  }

  hasHeard(expected: Readonly<Record<string, number>>, mistake: string): void {
    const { heard } = this.#alive;
    const came: unknown = heard instanceof Map ? Object.fromEntries([...heard].sort()) : heard;
    this.#compare(came, expected, "`heard` holds", mistake);
  }

  /** `heard` belongs to whoever asked for it. */
  spoilHeard(): void {
    this.#story.push("heard.clear()");
    this.#alive.heard.clear();
  }

  #compare(came: unknown, expected: unknown, what: string, mistake: string): void {
    const mistakes: Mistakes = [
      [undefined, "It is undefined. Is a `return` missing?"],
      [came, mistake],
    ];
    compare(came, expected, `${this.#story.map((line) => `  ${line}`).join("\n")}\n\n${what}:`, mistakes);
  }
}

function sorted(names: unknown): unknown {
  return Array.isArray(names) ? [...names].sort() : names;
}

const NOT_YET = "B has answered one of our newest beats, so it is alive.";
const TOO_EARLY = "The newest answer is no more than 4 beats old: that is still in time.";
const TOO_LATE =
  "The newest answer is 5 beats old, so that server has gone. `beat` counts up first, and then looks.";
const ONCE = "Return only the servers that have gone just now, each once.";

export default exercise<typeof Ours>({
  exports: ["Alive"],
  hints: [
    {
      for: /./,
      text: "Keep three things: the number of our newest beat, the newest beat of each server, and the newest answer of each server that is alive. Use a `Map` for each of the last two.",
    },
    {
      for: /answer|late|lie|old|long/,
      text: "An answer counts if it is recent: `answered <= this.#number && this.#number - answered <= MOST_UNANSWERED`. Use the same function in `hear` and in `beat`.",
    },
    {
      for: /order|back|copy/,
      text: "A beat whose number isn't higher than the newest of that server changes nothing at all: return at once.",
    },
  ],
  checks: {
    "believes a server that answers our beat": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.isAlive([], "Nobody has said anything yet.");
      trial.hear("B", 12, 70);
      trial.isAlive(["B"], NOT_YET);
      trial.hear("C", 5, 70);
      trial.isAlive(["B", "C"], "Both have answered. Each server has its own answer.");
    },
    "hears a server that has not answered, but doesn't believe it": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12);
      trial.isAlive(
        [],
        "B has not answered anything: its beat may be years old. Only an answer proves that it is alive.",
      );
      trial.hasHeard(
        { B: 12 },
        "B's beat has to be answered, whether B is alive or not. Otherwise each waits for the other to answer first.",
      );
      trial.hear("B", 13, 70);
      trial.isAlive(["B"], NOT_YET);
      trial.hasHeard(
        { B: 13 },
        "`heard` holds each server's newest beat, by that server's own number. It is not the number of our beat that B answers.",
      );
    },
    "gives up on it when its newest answer is too old, and not before": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 70);
      for (let beats = 1; beats <= 4; beats++) trial.beat([], TOO_EARLY);
      trial.isAlive(["B"], TOO_EARLY);
      trial.beat(["B"], TOO_LATE);
      trial.isAlive([], "B has gone, so it isn't alive.");
      trial.beat([], ONCE);
    },
    "counts answers, not beats": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 70);
      const deaf =
        "B goes on sending, but it answers nothing new: it no longer hears us, or the broker delivers what it had stored. What counts is the age of the newest answer.";
      for (let beats = 1; beats <= 4; beats++) {
        trial.beat([], TOO_EARLY);
        trial.hear("B", 12 + beats, 70);
      }
      trial.beat(["B"], deaf);
      trial.hear("B", 17, 70);
      trial.isAlive([], deaf);
    },
    "lets an answer be old, but not too old": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 66);
      trial.isAlive(["B"], "66 is 4 beats old: just recent enough. An answer takes time to arrive.");
      trial.beat(
        ["B"],
        "The answer is 66, and our newest beat is 71. The age counts from the beat that was answered, not from when the answer came.",
      );
      const other = new Trial(Alive, 70);
      other.hear("B", 12, 65);
      other.isAlive([], "65 is 5 beats old: this answer may be old news, from a broker that had stored it.");
    },
    "doesn't fall for a lie": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 71);
      trial.isAlive([], "We have not sent beat 71 yet, so nobody can have heard it.");
      trial.hear("B", 13, 4_000_000_000);
      trial.isAlive([], "We have not sent that beat yet. If it counted, B would be alive forever.");
      trial.beat([], "B was never alive, so it can't have gone.");
    },
    "doesn't let a beat that is out of order set anything back": ({ Alive }) => {
      const trial = new Trial(Alive, 74);
      trial.hear("B", 13, 74);
      trial.hear("B", 12, 71);
      trial.hasHeard({ B: 13 }, "Beat 12 is older than 13, which we have heard already.");
      for (let beats = 1; beats <= 4; beats++)
        trial.beat([], "An older beat, which came late, has replaced the answer of a newer one.");
      trial.beat(["B"], TOO_LATE);
    },
    "isn't woken by a copy of an old beat": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 70);
      trial.hear("B", 13);
      const silent = "B's newest beat answers nothing, but its answer 70 is still recent.";
      trial.isAlive(["B"], silent);
      for (let beats = 1; beats <= 4; beats++) trial.beat([], TOO_EARLY);
      trial.beat(["B"], TOO_LATE);
      trial.hear("B", 13, 75);
      trial.isAlive(
        [],
        "We have heard beat 13 before. A beat that is no newer than the newest says nothing new.",
      );
      trial.hear("B", 14, 75);
      trial.isAlive(["B"], "B has answered again, so it is back.");
    },
    "keeps two servers apart": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      const apart = "B and C are two servers: each has its own newest beat and its own newest answer.";
      trial.hear("B", 900, 70);
      trial.beat([], TOO_EARLY);
      trial.hear("C", 3, 71);
      trial.isAlive(["B", "C"], apart);
      trial.hasHeard({ B: 900, C: 3 }, apart);
      for (let beats = 2; beats <= 4; beats++) trial.beat([], TOO_EARLY);
      trial.beat(["B"], apart);
      trial.isAlive(["C"], apart);
      trial.beat(["C"], TOO_LATE);
    },
    "lets nobody change it through `heard`": ({ Alive }) => {
      const trial = new Trial(Alive, 70);
      trial.hear("B", 12, 70);
      trial.spoilHeard();
      trial.hasHeard(
        { B: 12 },
        "Somebody cleared the map that `heard` gave, and yours is empty. Make a new one each time: `new Map(…)`.",
      );
    },
  },
});
