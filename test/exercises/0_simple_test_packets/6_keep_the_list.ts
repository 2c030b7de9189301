import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/6_keep_the_list.ts";
import { exercise, fail, type Mistakes, sameValue } from "../assertions.ts";
import { describeValue } from "../draw.ts";

const ADDRESS = "127.0.0.1:50001";

const REUSED =
  "That id has been used before: its client has left, and its number must not come back. Count up in a field of its own.";

/** What `leave` may return by mistake. */
const LEAVE: Mistakes = [
  [undefined, "`leave` returns nothing: it should say whether there was such a client."],
  [true, "There is no client with this id, so it should be `false`."],
  [
    false,
    "The client was there, so it should be `true`. (An index may be 0, and 0 is falsy: compare it with −1.)",
  ],
  [ADDRESS, "That is the address. `leave` returns whether there was such a client."],
  ["a", "That is the address. `leave` returns whether there was such a client."],
];

export default exercise<typeof Ours>({
  exports: ["ClientList"],
  hints: [
    { for: /./, text: "You have to remember two things: who is connected, and which id comes next." },
    {
      for: /^gives|^keeps|^knows|^counts|^never/,
      text: "A `Map` from the id to the address does most of the work: `set`, `delete`, `size`, `values`. It does not know the next id: its size shrinks when a client leaves.",
    },
    {
      for: /^gives|^keeps|^never/,
      text: "`#clients = new Map<number, string>()` and `#nextId = 1`, both in the class. `join` is `const id = this.#nextId++`, then `set`, then `return id`.",
    },
    {
      for: /^knows|^says|^lets/,
      text: "`leave` is `return this.#clients.delete(id)`: `delete` says whether there was such a client. `addresses` is `[...this.#clients.values()]`, a new array each time.",
    },
  ],
  checks: {
    "gives the ids 1, 2, 3 to the first three clients": ({ ClientList }) => {
      const list = new ClientList();
      const join = () => [list.join(ADDRESS), list.join("127.0.0.1:50002"), list.join("127.0.0.1:50003")];
      sameValue(join, [1, 2, 3], "The ids of the first three clients:", [
        [[0, 1, 2], "The first id is 1."],
        [[1, 1, 1], "Every client gets the id 1: count up for each."],
        [["1", "2", "3"], "They are strings. Ids are numbers."],
        [[2, 3, 4], "The first id is 1: count up after it was taken, or begin with 0."],
        [[undefined, undefined, undefined], "`join` returns nothing: is a `return` missing?"],
        [[ADDRESS, "127.0.0.1:50002", "127.0.0.1:50003"], "Those are the addresses. `join` returns the id."],
      ]);
    },
    "keeps two lists apart": ({ ClientList }) => {
      const last = new ClientList().join(ADDRESS);
      const list = new ClientList();
      const shared =
        "It is shared with the previous list: what is `static`, or outside of the class, exists only once.";
      const size = list.size;
      sameValue(() => size, 0, "`size` of a second list:", [
        [-1, "Nobody has joined yet, and there cannot be fewer than none."],
        ...(size > 0 ? [[size, shared] as const] : []),
      ]);
      const id = list.join(ADDRESS);
      sameValue(() => id, 1, "The first id of a second list:", [
        [last + 1, shared],
        [id, "Ids are 1, 2, 3, … in the order in which clients join."],
      ]);
    },
    "knows how many clients are connected, and which": ({ ClientList }) => {
      const list = new ClientList();
      const both = () => [list.size, list.addresses];
      if (typeof list.size === "function") {
        fail("`list.size` is a function.", "It should be a number: `get size()` makes it look like a field.");
      }
      if (!Array.isArray(list.addresses)) {
        const what = `\`list.addresses\` is ${describeValue(list.addresses)}.`;
        fail(what, "It should be an array, a new one each time: `[...this.#clients.values()]`.");
      }
      sameValue(both, [0, []], "`size` and `addresses` of an empty list:");
      const joined = ["b", "a", "c", "d"];
      for (const address of joined) list.join(address);
      const ids = "Those are the ids. The addresses are the values of the Map, not its keys.";
      sameValue(both, [4, joined], "`size` and `addresses` after b, a, c and d joined:", [
        [[4, joined.toSorted()], "They are sorted. They should be in the order in which they joined."],
        [[4, joined.toReversed()], "The last is first. They should be in the order in which they joined."],
        [[4, [1, 2, 3, 4]], ids],
        [[4, ["1", "2", "3", "4"]], ids],
        [
          [4, joined.map((address, index) => [index + 1, address])],
          "Those are pairs of id and address. `values()` gives the addresses alone.",
        ],
        [[0, joined], "`size` is not counted."],
        [[4, []], "`addresses` is empty, although four have joined."],
        [[5, joined], "`size` is the next id. The number of clients is something else."],
      ]);
      sameValue(() => list.leave(2), true, "`leave(2)`, while client 2 is connected:", LEAVE);
      const hole = "There is a hole in the array where the client was. A Map has none.";
      const wrongOne = "The wrong one left: an id isn't an index of an array, which starts at 0.";
      sameValue(
        both,
        [3, ["b", "c", "d"]],
        "`size` and `addresses` after client 2, whose address was a, left:",
        [
          [[4, joined], "Nobody has left: `leave` has to take the client off the list."],
          [
            [3, joined],
            "`addresses` still has the client. Make a new array each time, of the clients that are connected.",
          ],
          [
            [4, ["b", "c", "d"]],
            "`size` is how many have ever connected. It should be the number of clients that are connected.",
          ],
          [[3, ["b", "a", "d"]], wrongOne],
          [[3, ["b", "a", "c"]], "You always remove the last one. Remove the client with this id."],
          [[3, ["a", "c", "d"]], "You always remove the first one. Remove the client with this id."],
          [
            [3, ["b", "d", "c"]],
            "The order has changed. The clients that remain must stay in the order in which they joined.",
          ],
          [[4, ["b", undefined, "c", "d"]], hole],
          [[3, ["b", undefined, "c", "d"]], hole],
        ],
      );
    },
    "counts two clients from one address as two": ({ ClientList }) => {
      const list = new ClientList();
      list.join(ADDRESS);
      list.join(ADDRESS);
      const one =
        "Two clients with the same address count as one: the key of your Map must be the id, and a Set holds an address only once.";
      sameValue(() => list.size, 2, "`size` after two clients joined from the same address:", [[1, one]]);
      sameValue(() => list.addresses, [ADDRESS, ADDRESS], "`addresses` of the two:", [[[ADDRESS], one]]);
      list.leave(1);
      sameValue(() => list.size, 1, "`size` after the first of the two left:", [
        [0, "Both left. Remove a client by its id: two clients may have the same address."],
      ]);
    },
    "says when there is no such client": ({ ClientList }) => {
      const list = new ClientList();
      list.join(ADDRESS);
      sameValue(() => list.leave(2), false, "`leave(2)`, when only client 1 has joined:", LEAVE);
      sameValue(() => list.size, 1, "`size` after that:", [
        [
          0,
          "It shrank, although nobody has left. (Where there is none, `findIndex` and `indexOf` give −1, and `splice(-1, 1)` removes the last.)",
        ],
      ]);
      sameValue(() => list.leave(1), true, "`leave(1)`, while client 1 is connected:", LEAVE);
      sameValue(() => list.leave(1), false, "`leave(1)`, after client 1 has left:", LEAVE);
      sameValue(() => list.size, 0, "`size` after client 1 was removed twice:", [
        [-1, "It was counted down twice for one client."],
      ]);
    },
    "never gives the same id twice": ({ ClientList }) => {
      const list = new ClientList();
      for (let i = 0; i < 3; i++) list.join(ADDRESS);
      list.leave(3);
      sameValue(() => list.join(ADDRESS), 4, "The id of the next client, after 3 joined and client 3 left:", [
        [3, REUSED],
      ]);
      for (const id of [1, 2, 4]) list.leave(id);
      sameValue(() => list.join(ADDRESS), 5, "The id of the next client, after 4 joined and all left:", [
        [1, REUSED],
        [4, REUSED],
      ]);
    },
    "lets nobody else change the list": ({ ClientList }) => {
      const list = new ClientList();
      list.join("a");
      list.addresses.push("an intruder");
      sameValue(
        () => list.addresses,
        ["a"],
        "`addresses`, after somebody changed the array that it gave before:",
        [[["a", "an intruder"], "Your own array was handed out. Give a copy: `[...array]`."]],
      );
      list.join("b");
      sameValue(
        () => [list.size, list.addresses],
        [2, ["a", "b"]],
        "`size` and `addresses` after b joined:",
        [
          [[1, ["a"]], "The copy that `addresses` gives is remembered: make a new one each time."],
          [[2, ["a"]], "The copy that `addresses` gives is remembered: make a new one each time."],
        ],
      );
    },
  },
});
