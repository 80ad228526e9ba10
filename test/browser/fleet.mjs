// Journeys with many: putting into operation, firmware for many, any request, one command for all, places.
import assert from 'node:assert/strict';

export async function commission(sight) {
  const { browser, call } = sight;
  const { page } = sight.owner;
  // not what was bought: it fails, and says what to do
  await call('PATCH', `/charge-points/${sight.leftId}`, { vendor: 'Somebody else' });
  await page.goto(`/charge-points/${sight.leftId}`);
  await page.getByRole('link', { name: 'Put into operation' }).click();
  await page.getByRole('button', { name: 'Begin' }).waitFor();
  await browser.shot(page, 'commissioning-start', true);
  await browser.accessible(page, 'commissioning, start');
  await page.getByRole('button', { name: 'Begin' }).click();
  const failed = page.locator('[data-run="failed"]');
  await failed.getByText(/Correct the vendor of the charge point, or install the right charger/).waitFor();
  await browser.shot(page, 'commissioning-failed', true);
  await browser.accessible(page, 'commissioning, failed');
  await call('PATCH', `/charge-points/${sight.leftId}`, { vendor: null });
  await failed.getByRole('button', { name: 'Try again' }).click();
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

export async function firmware(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Firmware' }).first().click();
  await page.getByText('No rollout yet').waitFor();
  await page.getByRole('tab', { name: 'Images' }).click();
  await page.getByRole('button', { name: 'New image' }).click();
  const image = page.getByRole('dialog', { name: 'New image' });
  await image.getByLabel('Version').fill('9.9.0');
  await image.locator('input[type="file"]').setInputFiles({
    name: 'quay 9.9.0.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(4096, 7),
  });
  await browser.accessible(page, 'new image');
  await image.getByRole('button', { name: 'Create' }).click();
  await page
    .getByRole('row', { name: /9\.9\.0/ })
    .getByText('Ready')
    .waitFor();
  await browser.shot(page, 'firmware-images');
  await page.getByRole('tab', { name: 'Rollouts' }).click();
  await page.getByRole('button', { name: 'New rollout' }).click();
  const draft = page.getByRole('dialog', { name: 'New rollout' });
  await draft.getByLabel('Name').fill('Quay to 9.9.0');
  await draft.getByRole('combobox', { name: 'Image' }).click();
  await page.getByRole('option', { name: '9.9.0' }).click();
  await draft.getByLabel('How many at first').fill('1');
  await browser.accessible(page, 'new rollout');
  await draft.getByRole('button', { name: 'Draft it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Quay to 9.9.0' }).waitFor();
  await page.reload(); // its address can be sent to a colleague
  await page.getByRole('row', { name: /QUAY-1/ }).waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Running').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
  await browser.shot(page, 'rollout');
  await browser.accessible(page, 'rollout');
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  // the first charger has it and is well: the next stage waits for a person
  await page.getByText('The stage is done: look at it, then let it go on.').waitFor({ timeout: 60_000 });
  await browser.accessible(page, 'rollout that waits');
  await page.getByRole('button', { name: 'Go on to the next stage' }).click();
  const promote = page.getByRole('dialog', { name: 'Go on to stage 2?' });
  await promote.getByRole('button', { name: 'Go on to the next stage' }).click();
  await page
    .getByText(/Stage 2 of 2/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'End it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await page.getByText('Ended early').waitFor();
}

export async function anyRequest(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.goto(`/charge-points/${sight.leftId}/commands?new=1&action=ReserveNow`);
  const form = page.locator('[data-raw="ReserveNow"]');
  await form.getByRole('textbox', { name: /^connectorId/ }).fill('1');
  await form.getByRole('textbox', { name: /^idTag/ }).fill('04A1B2C3');
  await form.getByRole('textbox', { name: /^reservationId/ }).fill('77');
  await form.getByRole('button', { name: 'Give parentIdTag' }).click();
  await browser.shot(page, 'raw-command');
  await browser.accessible(page, 'raw command');
  await form.getByRole('textbox', { name: /^parentIdTag/ }).fill('FLEET');
  await form.getByRole('button', { name: 'Send' }).click();
  await page.locator('[data-command]', { hasText: 'ReserveNow: accepted' }).waitFor();
}

export async function sites(sight) {
  const { browser, call } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Sites' }).first().click();
  await page.getByText('No site yet').waitFor();
  await browser.accessible(page, 'sites, none');
  await page.getByRole('button', { name: 'New site' }).click();
  const form = page.getByRole('dialog', { name: 'New site' });
  await form.getByLabel('Name').fill('Harbour quay');
  await form.getByLabel('City').fill('Hamburg');
  await form.getByLabel('Latitude').fill('53,54321');
  await form.getByLabel('Longitude').fill('9.98765');
  await browser.accessible(page, 'new site');
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { level: 1, name: 'Harbour quay' }).waitFor();
  await page.getByText('53.543210, 9.987650').waitFor();
  const siteId = new URL(page.url()).pathname.split('/').at(-1);
  await call('PATCH', `/charge-points/${sight.leftId}`, { site_id: siteId });
  await call('POST', '/sites', {
    ...{ name: 'Depot north', city: 'Bremen' },
    coordinates: { latitude: '53.079296', longitude: '8.801694' },
  });
  await page.goto('/'); // no event tells of sites
  await page.locator('[data-map="2"]').waitFor();
  await page.getByRole('button', { name: /Harbour quay: 1 of 1 online/ }).waitFor();
  await page.locator('.leaflet-tile-loaded').first().waitFor();
  await page.getByRole('link', { name: '© Harbour maps' }).waitFor();
  await browser.shot(page, 'overview-map', true);
  await browser.accessible(page, 'overview with a map');
  await page.getByRole('button', { name: /Harbour quay/ }).click();
  await page.getByRole('link', { name: 'Left bay' }).waitFor();
  await page.getByRole('button', { name: 'Share the supply' }).click();
  const share = page.getByRole('dialog', { name: 'Shared supply' });
  await share.getByLabel('Cap, in A per phase').fill('63');
  await browser.accessible(page, 'shared supply');
  await share.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Within the cap').waitFor();
  await page.getByRole('cell', { name: 'Nobody charges' }).waitFor();
  await browser.shot(page, 'site');
  await browser.accessible(page, 'site');
  await page.getByRole('button', { name: 'Change the supply' }).click();
  await share.getByLabel('Limits are sent').uncheck();
  await share.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Switched off').waitFor();
}

export async function toMany(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Charge points' }).first().click();
  // the other lane has chargers of its own now and then
  await page.getByLabel('Filter by name, identity or model').fill('quay-');
  await page.getByRole('row', { name: /DEPOT/ }).waitFor({ state: 'detached' });
  await page.getByLabel('Select all that are found').check();
  await page.getByText('2 selected').waitFor();
  await page.getByLabel('Select QUAY-2').uncheck();
  await browser.shot(page, 'selection');
  await browser.accessible(page, 'selection');
  await page.getByLabel('Select QUAY-2').check();
  await page.getByRole('button', { name: 'Do with all of them' }).click();
  const form = page.getByRole('dialog', { name: '2 charge points' });
  await form.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Change a setting (OCPP 1.6)' }).click();
  await form.getByLabel('Setting').fill('MeterValueSampleInterval');
  await form.getByLabel('Value').fill('30');
  await form.getByRole('button', { name: 'See who gets it' }).click();
  await form.getByText('1 of 2 can get it.').waitFor();
  await browser.shot(page, 'bulk-check');
  await browser.accessible(page, 'one command for many');
  await form.getByRole('button', { name: 'Send it to 1' }).click();
  await page.locator('[data-bulk="completed"]').waitFor();
  await page
    .getByRole('row', { name: /QUAY-1/ })
    .getByText('Accepted')
    .waitFor();
  await page
    .getByRole('row', { name: /QUAY-2/ })
    .getByText('Could not get it')
    .waitFor();
  await browser.shot(page, 'bulk');
  await browser.accessible(page, 'command to many');
}
