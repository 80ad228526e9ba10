/** For applications whose audit log is not what is tested. */
import type { Audit } from '../../src/platform/audited.ts';

export const noAudit: Audit = { called: async () => ({ ended: () => {} }), refused: () => {} };
