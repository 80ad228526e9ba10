// Journeys with charge points as a whole: putting into operation.
import assert from 'node:assert/strict';

export async function commission(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.goto(`/charge-points/${sight.leftId}`);
  await page.getByRole('link', { name: 'Put into operation' }).click();
  await page.getByRole('button', { name: 'Begin' }).waitFor();
  await browser.shot(page, 'commissioning-start', true);
  await browser.accessible(page, 'commissioning, start');
  // it has two connectors; the third will be missed, and that is told with what to do
  await page.getByLabel('Connectors that the charger has').fill('3');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.locator('[data-step="connectivity passed"]').waitFor();
  await page.getByRole('button', { name: 'Stop it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
  await page.locator('[data-run="cancelled"]').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByLabel('Connectors that the charger has').fill('2');
  await page.getByLabel('Without the test (no car at hand)').check();
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.locator('[data-run="commissioned"]').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Report (PDF)', exact: true }).click();
  assert.equal((await download).suggestedFilename(), 'commissioning-QUAY-1.pdf');
  await browser.shot(page, 'commissioning', true);
  await browser.accessible(page, 'commissioning, done');
}
