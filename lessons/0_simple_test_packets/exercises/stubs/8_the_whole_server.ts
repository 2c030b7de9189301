/**
 * Exercise 0.8 · The whole server
 *
 * From a blank file: the server of this lesson, all of it yours. It is a program, and it is checked from outside, by
 * clients that behave and by clients that do not. So it may look as you like; the file may even stay empty, and the
 * server be written in another language (`npm run check-server` checks any program).
 *
 * ```text
 *   npx tsx lessons/0_simple_test_packets/exercises/8_the_whole_server.ts PORT TIMEOUT INTERVAL
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port; 3 and 4 are how long an answer may take, and how long the
 * pause is between an answer and the next test, both in milliseconds. From outside it is checked with
 * `npm run check-server 0 "npx tsx … {port} 3000 1000"`.
 *
 * - Each client gets an id: 1, 2, 3, … and never one that another has had.
 * - It gets test 1 as soon as it comes; after each answer and the pause the next, with its sequence one higher.
 * - An answer is the same eight bytes. It may come in any pieces.
 * - A client is closed whose answer is wrong, or not whole in time; whatever it does, the others notice nothing.
 * - It takes no more bytes than it has asked for: whoever answers without end must not fill its memory.
 *
 * Check it: `npm run exercises 0.8`. Stuck? `npm run exercises hint 0.8`
 *
 * @module
 */
