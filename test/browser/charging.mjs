// Journeys of an operator with his chargers.
import assert from 'node:assert/strict';
import { knock, owner, simulate } from './kit.mjs';

const TOKEN = '04A1B2C3';

/** The owner's screen stays open from journey to journey. */
export async function firstCharger(sight) {
  const { browser, port, call } = sight;
  sight.owner = await browser.person({ expects: ['400 (Bad Request)', '409 (Conflict)'] });
  const { page } = sight.owner;
  await browser.signIn(page, owner);
  await page.getByRole('heading', { name: 'Welcome. Let us connect your first charger.' }).waitFor();
  await browser.shot(page, 'welcome');
  await browser.accessible(page, 'welcome');
  await page.getByRole('link', { name: 'Connect a charger' }).click();
  await page.getByRole('textbox', { name: 'Identity' }).fill('QUAY 1');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText(/must/).first().waitFor(); // no blanks: the API says so, the page shows it
  await browser.accessible(page, 'register');
  await page.getByRole('textbox', { name: 'Identity' }).fill('QUAY-1');
  await page.getByRole('textbox', { name: 'Name' }).fill('Left bay');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByRole('heading', { name: 'Waiting for your charger …' }).waitFor();
  const key = await page.locator('[data-copy="Key (password)"]').textContent();
  assert.match(await page.locator('[data-copy="Address with identity"]').textContent(), /^ws:\/\/.*\/ocpp\/QUAY-1$/);
  await page.getByRole('img', { name: 'To be scanned' }).waitFor();

  assert.equal(await knock(port, 'QUAY-1', `${key.slice(0, -1)}x`), 401);
  await page.getByText('The key is wrong.').waitFor();
  await browser.shot(page, 'connect-refused', true);
  await browser.accessible(page, 'connect');
  await call('POST', '/tokens', { uid: TOKEN, type: 'rfid' });
  const components = [
    { type: 'energy', price: '0.49' },
    { type: 'flat', price: '0.80' },
  ];
  const terms = { currency: 'EUR', prices_include_tax: true, tax_percent: '19', components };
  const { id } = await call('POST', '/tariffs', { name: 'Day', terms });
  await call('POST', '/tariff-assignments', { tariff_id: id, target: 'organization' });
  sight.left = simulate(
    port,
    '--identity',
    'QUAY-1',
    '--password',
    key,
    '--scenario',
    'remote',
    '--meter-interval',
    '2',
    '--energy',
    '60000',
    '--power',
    '50000',
    '--dc',
  );
  await page.getByText('Left bay is connected.').waitFor();
  await browser.shot(page, 'connect-arrived');
}

const outcome = (page, action, word) => page.locator('[data-command]', { hasText: `${action}: ${word}` }).waitFor();

export async function charge(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Open the charge point' }).click();
  const first = page.getByRole('region', { name: 'Connector 1' });
  await first.getByText('Available').waitFor();
  await first.getByRole('button', { name: 'Start charging' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Token').fill(TOKEN);
  await browser.accessible(page, 'start charging');
  await dialogue.getByRole('button', { name: 'Start charging' }).click();
  await outcome(page, 'RemoteStartTransaction', 'accepted');
  await first.getByText('Charging', { exact: true }).waitFor();
  await first.getByText(/^\d+\.\d kW$/).waitFor();
  await first.getByText(/€/).waitFor();
  await browser.shot(page, 'charge-point-charging');
  await browser.accessible(page, 'charge point that charges');
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.locator('[data-tile="charging"]', { hasText: '1' }).waitFor();
  await page.getByRole('row', { name: /QUAY-1/ }).waitFor();
  await page.locator('[data-glance="charging"]', { hasText: /Left bay.*kW/ }).waitFor();
  await browser.shot(page, 'overview-charging');
  await page
    .getByRole('row', { name: /QUAY-1/ })
    .getByRole('link')
    .click();
  await page.getByRole('heading', { name: 'Course' }).waitFor();
  await page.getByText('So far').waitFor();
  await page.getByRole('button', { name: 'Stop charging' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop charging' }).click();
  await page.getByRole('button', { name: 'Receipt (PDF)' }).waitFor();
  await page.getByText('Total', { exact: true }).waitFor();
  await page.getByRole('img', { name: /Power and energy over time/ }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Receipt (PDF)' }).click();
  assert.match((await download).suggestedFilename(), /^receipt-.*\.pdf$/);
  await browser.shot(page, 'session', true);
  await browser.accessible(page, 'session');
}

export async function operate(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Charge points' }).first().click();
  await page.getByRole('link', { name: 'Left bay' }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.getByText('Follows live').waitFor();
  await page.getByRole('button', { name: 'Ask for status' }).click();
  await outcome(page, 'TriggerMessage', 'accepted');
  await page
    .getByRole('button', { name: /TriggerMessage Call/ })
    .first()
    .click();
  await page.getByText('"requestedMessage": "StatusNotification"').first().waitFor();
  await page.getByLabel('Find in messages').fill('BootNotification');
  await page
    .getByRole('button', { name: /BootNotification Call/ })
    .first()
    .waitFor();
  await browser.shot(page, 'messages');
  await browser.accessible(page, 'messages');
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Restart', exact: true }).click();
  await page.getByRole('dialog', { name: 'Restart Left bay?' }).getByRole('button', { name: 'Restart' }).click();
  await outcome(page, 'Reset', 'accepted');
  await page.getByRole('tab', { name: 'Commands' }).click();
  await page.getByRole('button', { name: /Reset/ }).click();
  await page.getByText('"type": "Soft"').waitFor();
  await browser.accessible(page, 'commands');
  await browser.shot(page, 'commands');
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Left bay');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await browser.accessible(page, 'settings');
}

export async function adopt(sight) {
  const { browser, port } = sight;
  const { page } = sight.owner;
  assert.equal(await knock(port, 'QUAY-2', 'whatever it was before'), 401);
  await page.goto('/charge-points/refused');
  await page.getByRole('link', { name: 'Register it: QUAY-2' }).waitFor();
  await browser.shot(page, 'refused');
  await browser.accessible(page, 'refused chargers');
  await page.getByRole('link', { name: 'Register it: QUAY-2' }).click();
  await page.getByRole('button', { name: 'Register' }).click();
  const key = await page.locator('[data-copy="Key (password)"]').textContent();
  // another screen of the same person is told by the stream
  const other = await browser.person();
  await browser.signIn(other.page, owner);
  await other.page.getByRole('link', { name: 'Charge points' }).first().click();
  await other.page.getByText('Live', { exact: true }).waitFor();
  const row = other.page.getByRole('row', { name: /QUAY-2/ });
  await row.getByText('Never connected').waitFor();
  const arrived = page.getByText('QUAY-2 is connected.').waitFor();
  // a screen that nobody sees lets go of the stream, and has lost nothing when it is looked at again
  const letGo = other.page.waitForEvent('requestfailed', (request) => request.url().includes('/webhooks/stream'));
  await sight.browser.hide(other.page, true);
  await letGo;
  sight.right = simulate(port, '--identity', 'QUAY-2', '--password', key, '--version', '2.0.1', '--scenario', 'idle');
  await arrived;
  await sight.browser.hide(other.page, false);
  await row.getByText('Online').waitFor();
  await other.page.locator('[data-live="live"]').waitFor();
  await browser.shot(other.page, 'charge-points');
  await other.page.getByLabel('Filter by name, identity or model').fill('left');
  await row.waitFor({ state: 'detached' });
  assert.equal(new URL(other.page.url()).search, '?q=left');
  await other.context.close();
}
