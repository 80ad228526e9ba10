/** OCPP 1.6 §5.3 ChangeConfiguration. RebootRequired means stored, and in force after the next boot (B10). */
import type { Learned } from '../../../ingest/inputs.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import type { ToCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';

type Payload = Readonly<Record<string, unknown>>;

/** A vendor's word beyond §7.23 counts as a refusal. */
const OUTCOMES = new Map<unknown, 'accepted' | 'reboot_required' | 'not_supported'>([
  ['Accepted', 'accepted'],
  ['RebootRequired', 'reboot_required'],
  ['NotSupported', 'not_supported'],
]);

function learn(payload: Payload, { status }: Payload): Learned | undefined {
  const key = readText(payload['key'], 50);
  if (key === undefined) return undefined;
  const outcome = OUTCOMES.get(status) ?? 'rejected';
  const secret = isSecretSetting(key);
  const value = typeof payload['value'] === 'string' && !secret ? payload['value'] : null;
  return { about: 'settings_changed', changes: [{ key, value, secret, outcome }] };
}

export const changeConfiguration: ToCharger = {
  action: 'ChangeConfiguration',
  accepted: ({ status }) => status === 'Accepted' || status === 'RebootRequired',
  learn,
  learnRefusal: learn,
  example: { key: 'HeartbeatInterval', value: '300' },
};
