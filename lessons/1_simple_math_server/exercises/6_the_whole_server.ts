/**
 * Exercise 1.6 · The whole server
 *
 * Write the whole math server, from a blank file. It is a program. The checks connect to it, as clients that behave and as
 * clients that do not, so write it any way you like. It may use anything from `#src/…`, or nothing.
 *
 * ```text
 *   npx tsx my/1_simple_math_server/6_the_whole_server.ts PORT TIMEOUT
 * ```
 *
 * It listens on 127.0.0.1. `process.argv[2]` is the port. `process.argv[3]` is how long a whole request may take, in
 * milliseconds. `npm run check-server 1 "npx tsx my/1_simple_math_server/6_the_whole_server.ts {port} 60000"` runs most of
 * these checks.
 *
 * - Requests, responses, commands and statuses are those of the lesson's protocol.ts.
 * - Requests arrive in any pieces, and many at once. Answers keep their order.
 * - A request is malformed if its length is below 1 or above 64, or if its command is not UTF-8. The server answers with
 *   status 3 as soon as it can know, and closes the connection. After an unknown command or a division by zero it goes on.
 * - A command must match byte for byte: a byte order mark in front is part of it. 0 × −5 is 0, not −0.
 * - A client that ends its half of the connection and still reads gets all its answers.
 * - If a request is not complete in time, the server closes that client. A client that never reads costs little memory.
 * - Whatever a client does, the others notice nothing.
 *
 * Check it: `npm run exercises 1.6`. Stuck? `npm run exercises hint 1.6`
 *
 * @module
 */
