/** How far an update of firmware is, in words and colour; the same for one charge point and in a rollout. */
import type { Schemas } from '../api/client.ts';
import { firmware } from '../texts/firmware.ts';
import { useWords } from '../texts/words.ts';
import { Status, type Tone } from './status.tsx';

type UpdateStatus = Schemas['FirmwareUpdate']['status'];

const tones: Record<UpdateStatus | 'pending' | 'skipped', Tone> = {
  scheduled: 'off',
  sent: 'busy',
  downloading: 'busy',
  downloaded: 'busy',
  verifying: 'busy',
  installing: 'busy',
  installed: 'ok',
  download_failed: 'bad',
  install_failed: 'bad',
  invalid_signature: 'bad',
  rejected: 'bad',
  timed_out: 'bad',
  cancelled: 'off',
  pending: 'off',
  skipped: 'warn',
};
const isKnown = (status: string): status is keyof typeof tones => Object.hasOwn(tones, status);

/** A member of a rollout says its status as a text. */
export function FirmwareState({ status }: { readonly status: string }) {
  const w = useWords(firmware);
  if (!isKnown(status)) return <Status tone="off">{status}</Status>;
  return <Status tone={tones[status]}>{w.status[status]}</Status>;
}

export const hasEnded = ({ ended_at }: Pick<Schemas['FirmwareUpdate'], 'ended_at'>): boolean => ended_at !== null;
