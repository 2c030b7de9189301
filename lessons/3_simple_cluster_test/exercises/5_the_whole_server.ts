/**
 * Exercise 3.5 · The whole server
 *
 * Write the whole server of this lesson, from a blank file. It is a program. The checks start a broker and two of your
 * servers, and then kill and freeze them. You may even write the server in another language:
 * `npm run check-server 3` checks any program, and only the list of exercises won't know that you have done it.
 *
 * ```text
 *   npx tsx my/3_simple_cluster_test/5_the_whole_server.ts PORT TIMEOUT BROKER SERVER_TIMEOUT
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port and `process.argv[4]` the broker, e.g. `mqtt://127.0.0.1:1883`.
 * `process.argv[3]` is how long a client may be late, and `process.argv[5]` how long another server may be silent, both in
 * milliseconds.
 *
 * For its clients it is the server of lesson 2, and you may use that lesson's `handleClient` as it is: only the bus
 * that you give it is new. Besides:
 *
 * - Clients of all servers of the room see each other connect, move and leave. A newcomer hears at once where everyone is.
 * - No two clients ever get the same id, whatever servers they are on, and even if a server is started again.
 * - When a server is killed, the clients of the others hear within two seconds that its clients are nowhere. When it
 *   freezes, they hear it within the server timeout, and see its clients again when it wakes.
 * - When the broker dies, no client is closed and each server goes on with its own clients. When the broker comes back,
 *   everyone sees everyone again.
 * - Nobody sees the dead. What the broker stored or delivers late, such as an old will, changes nothing.
 * - Junk on the room's topics changes nothing. A client that moves without end doesn't flood the broker.
 *
 * What the servers say to each other is up to you. Text is fine: `JSON.stringify` is enough.
 *
 * Check it: `npm run exercises 3.5`. Stuck? `npm run exercises hint 3.5`
 *
 * @module
 */
