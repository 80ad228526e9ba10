/** OCPP 1.6 §5.8 GetConfiguration. Any answer is the answer: unknown keys are part of it. */
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord, readText } from '../../reading.ts';

/** No charger has more; the rest would be an attempt to fill the disk. */
const MOST_SETTINGS = 1000;
const LONGEST_VALUE = 2000;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MOST_SETTINGS) : []);

export const getConfiguration: ToCharger = {
  action: 'GetConfiguration',
  accepted: () => true,
  learn: (_payload, { configurationKey, unknownKey }) => ({
    about: 'configuration_read',
    settings: list(configurationKey).flatMap((said) => {
      const key = isRecord(said) ? readText(said['key'], 100) : undefined;
      if (!isRecord(said) || key === undefined) return [];
      const value = said['value'];
      const told =
        typeof value === 'string' ? value.replace(/\0|\p{Surrogate}/gu, '\ufffd').slice(0, LONGEST_VALUE) : null;
      const secret = isSecretSetting(key);
      return [{ key, value: secret ? null : told, readonly: said['readonly'] === true, secret }];
    }),
    unknown: list(unknownKey).flatMap((said) => readText(said, 100) ?? []),
  }),
  example: { key: ['HeartbeatInterval'] },
};
