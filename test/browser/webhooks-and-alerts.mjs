// Journeys of who integrates, and of who is on call.
import assert from 'node:assert/strict';
import { startReceiver, until } from './kit.mjs';

export async function webhooks(sight) {
  const { browser, call } = sight;
  const { page } = sight.owner;
  const receiver = await startReceiver(sight.certificate);
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('No endpoint yet').waitFor();
  await browser.shot(page, 'webhooks-empty');
  await browser.accessible(page, 'webhooks, empty');
  await page.getByRole('button', { name: 'New endpoint' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Address').fill(receiver.url.replace('https', 'http'));
  // not what happens in the other lane
  await form.getByLabel('Events: Everything').uncheck();
  await form.getByRole('combobox', { name: 'Choose events' }).click();
  await page.getByRole('option', { name: 'alert.triggered' }).click();
  await form.getByLabel('Description').fill('Accounting');
  await page.getByRole('option').first().waitFor({ state: 'detached' });
  await browser.accessible(page, 'new endpoint');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText('must begin with https://').waitFor();
  await form.getByLabel('Address').fill(receiver.url);
  await form.getByRole('button', { name: 'Create' }).click();
  assert.match(await form.locator('[data-copy="Secret of the endpoint"]').textContent(), /^whsec_/);
  await form.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText('Nothing was sent yet.').waitFor();
  await page.getByRole('button', { name: 'Send a test' }).click();
  const drawer = page.getByRole('dialog', { name: 'Delivery' });
  await drawer.getByText('Delivered').waitFor();
  await drawer.getByText(/"event": /).waitFor();
  await browser.shot(page, 'delivery');
  await browser.accessible(page, 'delivery');
  assert.equal(receiver.received.length, 1);
  assert.ok(receiver.received[0].headers['x-webhook-signature']);
  await drawer.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('It is sent again').waitFor();
  await until('it comes again', () => receiver.received.length >= 2);
  await drawer.getByText('Delivered').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Make a new secret' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await browser.shot(page, 'webhook');
  await browser.accessible(page, 'webhook');
  // the receiver is down for longer than it is tried again; afterwards it is sent what it has missed
  const endpoint = `/webhooks/endpoints/${new URL(page.url()).pathname.split('/').at(-1)}`;
  await call('PATCH', endpoint, { events: ['command.completed'] });
  receiver.answers.status = 500;
  const { data: points } = await call('GET', '/charge-points?identity=QUAY-1');
  const asked = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } };
  // it restarts now and then, in the other lane
  const { id: commandId } = await call('POST', `/charge-points/${points[0].id}/commands?queue=true`, asked);
  const missed = page
    .getByRole('row', { name: /command\.completed/ })
    .filter({ hasText: 'Failed' })
    .first();
  await missed.waitFor();
  await missed.getByRole('button').first().click();
  await drawer.getByText('Failed').first().waitFor();
  await browser.accessible(page, 'a delivery that failed');
  await drawer.getByRole('button', { name: 'Close' }).click();
  receiver.answers.status = 204;
  const wish = { since: new Date(Date.now() - 3_600_000).toISOString(), kind: 'failed', dry_run: true };
  await until('what failed is seen', async () => (await call('POST', `${endpoint}/recover`, wish)).deliveries > 0);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Send what was missed' }).click();
  const recover = page.getByRole('dialog', { name: 'Send what was missed' });
  await recover.getByRole('button', { name: 'Count first' }).click();
  await recover.getByText(/would be made of/).waitFor();
  await browser.accessible(page, 'what was missed');
  await recover.getByRole('button', { name: 'Send them' }).click();
  await recover.getByText(/^Done: [1-9]/).waitFor();
  await until('what was missed comes', () =>
    receiver.received.some(({ body, status }) => status === 204 && body.includes(commandId)),
  );
  await recover.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: `Delete the endpoint ${receiver.url}?` });
  await question.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No endpoint yet').waitFor();
}

export async function alerts(sight) {
  const { browser, call } = sight;
  const { page } = sight.owner;
  await call('PUT', '/alert-rules', { rule: 'offline', for_s: 1 });
  await page.getByRole('link', { name: 'Alerts' }).click();
  await page.getByText('Nothing needs your attention.').waitFor();
  await browser.accessible(page, 'alerts, none');
  await sight.right.stop();
  const told = page.getByRole('link', { name: /offline.*QUAY-2/i }).first();
  await told.waitFor({ timeout: 60_000 });
  await told.click();
  const drawer = page.getByRole('dialog', { name: 'Alerts' });
  await drawer.getByText('What to do').waitFor();
  await browser.shot(page, 'alert');
  await browser.accessible(page, 'alert');
  await drawer.getByRole('button', { name: 'I take care of it' }).click();
  await drawer.getByText(/In hand/).waitFor();
  await drawer.getByLabel('Comment').fill('The router was unplugged.');
  await drawer.getByRole('button', { name: 'Add' }).click();
  await drawer.getByText('The router was unplugged.').first().waitFor();
  await drawer.getByRole('button', { name: 'Close', exact: true }).last().click();
  // By its name: it comes after the drawer, whose button is called the same.
  const asked = page.getByRole('dialog', { name: /^Close “/ });
  await asked.getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText(/· Over/).waitFor();
}
