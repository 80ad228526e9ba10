/** What the first process of an installation and its workers say to each other, over the channel that node:cluster opens. */
import { z } from 'zod';

const ports = z.object({ port: z.number(), tlsPort: z.number().optional() });
export type Ports = z.output<typeof ports>;

const toWorker = z.discriminatedUnion('say', [
  /** The answer to `here`: nothing is done before it. */
  z.object({
    say: z.literal('begin'),
    number: z.number(),
    /** Of the embedded server, which the first process keeps; absent: DATABASE_URL. */
    databaseUrl: z.string().optional(),
  }),
  /** The answer to `prepared`: listen. */
  z.object({ say: z.literal('serve') }),
  /** Finish what is in hand and end. */
  z.object({ say: z.literal('stop') }),
  z.object({ say: z.literal('measure'), id: z.number() }),
  z.object({ say: z.literal('measured_all'), id: z.number(), text: z.string() }),
]);
export type ToWorker = z.output<typeof toWorker>;

const fromWorker = z.discriminatedUnion('say', [
  /** It hears; what is said to it before is lost. */
  z.object({ say: z.literal('here') }),
  /** All that takes time is done, but it does not listen yet. */
  z.object({ say: z.literal('prepared') }),
  z.object({ say: z.literal('serving'), ports }),
  z.object({ say: z.literal('alive') }),
  z.object({ say: z.literal('measured'), id: z.number(), text: z.string() }),
  z.object({ say: z.literal('measure_all'), id: z.number() }),
]);
export type FromWorker = z.output<typeof fromWorker>;

/** undefined: none of ours; libraries may use the same channel. */
export const readToWorker = (message: unknown): ToWorker | undefined => toWorker.safeParse(message).data;
export const readFromWorker = (message: unknown): FromWorker | undefined => fromWorker.safeParse(message).data;
