/** Takes requests for certificates in, and moves them on: to the signer, and with its chain to the charger. */
import { createHash } from 'node:crypto';
import type { IssueCommand } from '../commands/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { CertificateHash, CertificateUse, SendingReply, SigningReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { SENDING_S } from './machine.ts';
import { readCarCsr, readCsr } from './read-csr.ts';
import type { CertificateStore, Due } from './read-store.ts';
import { isForCars, type Signers } from './types.ts';
import { chainOf, csrOf } from './x509.ts';

const MOST_IN_A_RUN = 20;
const MOST_IN_CHAIN = 10;

type Needs = {
  readonly store: Pick<CertificateStore, 'known' | 'claimDue' | 'closeOrphans'>;
  /** undefined: nobody signs. */
  readonly signers: Signers;
  readonly submit: Ingest['submit'];
  readonly issue: () => IssueCommand;
  readonly newId: (prefix: 'csr' | 'cmd') => string;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
};

type Asked = {
  readonly csr: string;
  readonly use: CertificateUse;
  readonly requestId?: number | undefined;
  readonly wantedRoot?: CertificateHash | undefined;
  readonly link: { readonly chargePointId: string; readonly organizationId: string };
  readonly receivedAt: Date;
  readonly traceId?: string | undefined;
};

export function createSigning({ store, signers, submit, issue, newId, clock, log }: Needs) {
  const signerFor = (use: CertificateUse) => (isForCars(use) ? signers.v2g : signers.chargePoint);
  let running: Promise<void> | undefined;

  async function take({
    csr,
    use,
    requestId,
    wantedRoot,
    link,
    receivedAt,
    traceId,
  }: Asked): Promise<'accepted' | 'rejected'> {
    const { chargePointId, organizationId } = link;
    const known = await store.known(organizationId, chargePointId);
    if (known === undefined) return 'rejected';
    const serials = [known.serial, known.reported].filter((each) => each !== null && !known.taken.includes(each));
    const names = [...serials, known.identity].filter((each) => each !== null);
    const expected = { names: [...new Set(names)], organization: known.organization };
    const read = isForCars(use) ? await readCarCsr(csr, expected) : await readCsr(csr, expected);
    const input = {
      room: 'certificates',
      type: 'signing_requested',
      chargePointId,
      receivedAt,
      requestId: newId('csr'),
      csr: csr.replaceAll('\u0000', ''),
      csrHash: createHash('sha256').update(csr.replace(/\s+/g, '')).digest('hex'),
      read,
      use,
      ocppRequestId: requestId,
      wantedRoot,
      nobodySigns: signerFor(use) === undefined,
    } as const;
    const reply = (await submit(input, { traceId })) as SigningReply; // what the room promises
    if (reply.accepted) void run(); // the job would find it a moment later; run never rejects
    return reply.accepted ? 'accepted' : 'rejected';
  }

  async function step(due: Due): Promise<void> {
    if (due.status === 'requested') await sign(due);
    else if (due.status === 'sent') await notSent(due, due.commandId ?? '', 'Nothing was heard of its command');
    if (due.status !== 'sent') await send(due);
  }

  async function sign(due: Due): Promise<void> {
    const about = { room: 'certificates', chargePointId: due.chargePointId, requestId: due.id } as const;
    const failed = (why: string, final: boolean) =>
      submit(
        { ...about, type: 'signing_failed', receivedAt: clock.now(), why: why.slice(0, 500), final },
        { patienceMs: PATIENCE_MS },
      );
    const signer = signerFor(due.use);
    if (signer === undefined) return void (await failed('Nobody signs such certificates any more', true));
    try {
      const { id, use, wantedRoot, csr, chargePointId, organizationId, identity } = due;
      const answer = await signer({ id, use, wantedRoot, csr, chargePointId, organizationId, identity });
      if ('refused' in answer) return void (await failed(answer.refused, true));
      const checked = check(answer.chain, csr, clock.now());
      if ('fault' in checked) return void (await failed(checked.fault, false));
      await submit({ ...about, ...checked, type: 'signed', receivedAt: clock.now() }, { patienceMs: PATIENCE_MS });
    } catch (cause) {
      log.warn({ err: cause, request: due.id }, 'a certificate could not be signed; it is tried again');
      await failed(cause instanceof Error ? cause.message : 'The signer could not be asked', false);
    }
  }

  /** The id of the command is kept before it exists, so that its end is recognized however soon it comes. */
  async function send({ id: requestId, chargePointId, organizationId }: Due): Promise<void> {
    const commandId = newId('cmd');
    const about = { room: 'certificates', chargePointId, requestId, commandId } as const;
    const reply = (await submit(
      { ...about, type: 'sending', receivedAt: clock.now() },
      { patienceMs: PATIENCE_MS },
    )) as SendingReply;
    if (reply.chain === undefined) return;
    try {
      await issue()({
        organizationId,
        chargePointId,
        commandId,
        requestedBy: 'system',
        queueForS: SENDING_S,
        command: { do: 'certificate_signed', chain: reply.chain, use: reply.use, requestId: reply.ocppRequestId },
      });
    } catch (cause) {
      await notSent({ id: requestId, chargePointId }, commandId, cause instanceof Error ? cause.message : 'unknown');
    }
  }

  const notSent = (due: Pick<Due, 'id' | 'chargePointId'>, commandId: string, why: string) =>
    submit(
      {
        room: 'certificates',
        type: 'not_sent',
        chargePointId: due.chargePointId,
        requestId: due.id,
        commandId,
        why,
        receivedAt: clock.now(),
      },
      { patienceMs: PATIENCE_MS },
    );

  async function all(): Promise<void> {
    await store.closeOrphans(clock.now());
    for (let i = 0; i < MOST_IN_A_RUN; i += 1) {
      const due = await store.claimDue(clock.now());
      if (due === undefined) return;
      // A fault leaves the row claimed for two minutes; then it is tried again.
      await step(due).catch((err: unknown) => log.warn({ err, request: due.id }, 'a certificate request waits'));
    }
  }

  function run(): Promise<void> {
    running ??= all()
      .catch((err: unknown) => log.warn({ err }, 'requests for certificates could not be looked for'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }
  return { take, run };
}

/** The chain of a signer is used only if it is one, and is for this key. */
function check(
  chain: string,
  csr: string,
  now: Date,
): { readonly chain: string; readonly serialNumber: string; readonly expiresAt: Date } | { readonly fault: string } {
  const certificates = chainOf(chain);
  const [leaf] = certificates ?? [];
  if (certificates === undefined || leaf === undefined)
    return { fault: 'The signer answered no certificates in PEM form' };
  if (certificates.length > MOST_IN_CHAIN)
    return { fault: `The signer answered more than ${MOST_IN_CHAIN} certificates` };
  const wanted = csrOf(csr);
  if (wanted === undefined || !Buffer.from(leaf.publicKey.rawData).equals(Buffer.from(wanted.publicKey.rawData)))
    return { fault: "The signer's first certificate is for another key than the CSR" };
  if (leaf.notAfter <= now) return { fault: "The signer's certificate has expired" };
  const pem = certificates.map((each) => `${each.toString('pem')}\n`).join('');
  return { chain: pem, serialNumber: leaf.serialNumber.toLowerCase(), expiresAt: leaf.notAfter };
}
