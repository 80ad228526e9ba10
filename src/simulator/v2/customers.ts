/** What a 2.x station knows of a customer, told or forgotten on demand (2.0.1 N09, N10). */
import type { Controls } from '../dialect.ts';
import { isPayload, numberOf, payloadOf, textOf } from '../payload.ts';
import { type Answering, badField, result } from './answering.ts';
import type { Device } from './device.ts';
import { instant } from './messages.ts';
import { inParts } from './parts.ts';

/** Characters of NotifyCustomerInformation's data. */
const LONGEST = 512;

function known(token: string, device: Device, controls: Controls): string[] {
  const lines: string[] = [];
  const found = device.tokens.find(token, controls.now());
  if (found !== undefined) lines.push(`token ${token}: ${found.status}`);
  for (const { id, token: of, session } of device.log.remembered()) {
    if (of?.toLowerCase() !== token.toLowerCase()) continue;
    lines.push(`transaction ${id}: ${session?.startedAt.toISOString() ?? ''} ${session?.energyWh ?? 0} Wh`);
  }
  return lines;
}

export const customers: Readonly<Record<string, Answering>> = {
  CustomerInformation(payload, controls, device) {
    const requestId = numberOf(payload['requestId']);
    const { report, clear, customerIdentifier, idToken, customerCertificate } = payload;
    if (requestId === undefined || typeof report !== 'boolean' || typeof clear !== 'boolean')
      return badField('requestId, report or clear');
    const token = textOf(payloadOf(idToken)['idToken']) ?? textOf(customerIdentifier);
    // N09.FR.04: one of the three names the customer; a contract certificate is nobody's here.
    if (token === undefined && !isPayload(customerCertificate)) return result({ status: 'Invalid' });
    if (!report && !clear) return result({ status: 'Rejected' });
    const lines = token === undefined ? [] : known(token, device, controls);
    if (clear && token !== undefined) device.tokens.forget(token);
    if (clear && token !== undefined) device.log.forget(token);
    if (!report) return result({ status: 'Accepted' });
    // N09.FR.05, FR.06: nothing known is told too.
    const text = lines.length === 0 ? 'nothing is known' : lines.join('\n');
    const parts = text.match(new RegExp(`[\\s\\S]{1,${LONGEST}}`, 'g')) ?? [];
    return result({ status: 'Accepted' }, () =>
      inParts(
        controls,
        'NotifyCustomerInformation',
        parts,
        ([data], seqNo) => ({ requestId, seqNo, generatedAt: instant(controls.now()), data }),
        1,
      ),
    );
  },
};
