/**
 * Deletes little by little, so that no statement holds many rows for long: `step` takes at most `batch` rows and says how many it took,
 * until there is nothing left. Returns how many went.
 */
export async function inBatches(batch: number, step: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let done = batch; done === batch; all += done) done = await step();
  return all;
}
