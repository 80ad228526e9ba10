// Journeys through the tabs of one charge point: its settings, limits, reservations, uptime, and who asked what of it.
import assert from 'node:assert/strict';

const outcome = (page, action, word) => page.locator('[data-command]', { hasText: `${action}: ${word}` }).waitFor();

export async function settings(sight) {
  const { browser, call } = sight;
  const { page } = sight.owner;
  const { data } = await call('GET', '/charge-points');
  sight.leftId = data.find(({ identity }) => identity === 'QUAY-1').id;
  await page.goto(`/charge-points/${sight.leftId}/configuration`);
  await page.getByRole('button', { name: 'Read from the charger' }).first().click();
  await page.getByLabel('Find a setting').fill('heartbeatint');
  const value = page.locator('[data-setting="HeartbeatInterval"]');
  await value.waitFor();
  await page.getByRole('button', { name: 'Change HeartbeatInterval' }).click();
  const form = page.getByRole('dialog', { name: 'Change HeartbeatInterval' });
  await form.getByLabel('New value').fill('123');
  await browser.accessible(page, 'change a setting');
  await form.getByRole('button', { name: 'Change it' }).click();
  await page.locator('[data-change="completed"]').waitFor();
  await value.getByText('123').waitFor();
  // a template wants it otherwise: that is told, and mended
  await page.getByRole('link', { name: 'Charge points' }).first().click();
  await page.getByRole('link', { name: 'Templates' }).click();
  await page.getByRole('button', { name: 'New template' }).click();
  const template = page.getByRole('dialog', { name: 'New template' });
  await template.getByLabel('Name').fill('Quay');
  await template.getByLabel('Setting, line 1').fill('AuthorizationKey');
  await template.getByLabel('Value, line 1').fill('240');
  await template.getByRole('button', { name: 'Create' }).click();
  await template.getByText('is secret; write it to each charge point by itself').waitFor();
  await template.getByLabel('Setting, line 1').fill('HeartbeatInterval');
  await browser.accessible(page, 'new template');
  await template.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'Quay', exact: true }).waitFor();
  await page.locator('[data-drifted="QUAY-1"]').click();
  await page.getByLabel('Find a setting').fill('heartbeatint');
  await page.getByText('1 setting differs from its template').waitFor();
  await browser.shot(page, 'configuration');
  await browser.accessible(page, 'configuration');
  await page.getByRole('button', { name: 'Apply the template' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply the template' }).click();
  await page.getByText('All settings are as the templates want them.').waitFor();
  assert.equal(new URL(page.url()).search, '?q=heartbeatint');
}

export async function limitsAndReservations(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('tab', { name: 'Power' }).click();
  await page.getByRole('button', { name: 'Set a limit' }).click();
  const limit = page.getByRole('dialog', { name: 'Set a limit' });
  await limit.getByLabel('At most').fill('13');
  await browser.accessible(page, 'set a limit');
  await limit.getByRole('button', { name: 'Set it' }).click();
  await outcome(page, 'SetChargingProfile', 'accepted');
  await page
    .getByRole('row', { name: /The whole charge point/ })
    .getByRole('cell', { name: 'Holds', exact: true })
    .waitFor();
  await page.getByRole('button', { name: 'Ask the charger' }).click();
  await page.locator('[data-limit="13"]').first().waitFor();
  await page.getByRole('img', { name: /Limit over time/ }).waitFor();
  await browser.shot(page, 'power', true);
  await browser.accessible(page, 'power');
  await page.getByRole('tab', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Reserve', exact: true }).click();
  const reserve = page.getByRole('dialog', { name: 'Reserve at Left bay' });
  await reserve.getByLabel('Token').fill('04A1B2C3');
  await browser.accessible(page, 'reserve');
  await reserve.getByRole('button', { name: 'Reserve', exact: true }).click();
  await outcome(page, 'ReserveNow', 'accepted');
  await page
    .getByRole('row', { name: /04A1B2C3/ })
    .getByText('Reserved')
    .waitFor();
  await page.getByRole('button', { name: 'Give up the reservation for 04A1B2C3?' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
  await outcome(page, 'CancelReservation', 'accepted');
  await browser.shot(page, 'access');
  await browser.accessible(page, 'access');
}

export async function records(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('tab', { name: 'Certificates' }).click();
  await page.getByText('No certificate of this charger is known.').waitFor();
  await browser.accessible(page, 'certificates');
  await page.getByRole('tab', { name: 'Uptime' }).click();
  await page.locator('[data-uptime]').first().waitFor();
  await browser.shot(page, 'uptime');
  await browser.accessible(page, 'uptime');
  await page.getByRole('tab', { name: 'Audit' }).click();
  await page.getByRole('button', { name: /setChargingLimit/ }).click();
  await page.getByText('"limit": 13').waitFor();
  await browser.shot(page, 'audit');
  await browser.accessible(page, 'audit');
}

/** What a station of OCPP 2.x has beyond one of 1.6. */
export async function station(sight) {
  const { browser, call, certificate } = sight;
  const { page } = sight.owner;
  const { data } = await call('GET', '/charge-points?identity=QUAY-2');
  const KEY = 'OCPPCommCtrlr.HeartbeatInterval';
  await call('POST', '/configuration-templates', {
    name: 'Stations',
    values: { [KEY]: '300' },
    vendor: data[0].reported.vendor,
    model: data[0].reported.model,
  });
  await page.goto(`/charge-points/${data[0].id}/configuration`);
  await page.getByRole('button', { name: 'Ask for everything' }).click();
  await page.getByLabel('Find a setting').first().fill('heartbeatint');
  const value = page.locator(`[data-setting="${KEY}"]`).first();
  await value.waitFor();
  await page
    .getByRole('button', { name: `Change ${KEY}` })
    .first()
    .click();
  const form = page.getByRole('dialog', { name: `Change ${KEY}` });
  await form.getByLabel('New value').fill('123');
  await form.getByRole('button', { name: 'Change it' }).click();
  await page.locator('[data-change="completed"]').waitFor();
  await value.getByText('123').waitFor();
  await page.locator('[data-drift]:not([data-drift="0"])').waitFor();
  await browser.shot(page, 'device-model', true);
  await browser.accessible(page, 'device model');
  await page.getByRole('button', { name: 'Apply the template' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply the template' }).click();
  await value.getByText('300').waitFor();

  await page.getByRole('tab', { name: 'Certificates' }).click();
  await page.getByRole('button', { name: 'Install a root' }).click();
  const install = page.getByRole('dialog', { name: 'Install a root certificate' });
  await install.getByLabel('Certificate (PEM)').fill(certificate.ca);
  await browser.accessible(page, 'install a certificate');
  await install.getByRole('button', { name: 'Install a root' }).click();
  await outcome(page, 'InstallCertificate', 'accepted');
  await page.getByRole('cell', { name: 'Trusts this server' }).waitFor();
  await browser.shot(page, 'certificates');

  await page.getByRole('tab', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Bring it up to date' }).click();
  await page.getByRole('menuitem', { name: 'Send the whole list' }).click();
  await page.locator('[data-local-list="true"]').waitFor();
  await browser.shot(page, 'local-list');
}
