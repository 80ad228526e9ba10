/** What a signed update needs (1.6 security extension, 2.0.1 L01): a certificate and a signature, in the form that goes on the wire. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** 2.0.1 FirmwareType: signature ≤ 800, signingCertificate ≤ 5500 characters; 1.6 alike. */
export const signatureField = z
  .string()
  .max(800)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/, { error: 'must be base64' })
  .refine((text) => text.length % 4 === 0, { error: 'must be base64' });

export const certificateField = z
  .string()
  .max(5500)
  .refine(isCertificate, { error: 'must be one certificate in PEM form' });

const BLOCK = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

function isCertificate(text: string): boolean {
  if (!BLOCK.test(text)) return false;
  try {
    return new X509Certificate(text).publicKey.type === 'public';
  } catch {
    return false; // it is named PEM, and holds none
  }
}
