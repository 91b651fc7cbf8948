/** The value below which this share of the values lies; NaN if there are none. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;

/** The middle value; NaN if there are none. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How long `work` takes, in ms. */
export async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
