/**
 * Exercise 1.6 · The whole server
 *
 * From a blank file: the math server, all of it yours. It is a program, and it is checked from outside, by clients that
 * behave and by clients that do not. So it may look as you like, and use whatever of `#src/…` you like, or nothing.
 *
 * ```text
 *   npx tsx lessons/1_simple_math_server/exercises/6_the_whole_server.ts PORT TIMEOUT
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port; 3 is how long a whole request may take, in milliseconds. From
 * outside it is checked with `npm run check-server 1 "npx tsx … {port} 60000"`.
 *
 * - Requests, responses, commands and statuses are those of the lesson's protocol.ts.
 * - Requests come in any pieces, and many at once; answers keep their order.
 * - A malformed request (a length below 1 or above 64, a command that is not UTF-8) is answered with status 3 as soon as
 *   that can be known, and the connection is closed. After an unknown command or a division by zero it goes on.
 * - A command is known only byte for byte: a byte order mark before it is part of it. 0 × −5 is 0, not −0.
 * - A client that says "that was all" and still reads gets all its answers.
 * - A client whose request is not whole in time is closed, and one that never reads its answers costs little memory.
 * - Whatever a client does, the others notice nothing.
 *
 * Check it: `npm run exercises 1.6`. Stuck? `npm run exercises hint 1.6`
 *
 * @module
 */
