/**
 * Firmware (OCPP 1.6 §5.19 and its security extension, 2.x L01, L02): really fetched, verified, installed by a reboot. How its
 * statuses are told is the version's.
 */
import { constants, createVerify, type KeyObject, type X509Certificate } from 'node:crypto';
import { readPem } from './der.ts';
import type { Controls } from './dialect.ts';
import { fetchFile } from './fetch-file.ts';
import { isHttp } from './http.ts';
import { payloadOf } from './payload.ts';
import type { Call, Payload } from './types.ts';

export type Firmware = {
  update(payload: Payload, controls: Controls): () => void;
  /** 2.x, without a signature. */
  plainUpdate(payload: Payload, controls: Controls): Begun;
  signedUpdate(payload: Payload, controls: Controls): Begun;
  /** What a trigger is answered with. */
  status(): { readonly signed: boolean; readonly status: string; readonly requestId: number | undefined };
};

type Begun = {
  readonly status: 'Accepted' | 'AcceptedCanceled' | 'InvalidCertificate';
  readonly begin?: () => void;
};

export type FirmwareWords = {
  readonly status: (of: { isSigned: boolean; status: string; requestId: number | undefined }) => Call;
  /** Unsigned updates are told step by step too (2.x). */
  readonly tellsAll: boolean;
  readonly rebooting?: () => void;
};

type Job = {
  readonly number: number;
  readonly signed: { readonly certificate: X509Certificate; readonly signature: string } | undefined;
  readonly requestId: number | undefined;
  readonly location: string;
  readonly retrieveAt: number;
  readonly installAt: number;
  readonly retries: number;
  readonly retryIntervalS: number;
};

const ENDS: ReadonlySet<string> = new Set([
  'Installed',
  'DownloadFailed',
  'InstallationFailed',
  'InvalidSignature',
  'InstallVerificationFailed',
]);

export function createFirmware(words: FirmwareWords): Firmware {
  let current: Job | undefined;
  let status = 'Idle';
  let jobs = 0;

  const isCurrent = (job: Job): boolean => current?.number === job.number;
  const isTold = (job: Job): boolean => words.tellsAll || job.signed !== undefined;

  function tell(job: Job, controls: Controls, said: string): void {
    status = said;
    controls.say(words.status({ isSigned: job.signed !== undefined, status: said, requestId: job.requestId }))();
    if (!ENDS.has(said)) return;
    current = undefined;
    status = 'Idle';
  }

  async function fetched(job: Job, controls: Controls): Promise<{ bytes: Buffer; version: string } | undefined> {
    if (!isHttp(job.location)) return undefined;
    const file = await fetchFile(job.location, controls.network());
    if (file === undefined) return undefined; // told to the CSMS as DownloadFailed
    const told = file.headers['x-firmware-version'];
    const named = /(\d+\.\d+[\w.-]*?)(?:\.\w+)?$/.exec(new URL(job.location).pathname)?.[1];
    const version = (typeof told === 'string' ? told : named) ?? `${controls.firmwareVersion()}+`;
    return { bytes: file.body, version };
  }

  async function download(job: Job, controls: Controls, left: number): Promise<void> {
    if (!isCurrent(job)) return;
    tell(job, controls, 'Downloading');
    const file = await fetched(job, controls);
    if (!isCurrent(job)) return;
    if (file === undefined) {
      if (left <= 0) return tell(job, controls, 'DownloadFailed');
      controls.after(job.retryIntervalS * 1000, () => void download(job, controls, left - 1)); // never rejects
      return;
    }
    tell(job, controls, 'Downloaded');
    if (job.signed !== undefined) {
      if (!isSigned(file.bytes, job.signed.certificate.publicKey, job.signed.signature)) {
        tell(job, controls, 'InvalidSignature');
        const event = { type: 'InvalidFirmwareSignature', timestamp: controls.now().toISOString() };
        controls.say({ action: 'SecurityEventNotification', payload: event })();
        return;
      }
      tell(job, controls, 'SignatureVerified');
    }
    const waitMs = job.installAt - controls.now().getTime();
    if (waitMs > 0 && isTold(job)) tell(job, controls, 'InstallScheduled');
    controls.after(Math.max(0, waitMs), () => install(job, controls, file.version));
  }

  /** Not while somebody charges: it waits for the end of the last session. */
  function install(job: Job, controls: Controls, version: string): void {
    if (!isCurrent(job)) return;
    if (controls.connectorIds().some((id) => controls.sessionOn(id) !== undefined)) {
      controls.after(10_000, () => install(job, controls, version));
      return;
    }
    tell(job, controls, 'Installing');
    const reboot = (): void =>
      void controls.after(1000, () => {
        words.rebooting?.();
        controls.installFirmware(version, () => {
          if (isCurrent(job)) tell(job, controls, 'Installed');
        });
      });
    if (!isTold(job)) reboot();
    else {
      // Not before the CSMS has heard of it.
      status = 'InstallRebooting';
      controls.ask(words.status({ isSigned: job.signed !== undefined, status, requestId: job.requestId }), reboot);
    }
  }

  function begin(job: Omit<Job, 'number'>, controls: Controls): () => void {
    jobs += 1;
    const mine: Job = { ...job, number: jobs };
    current = mine;
    return () => {
      const waitMs = mine.retrieveAt - controls.now().getTime();
      if (waitMs > 0 && isTold(mine)) tell(mine, controls, 'DownloadScheduled');
      controls.after(Math.max(0, waitMs), () => void download(mine, controls, mine.retries)); // never rejects
    };
  }

  const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.min(value, 10) : 0);
  const instant = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) || 0 : 0);

  function ofRequest(payload: Payload, firmware: Payload, signed: Job['signed'], controls: Controls): Begun {
    const wasRunning = current !== undefined;
    const requestId = payload['requestId'];
    return {
      status: wasRunning ? 'AcceptedCanceled' : 'Accepted',
      begin: begin(
        {
          signed,
          requestId: typeof requestId === 'number' ? requestId : undefined,
          location: String(firmware['location']),
          retrieveAt: instant(firmware['retrieveDateTime']),
          installAt: instant(firmware['installDateTime']),
          retries: count(payload['retries']),
          retryIntervalS: count(payload['retryInterval']),
        },
        controls,
      ),
    };
  }

  return {
    update: (payload, controls) =>
      begin(
        {
          signed: undefined,
          requestId: undefined,
          location: String(payload['location']),
          retrieveAt: instant(payload['retrieveDate']),
          installAt: 0,
          retries: count(payload['retries']),
          retryIntervalS: count(payload['retryInterval']),
        },
        controls,
      ),

    signedUpdate(payload, controls) {
      const firmware = payloadOf(payload['firmware']);
      const certificate = readPem(firmware['signingCertificate']);
      const now = controls.now().getTime();
      if (
        certificate === undefined ||
        Date.parse(certificate.validTo) < now ||
        Date.parse(certificate.validFrom) > now
      ) {
        const event = { type: 'InvalidFirmwareSigningCertificate', timestamp: controls.now().toISOString() };
        return {
          status: 'InvalidCertificate',
          begin: controls.say({ action: 'SecurityEventNotification', payload: event }),
        };
      }
      const signed = { certificate, signature: String(firmware['signature']) };
      return ofRequest(payload, firmware, signed, controls);
    },

    plainUpdate: (payload, controls) => ofRequest(payload, payloadOf(payload['firmware']), undefined, controls),

    status: () => ({ signed: current?.signed !== undefined, status, requestId: current?.requestId }),
  };
}

/** SHA-256 with ECDSA, RSA-PSS, or the older RSA padding; base64. */
function isSigned(bytes: Buffer, publicKey: KeyObject, signature: string): boolean {
  const given = Buffer.from(signature, 'base64');
  const paddings =
    publicKey.asymmetricKeyType === 'rsa'
      ? [constants.RSA_PKCS1_PSS_PADDING, constants.RSA_PKCS1_PADDING]
      : [undefined];
  return paddings.some((padding) => {
    const key = padding === undefined ? { key: publicKey } : { key: publicKey, padding };
    try {
      return createVerify('sha256').update(bytes).verify(key, given);
    } catch {
      return false; // a key that cannot verify anything
    }
  });
}
