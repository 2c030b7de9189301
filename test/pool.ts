/**
 * Runs what mostly waits side by side, so that the waits pass at the same time.
 *
 * @module
 */

/**
 * Makes a pool: a function that starts a job when fewer than so many of its jobs run, in the order in which they came.
 *
 * @param most - how many jobs may run at the same time
 * @returns starts a job when there is room for it; its promise is the job's
 */
export function pool(most: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running === most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next)
        next(); // it takes this one's place
      else running--;
    }
  };
}
