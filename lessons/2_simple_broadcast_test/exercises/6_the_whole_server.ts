/**
 * Exercise 2.6 · The whole server
 *
 * From a blank file: the server of this lesson, all of it yours. It is a program, and it is checked from outside, by
 * clients that behave and by clients that do not. So it may look as you like; the file may even stay empty, and the
 * server be written in another language (`npm run check-server` checks any program).
 *
 * ```text
 *   npx tsx lessons/2_simple_broadcast_test/exercises/6_the_whole_server.ts PORT TIMEOUT
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port; 3 is how long a client may send no whole place, or have no room
 * for a position, in milliseconds.
 *
 * - Each client gets an id, 1, 2, 3, … and never one that another has had, and a place in the room: 0 ≤ x < 60, 0 ≤ y < 20.
 * - It is told these first, then where everyone else is; and everyone else is told of it.
 * - A place that a client sends goes to all, that client included, in the order it came. Any two shorts will do, but NOWHERE.
 * - When a client has left, all who remain are told once that it is NOWHERE. A client that says so of itself is closed.
 * - A client that is late is closed; whatever it does, the others notice nothing.
 * - A client that does not read holds up nobody, and costs little: for it only the newest position of each is kept.
 *
 * Check it: `npm run exercises 2.6`. Stuck? `npm run exercises hint 2.6`
 *
 * @module
 */
