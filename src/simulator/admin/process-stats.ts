/**
 * What the simulator's process uses, for load tests and operators. Bytes; seconds of processor
 * time, all threads. `isCollected`: garbage was collected first, so that `heapUsed` is what is
 * alive; only where node runs with --expose-gc.
 */
export const processStats = (wantsCollection: boolean) => {
  const isCollected = wantsCollection && globalThis.gc !== undefined;
  if (isCollected) globalThis.gc?.();
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    uptimeSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    isCollected,
    memory: { rss, heapUsed, heapTotal, external, arrayBuffers },
  };
};
