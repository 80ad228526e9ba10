/** The door of the room: certificates of chargers. */
export { type Certificates, createCertificates } from './certificates.ts';
export { createDevCa } from './dev-ca.ts';
export { createDevV2gCa } from './dev-v2g-ca.ts';
export { certificates } from './participant.ts';
export { isSameName } from './read-csr.ts';
export { type SignedFor, signedFor, trustedContractRoots } from './read-store.ts';
export { forgetCertificateRequests } from './retention-store.ts';
export { isIssuedBy, isSignedBy } from './signatures.ts';
export { createSignedPost, isFinal, type SignedPost, type SignedPostNeeds } from './signed-post.ts';
export { certificateOf, chainOf, hashOf, keyHashOf } from './x509.ts';
