/** Certificates and keys of this server's own TLS, read from their files and checked: at the start, and again when they change. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type TlsFiles = {
  /** One for RSA and one for ECDSA, or either. */
  readonly certificates: readonly { readonly chain: string; readonly key: string }[];
  /** Authorities of the chargers' certificates (security profile 3). */
  readonly clientCa: string | undefined;
};
export type TlsMaterial = {
  /** PEM. */
  readonly certificates: readonly { readonly chain: string; readonly key: string }[];
  readonly clientCa: readonly string[];
};

const BLOCKS = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Throws an Error that names the file and what is wrong with it. */
export function readTlsFiles({ certificates, clientCa }: TlsFiles): TlsMaterial {
  return {
    certificates: certificates.map(({ chain, key }) => {
      const pem = read(chain);
      const [leaf] = certificatesIn(chain, pem);
      const secret = read(key);
      const own = privateKeyIn(key, secret);
      if (leaf === undefined || !leaf.checkPrivateKey(own)) throw new Error(`${key} is not the key of ${chain}`);
      return { chain: pem, key: secret };
    }),
    clientCa: clientCa === undefined ? [] : certificatesIn(clientCa, read(clientCa)).map((each) => each.toString()),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause });
  }
}

function certificatesIn(file: string, pem: string): X509Certificate[] {
  const blocks = pem.match(BLOCKS) ?? [];
  if (blocks.length === 0) throw new Error(`${file} holds no certificate in PEM form`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new Error(`${file} holds a certificate that cannot be read`, { cause });
  }
}

function privateKeyIn(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`${file} holds no private key that can be read (PEM, without a passphrase)`, { cause });
  }
}
