/** Requests for files are forgotten once there is no file of theirs any more. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

export const forgetUploads = forgetEnded({
  table: 'uploads',
  firstIdAt: (at) => firstIdAt('upl', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL AND t.stored_as IS NULL`,
});
