/** Requests for certificates are forgotten once the certificate has expired: until then it says whose connections it opens. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

export const forgetCertificateRequests = forgetEnded({
  table: 'certificate_requests',
  firstIdAt: (at) => firstIdAt('csr', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL AND (t.chain IS NULL OR t.expires_at < $1)`,
});
