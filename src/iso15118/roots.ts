/** By which roots contracts are judged: those of the installation (V2G_ROOTS_FILE), and those an organization has installed. */
import type { X509Certificate } from '@peculiar/x509';
import { certificateOf, chainOf, trustedContractRoots } from '../certificates/index.ts';
import type { Database } from '../database/contract.ts';

export type RootsOf = (organizationId: string) => Promise<readonly X509Certificate[]>;

/** Read anew each time: an operator who installs a root tries it next. `pem`: of the installation; undefined: none. */
export function createRootsOf(db: Pick<Database, 'rows'>, pem: string | undefined): RootsOf {
  const ofAll = pem === undefined ? [] : (chainOf(pem) ?? []);
  return async (organizationId) => {
    const installed = await trustedContractRoots(db, organizationId);
    return [...ofAll, ...installed.flatMap((each) => certificateOf(each) ?? [])];
  };
}
