/** Reads a file of certificates in PEM form, at the start only. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const AUTHORITIES_WANTED = 'a readable file of certificates in PEM form';

/** The certificates, or what to add to {@link AUTHORITIES_WANTED}. */
export function authorities(file: string): { readonly pem: string } | { readonly why: string } {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    return { why: ` (${(cause as NodeJS.ErrnoException).code})` };
  }
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    return { why: '' };
  }
  return blocks.length > 0 ? { pem } : { why: '' };
}
