import { SERVER_CHECKS } from "#lessons/3_simple_cluster_test/attacks.ts";
import { exercise } from "../assertions.ts";
import { serverChecks } from "../server.ts";

/** How long a client may be late, in milliseconds: longer than any stage, as exercise 2.6 has checked it. */
const TIMEOUT = 60_000;

/** How long a server may be silent before the others give up on it, in milliseconds. */
const SERVER_TIMEOUT = 5000;

/** How long one stage may take, in milliseconds: each starts a broker and two servers, and waits for several timeouts. */
const LIMIT = 60_000;

export default exercise<object>({
  exports: [],
  hints: [
    {
      for: /./,
      text: "Begin with one server that has no neighbours: `handleClient(connection, id, new OneThread(), timeout)` of lesson 2 serves a client. Then put a bus of your own in place of `OneThread`: it passes each call on to a `OneThread`, and remembers to tell the other servers.",
    },
    {
      for: /./,
      text: "Let a server say in one message where all its clients are: whenever something has changed, and a few times a second anyway. A server that receives it compares it with what the sender said before: which clients are new, which have moved, which are missing?",
    },
    {
      for: /\bids?\b|two servers see/,
      text: "Servers can't agree on each id, since they work even without a broker. Let each run of a server count up from a random number, as step 3 does.",
    },
    {
      for: /a server is killed|a server freezes/,
      text: "A will tells the others about a server that was killed: the broker publishes it when the connection breaks. It can't tell them about one that is frozen. For that you wrote 3.3: beats, and answers to them.",
    },
    {
      for: /one name/,
      text: "A broker closes a connection when another one arrives with the same client id. Draw a random client id for each connection.",
    },
    {
      for: /the broker is killed/,
      text: "Close no client because the broker is away. When it is back, subscribe again, and publish where all your clients are: the others have missed what happened meanwhile.",
    },
    {
      for: /remembers/,
      text: "Believe a server only while it answers numbers that you sent lately: then nothing that a broker has stored can bring back the dead. Number your messages, too, so that you recognise an old one that comes again.",
    },
    {
      for: /late will/,
      text: "The will of an old connection may come after the server has connected again. Count the connections, put the number into each message and into the will, and ignore a will that isn't from the newest one. With `reconnectPeriod: 0` you connect yourself, each time with a new will.",
    },
    {
      for: /junk/,
      text: "Anyone can publish on your topics. `JSON.parse` throws if a message isn't JSON, and JSON may still have the wrong shape: look at every part before you use any.",
    },
    {
      for: /200,000 times/,
      text: "Don't publish for each move. At the first one, start a timer of a few milliseconds. When it goes off, publish where everyone is now. As long as the broker hasn't taken a message (`publish` calls back when it has), don't send the next one.",
    },
  ],
  limit: LIMIT,
  checks: serverChecks(SERVER_CHECKS, { timeout: TIMEOUT, interval: 0, serverTimeout: SERVER_TIMEOUT }, [
    `${TIMEOUT}`,
    "mqtt://{broker}",
    `${SERVER_TIMEOUT}`,
  ]),
});
