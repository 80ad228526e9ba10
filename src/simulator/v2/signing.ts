/** Signed meter values (2.0.1 J: SignReadings): a reading in OCMF, signed with the meter's own key. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Payload, Reading } from '../types.ts';

/** undefined: this reading is not signed. */
export type Signing = (reading: Reading) => Payload | undefined;

const MARKS: Readonly<Record<string, string>> = { 'Transaction.Begin': 'B', 'Transaction.End': 'E' };

export function createSigning(serialNumber: string, isOn: () => boolean): Signing {
  let keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;
  let pagination = 0;
  return (reading) => {
    const mark = MARKS[reading.context];
    if (mark === undefined || !isOn()) return undefined;
    keys ??= generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    pagination += 1;
    const record = JSON.stringify({
      FV: '1.0',
      GI: 'Dynamo simulator',
      GS: serialNumber,
      PG: `T${pagination}`,
      RD: [
        {
          TM: `${reading.at.toISOString().replace('Z', '+0000')} S`,
          TX: mark,
          RV: reading.registerWh / 1000,
          RI: '1-b:1.8.0',
          RU: 'kWh',
          ST: 'G',
        },
      ],
    });
    const signature = createSign('sha256').update(record).sign(keys.privateKey).toString('hex');
    const text = `OCMF|${record}|${JSON.stringify({ SA: 'ECDSA-secp256r1-SHA256', SD: signature })}`;
    return {
      signedMeterData: Buffer.from(text).toString('base64'),
      signingMethod: 'ECDSA-secp256r1-SHA256',
      encodingMethod: 'OCMF',
      publicKey: keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    };
  };
}
