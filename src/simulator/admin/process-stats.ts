/** What the simulator's process uses, for load tests and operators. Bytes; seconds of processor time, all threads. */
export const processStats = () => {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    uptimeSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    memory: { rss, heapUsed, heapTotal, external, arrayBuffers },
  };
};
