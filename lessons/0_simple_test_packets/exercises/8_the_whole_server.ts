/**
 * Exercise 0.8 · The whole server
 *
 * Write the whole server of this lesson, from a blank file. It is a program. The checks connect to it, as clients that
 * behave and as clients that do not, so write it any way you like. You may even write the server in another language:
 * `npm run check-server` checks any program, and only the list of exercises won't know that you have done it.
 *
 * ```text
 *   npx tsx my/0_simple_test_packets/8_the_whole_server.ts PORT TIMEOUT INTERVAL
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port. `process.argv[3]` is how long an answer may take, and
 * `process.argv[4]` is the pause between an answer and the next test, both in milliseconds.
 * `npm run check-server 0 "npx tsx my/0_simple_test_packets/8_the_whole_server.ts {port} 3000 1000"` runs the same checks.
 *
 * - Each client gets an id: 1, 2, 3, … The server never uses an id twice.
 * - A client gets test 1 as soon as it connects. After each answer and the pause it gets the next test, with the next sequence.
 * - An answer is the same eight bytes. It may arrive in any pieces.
 * - If an answer is wrong, or not complete in time, the server closes that client. The others notice nothing.
 * - The server reads no more than the answer it is waiting for: a client that sends answers without end must not fill the
 *   server's memory.
 *
 * Check it: `npm run exercises 0.8`. Stuck? `npm run exercises hint 0.8`
 *
 * @module
 */
