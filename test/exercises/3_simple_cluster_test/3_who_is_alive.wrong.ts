import type { WrongAnswer } from "../wrong.ts";

const OLD = "if (number <= (this.#heard.get(name) ?? -1)) return;";
const HEARD = "this.#heard.set(name, number);";
const ANSWERED =
  "if (answered !== undefined && this.#isRecent(answered)) this.#answered.set(name, answered);";
const RECENT = "return number <= this.#number && this.#number - number <= MOST_UNANSWERED;";
const FORGET = "for (const name of gone) this.#answered.delete(name);";

export default [
  {
    name: "any beat is a sign of life",
    edits: [[ANSWERED, "this.#answered.set(name, answered ?? this.#number);"]],
    says: /Only an answer proves/,
  },
  {
    name: "only those that are alive are heard",
    edits: [[HEARD, "if (answered !== undefined) this.#heard.set(name, number);"]],
    says: /each waits for the other/,
  },
  {
    name: "the answers in place of the beats",
    edits: [["return new Map(this.#heard);", "return new Map(this.#answered);"]],
    says: /each waits for the other|our beat that B answers/,
  },
  {
    name: "gone a beat early",
    edits: [[RECENT, "return number <= this.#number && this.#number - number < MOST_UNANSWERED;"]],
    says: /still in time/,
  },
  {
    name: "gone a beat late",
    edits: [[RECENT, "return number <= this.#number && this.#number - number <= MOST_UNANSWERED + 1;"]],
    says: /5 beats old/,
  },
  { name: "gone again and again", edits: [[FORGET, ""]], says: /isn't alive/ },
  {
    name: "counts beats, not answers",
    edits: [[ANSWERED, "if (answered !== undefined) this.#answered.set(name, this.#number);"]],
    says: /answers nothing new/,
  },
  {
    name: "counts from when the answer came",
    edits: [
      [
        ANSWERED,
        "if (answered !== undefined && answered !== this.#last.get(name) && this.#isRecent(answered)) {\n      this.#last.set(name, answered);\n      this.#answered.set(name, this.#number);\n    }",
      ],
      ["#number: number;", "#number: number;\n  readonly #last = new Map<string, number>();"],
    ],
    says: /age counts from the beat that was answered/,
  },
  {
    name: "believes any answer until it is too old",
    edits: [[ANSWERED, "if (answered !== undefined) this.#answered.set(name, answered);"]],
    says: /not sent|old news|isn't alive|answers nothing new/,
  },
  {
    name: "believes beats not sent yet",
    edits: [[RECENT, "return this.#number - number <= MOST_UNANSWERED;"]],
    says: /not sent beat 71 yet/,
  },
  { name: "takes beats in any order", edits: [[OLD, ""]], says: /Beat 12 is older/ },
  {
    name: "takes answers in any order",
    edits: [[OLD, "if (number > (this.#heard.get(name) ?? -1))"]],
    says: /has replaced the answer/,
  },
  {
    name: "takes a copy of the newest beat",
    edits: [[OLD, "if (number < (this.#heard.get(name) ?? -1)) return;"]],
    says: /heard beat 13 before/,
  },
  {
    name: "one beat for all servers",
    edits: [[OLD, "if (number <= Math.max(-1, ...this.#heard.values())) return;"]],
    says: /Each server has its own answer|two servers/,
  },
  {
    name: "hands out its own map",
    edits: [["return new Map(this.#heard);", "return this.#heard;"]],
    says: /Make a new one each time/,
  },
] satisfies WrongAnswer[];
