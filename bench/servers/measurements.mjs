/** Tells the bench, when asked, what this process has used: CPU in microseconds, memory in bytes. */
export function serveMeasurements(port) {
  process.on('message', () => {
    // Twice: what the first frees may hold what the second finds.
    globalThis.gc?.();
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, residentBytes: process.memoryUsage.rss() });
  });
  process.send({ port });
}
