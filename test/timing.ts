/**
 * The CPU time of some work, in ms. Unlike the time on the wall, it does not grow while the machine is busy with something else.
 * Test files run in processes of their own, one at a time in each.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
