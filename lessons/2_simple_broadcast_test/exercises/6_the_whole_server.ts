/**
 * Exercise 2.6 · The whole server
 *
 * Write the whole server of this lesson, from a blank file. It is a program. The checks connect to it, as clients that
 * behave and as clients that do not, so write it any way you like. You may even write the server in another language:
 * `npm run check-server` checks any program, and only the list of exercises won't know that you have done it.
 *
 * ```text
 *   npx tsx my/2_simple_broadcast_test/6_the_whole_server.ts PORT TIMEOUT
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port. `process.argv[3]` is how long a client may go without sending
 * a whole place, or without room for a position, in milliseconds.
 *
 * - Each client gets an id (1, 2, 3, …, never used twice) and a place in the room: 0 ≤ x < 60, 0 ≤ y < 20.
 * - The server tells it these first, and then where everyone else is. It tells everyone else about the newcomer.
 * - A place that a client sends goes to all clients, including the sender, in order. Any two shorts are fine, unless
 *   both are NOWHERE.
 * - When a client has left, the server tells all who remain, once, that it is NOWHERE. It closes a client that says it
 *   is NOWHERE.
 * - The server closes a client that is late. Whatever a client does, the others notice nothing.
 * - A client that does not read holds nobody up and costs little: the server keeps only each client's newest position
 *   for it.
 *
 * Check it: `npm run exercises 2.6`. Stuck? `npm run exercises hint 2.6`
 *
 * @module
 */
