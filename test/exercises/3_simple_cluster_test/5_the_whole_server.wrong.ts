import type { WrongAnswer } from "../wrong.ts";

const WILL = "reconnectPeriod: 0, will });";
const SUBSCRIBE = '  client.subscribe("room/+");\n';
const AGAIN = "setTimeout(connectToBroker, 250 + randomInt(500))";
const LATELY = "return answered >= (beats[0] as number) && answered <= count;";
const MISSING = "  for (const id of missing) remove(server, id);\n";
const GOODBYE = "if (known?.connection === state.connection) bury(known);";

export default [
  { name: "a blank file", code: "export {};\n", says: /without listening anywhere/ },
  {
    name: "each server counts its clients from 1",
    edits: [["let lastId = randomInt(2 ** 30);", "let lastId = 0;"]],
    says: /gave their clients the same id, \d+.*Count up from a random number/s,
  },
  {
    name: "hears nothing from other servers",
    edits: [[SUBSCRIBE, ""]],
    says: /did not hear about the first client of server.*none of them has subscribed to anything/s,
  },
  {
    name: "tells the other servers nothing",
    edits: [["client.publish(topic,", 'client.publish("elsewhere",']],
    says: /did not hear about.*have to agree on the topics/s,
  },
  {
    name: "a newcomer hears only about the clients of its own server",
    edits: [
      [
        "subscribe: (id, listener) => here.subscribe(id, listener),",
        "subscribe(id, listener) {\n    let isNew = true;\n    here.subscribe(id, (from, bytes, news) => {\n      if (own.has(from) || !isNew) listener(from, bytes, news);\n    });\n    isNew = false;\n  },",
      ],
    ],
    says: /which was there before/,
  },
  {
    name: "the other servers are not told who has left",
    edits: [[MISSING, ""]],
    says: /which has left/,
  },
  {
    name: "one client id for all",
    edits: [[WILL, 'reconnectPeriod: 0, will, clientId: "room" });']],
    says: /client id/,
  },
  {
    name: "no will",
    edits: [[WILL, "reconnectPeriod: 0 });\n  void will;"]],
    says: /whose server was killed.*Leave a will/s,
  },
  {
    name: "a silent server is never given up",
    edits: [["if (!isLately(server.answered)) bury(server);", ""]],
    says: /whose server is frozen.*give up on a server that doesn't answer/s,
  },
  {
    name: "ends when the broker does",
    edits: [[AGAIN, "process.exit(1)"]],
    says: /has ended|ECONNREFUSED|lost its connection/,
  },
  {
    name: "does not connect to the broker again",
    edits: [[AGAIN, "{}"]],
    says: /connect again, subscribe again/,
  },
  {
    name: "believes what the broker has stored",
    edits: [
      [LATELY, "return answered <= count;"],
      [
        "    if (!isLately(server.answered)) bury(server);",
        "    if (Date.now() - server.seen > Number(serverTimeout)) bury(server);",
      ],
      ["  server.count = state.count;\n", "  server.count = state.count;\n  server.seen = Date.now();\n"],
      ["  readonly clients: Set<number>;", "  readonly clients: Set<number>;\n  seen: number;"],
      ["clients: new Set() };", "clients: new Set(), seen: 0 };"],
      ["  if (known && state.count <= known.count) return; // old, or here for the second time\n", ""],
    ],
    says: /which is dead|whose server is dead/,
  },
  {
    name: "an old will is as good as a new one",
    edits: [[GOODBYE, "if (known) bury(known);"]],
    says: /vanished because of it.*Say in each message which connection it belongs to/s,
  },
  {
    name: "whatever comes is JSON",
    edits: [["  } catch {\n    return undefined;\n  }\n}", "  } finally {\n    count += 0;\n  }\n}"]],
    says: /SyntaxError|has ended/,
  },
] satisfies WrongAnswer[];
