/** What a BootNotification was answered, in every version the same three words. */
import type { Payload } from './types.ts';

export function readBoot(result: Payload): { status: 'Accepted' | 'Pending' | 'Rejected'; intervalS: number } {
  const status = result['status'];
  const interval = Number(result['interval']);
  return {
    status: status === 'Accepted' || status === 'Pending' ? status : 'Rejected',
    intervalS: Number.isFinite(interval) && interval > 0 ? interval : 0,
  };
}
