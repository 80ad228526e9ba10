/** The words of the network-profiles room. */
import type { NetworkProfileInput } from '../ingest/inputs.ts';

export type { NetworkProfileInput };

/** stored: the station has it in its slot; whether it uses it, its priorities decide. */
export type ProfileStatus = 'pending' | 'stored' | 'superseded' | 'rejected' | 'failed';

/** A row of network_profiles. */
export type ProfileRow = {
  readonly id: string;
  readonly commandId: string;
  readonly slot: number;
  /** Without its secrets. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly status: ProfileStatus;
  readonly why: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** By id: what may still change, and what the inputs name. */
export type ProfileState = { readonly rows: ReadonlyMap<string, ProfileRow> };
