import { Socket } from "node:net";
import { expect, it, vi } from "vitest";
import { startThread } from "../../src/threads.ts";

vi.mock("node:worker_threads", async (importOriginal) => ({
  ...(await importOriginal<typeof import("node:worker_threads")>()),
  Worker: class {
    constructor() {
      throw new Error("EAGAIN");
    }
  },
}));

it("starts no thread for a client that has gone while it waited for its turn", async () => {
  for (let client = 0; client < 10; client++) {
    const thread = await startThread(new Socket().destroy(), import.meta.url, []);
    expect(thread.name).toBe("no thread");
    expect(await thread.left).toBe("the connection was lost before its thread had started");
  }
});

// Ten of them, as each must also pass on its turn to start.
it("tells each client why, where the system gives no thread, and throws nothing", async () => {
  for (let client = 0; client < 10; client++) {
    const thread = await startThread(new Socket(), import.meta.url, []);
    expect(thread.name).toBe("no thread");
    expect(await thread.left).toBe("no thread could be started: EAGAIN");
  }
});
