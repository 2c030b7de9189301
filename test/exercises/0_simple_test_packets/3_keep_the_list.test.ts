import { it } from "vitest";
import { ClientList } from "../../../lessons/0_simple_test_packets/exercises/3_keep_the_list.ts";
import { sameValue } from "../check.ts";

const ADDRESS = "127.0.0.1:50001";

it("gives the ids 1, 2, 3 to the first three clients", () => {
  const list = new ClientList();
  const ids = [list.join(ADDRESS), list.join("127.0.0.1:50002"), list.join("127.0.0.1:50003")];
  sameValue(ids, [1, 2, 3], "the ids of three clients", "join");
});

it("knows how many clients are connected, and which", () => {
  const list = new ClientList();
  sameValue([list.size, list.addresses], [0, []], "size and addresses of an empty list", "size, addresses");
  list.join("b");
  list.join("a");
  list.join("c");
  sameValue(
    [list.size, list.addresses],
    [3, ["b", "a", "c"]],
    "size and addresses after b, a and c joined",
    "addresses: in the order in which they joined",
  );
  sameValue(list.leave(2), true, "leave(2), while client 2 is connected", "what leave returns");
  sameValue(
    [list.size, list.addresses],
    [2, ["b", "c"]],
    "size and addresses after client 2, which was a, left",
    "leave",
  );
});

it("counts two clients from one address as two", () => {
  const list = new ClientList();
  list.join(ADDRESS);
  list.join(ADDRESS);
  sameValue(
    list.size,
    2,
    "size after two clients joined from the same address",
    "the key of your Map: it must be the id",
  );
});

it("says when there is no such client", () => {
  const list = new ClientList();
  list.join(ADDRESS);
  sameValue(list.leave(2), false, "leave(2), when only client 1 has joined", "what leave returns");
  list.leave(1);
  sameValue(list.leave(1), false, "leave(1), after client 1 has left", "what leave returns");
  sameValue(list.size, 0, "size after client 1 was removed twice", "leave");
});

it("never gives the same id twice", () => {
  const list = new ClientList();
  for (let i = 0; i < 3; i++) list.join(ADDRESS);
  list.leave(3);
  sameValue(
    list.join(ADDRESS),
    4,
    "the id of the next client, after 3 joined and client 3 left",
    "the next id",
  );
  for (const id of [1, 2, 4]) list.leave(id);
  sameValue(list.join(ADDRESS), 5, "the id of the next client, after 4 joined and all left", "the next id");
});

it("keeps two lists apart", () => {
  new ClientList().join(ADDRESS);
  const list = new ClientList();
  sameValue(list.join(ADDRESS), 1, "the first id of a second list", "what you keep outside the class");
});
