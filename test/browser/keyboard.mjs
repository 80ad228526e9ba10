// A journey with the keyboard alone, from the sign-in to the sign-out: one always sees where one is, a dialog keeps the focus and gives it back.
import assert from 'node:assert/strict';
import { owner } from './kit.mjs';

/** The keys of a page. Where the focus was must look another way once it has left. */
function keysOf(page) {
  /** What has the focus, by the name that a screen reader says, and how it and what belongs to it look. */
  const focused = () =>
    page.evaluate(async () => {
      const at = document.activeElement;
      const label =
        at.labels?.[0]?.textContent ?? document.getElementById(at.getAttribute('aria-labelledby'))?.textContent;
      const look = (each) => {
        const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(each);
        return [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor].join();
      };
      const around = [at, at.nextElementSibling, at.parentElement].filter((each) => each !== null);
      /** As it looks once it has changed to the end. */
      const looks = async () => {
        await Promise.allSettled(around.flatMap((each) => each.getAnimations()).map(({ finished }) => finished));
        return around.map(look).join();
      };
      globalThis.lastFocus = { at, looks, seen: await looks() };
      return {
        name: (at.getAttribute('aria-label') ?? label ?? at.textContent).trim().slice(0, 80),
        isBody: at === document.body,
        isInDialog: at.closest('[role="dialog"]') !== null,
        isInMain: at.closest('main') !== null,
        id: at.id,
      };
    });
  async function press(key) {
    await page.keyboard.press(key);
    // what had it before, if it is still there, must not look as it did with it
    const same = await page.evaluate(async () => {
      const { at, looks, seen } = globalThis.lastFocus ?? {};
      // of a menu that has just opened, nothing is chosen yet: it waits for an arrow
      const isNothing = at === undefined || at === document.body || at.getAttribute('role') === 'presentation';
      const isPlain = isNothing || at === document.activeElement || !at.isConnected;
      return isPlain || (await looks()) !== seen ? undefined : at.outerHTML.slice(0, 300);
    });
    assert.equal(same, undefined, 'one does not see that this has the focus');
    return focused();
  }
  /** Tab by Tab, as somebody who looks for it. */
  async function to(name, key = 'Tab') {
    const passed = [];
    for (let count = 0; count < 80; count += 1) {
      const at = await press(key);
      if (typeof name === 'string' ? at.name === name : name.test(at.name)) return at;
      passed.push(at.name);
    }
    throw new Error(`not to be reached with ${key}: ${name}; reached were ${passed.join(' | ')}`);
  }
  return { focused, press, to, type: (text) => page.keyboard.type(text) };
}

/** Round and round: none of it is outside. */
async function isTrapped(keys) {
  for (let count = 0; count < 8; count += 1)
    assert.ok((await keys.press(count % 4 === 3 ? 'Shift+Tab' : 'Tab')).isInDialog, 'the dialog loses the focus');
}

export async function keyboard(sight) {
  const { browser } = sight;
  const { page, context } = await browser.person();
  const keys = keysOf(page);
  const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor();
  await page.goto('/');
  await page.getByLabel('E-mail address', { exact: true }).waitFor();
  if ((await keys.focused()).isBody) await keys.to(/^E-mail address/);
  await keys.type(owner.email);
  await keys.to(/^Password/);
  await keys.type(owner.password);
  await keys.press('Enter');
  await heading('Overview');

  await keys.to('Charge points');
  await keys.to('Overview', 'Shift+Tab');
  await keys.to('Charge points');
  await keys.press('Enter');
  await heading('Charge points');
  const link = await keys.to('Skip to content');
  assert.ok(await page.getByRole('link', { name: link.name }).isVisible());
  await keys.press('Enter');
  assert.equal((await keys.focused()).id, 'content');
  assert.ok((await keys.press('Tab')).isInMain, 'the menu is not skipped');
  await keys.to('Filter by name, identity or model');
  await keys.type('left');
  await page.getByRole('row', { name: /QUAY-2/ }).waitFor({ state: 'detached' });
  await keys.to('Left bay');
  await keys.press('Enter');
  await heading('Left bay');

  // asked and left, then asked and done
  const askRestart = async () => {
    const restart = page.getByRole('menuitem', { name: 'Restart', exact: true });
    await keys.press('Enter');
    await restart.waitFor();
    for (let count = 0; count < 12 && (await keys.focused()).name !== 'Restart'; count += 1)
      await keys.press('ArrowDown');
    await keys.press('Enter');
    await page.getByRole('dialog', { name: 'Restart Left bay?' }).waitFor();
    await page.waitForFunction(() => document.activeElement.closest('[role="dialog"]') !== null);
  };
  await keys.to('More actions');
  await askRestart();
  await isTrapped(keys);
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await keys.focused()).name, 'More actions');
  await askRestart();
  await keys.to('Restart');
  await keys.press('Enter');
  await page.locator('[data-command]', { hasText: 'Reset: accepted' }).waitFor();

  await sight.left.stop(); // by the rule of the journey of alerts, that is one
  await keys.to('Alerts', 'Shift+Tab');
  await keys.press('Enter');
  await heading('Alerts');
  const alert = page.getByRole('link', { name: /^Charger offline/ });
  await alert.waitFor({ timeout: 60_000 });
  await keys.to(/^Charger offline/);
  await keys.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Alerts' });
  await drawer.getByText('What to do').waitFor();
  await page.waitForFunction(() => document.activeElement.closest('[role="dialog"]') !== null);
  await isTrapped(keys);
  await keys.to('I take care of it');
  await keys.press('Space');
  await drawer.getByText(/In hand/).waitFor();
  await keys.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.match((await keys.focused()).name, /^Charger offline/);

  await keys.to(/^Account/, 'Shift+Tab');
  await keys.press('Enter');
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  for (let count = 0; count < 12 && (await keys.focused()).name !== 'Sign out'; count += 1) await keys.press('ArrowUp');
  await keys.press('Enter');
  await page.getByLabel('E-mail address', { exact: true }).waitFor();
  await context.close();
}
