/** Files of scheduled exports that are not there any more are forgotten. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

export const forgetExportFiles = forgetEnded({
  table: 'export_files',
  firstIdAt: (at) => firstIdAt('exf', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL AND t.stored_as IS NULL`,
});
