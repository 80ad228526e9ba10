/** Settings in requests. */
import { z } from 'zod';
import { LONGEST_KEY } from '../platform/variable-key.ts';

/** What any version takes; the charger's own is asked for more closely (machine/limits.ts). */
const MOST = 100;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });

export const settingsField = z
  .record(text(LONGEST_KEY), text(2500))
  .superRefine((settings, context) => {
    const keys = Object.keys(settings);
    const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (keys.length === 0) fault([], 'must name at least one setting');
    if (keys.length > MOST) fault([], `must name at most ${MOST} settings`);
    for (const key of keys) {
      if (key.trim() !== key || key === '') fault([key], 'must not be empty, nor begin or end with a blank');
      if (/^authorizationkey$|^securityctrlr\.basicauthpassword(?:\/actual)?$/i.test(key))
        fault([key], 'is changed by rotating it: POST /charge-points/{id}/rotate-key?via=ocpp');
    }
  })
  .meta({ examples: [{ HeartbeatInterval: '300' }] });
