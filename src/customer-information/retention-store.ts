/** That a station was asked what it knows of a person is forgotten; who asked stays in the audit log. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

export const forgetCustomerReports = forgetEnded({
  table: 'customer_reports',
  firstIdAt: (at) => firstIdAt('cin', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL`,
});
