/**
 * The Content-Security-Policy of pages that this server gives to browsers: nothing from elsewhere (but pictures of a map, where its
 * server is set), no inline script, in no frame.
 */

/** What a page needs beside its own files; `images` is the origin of another server, where the installation has set one. */
type More = { readonly style: string; readonly font?: string; readonly images?: string | undefined };

export const pagePolicy = ({ style, font, images }: More): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${style}`,
    `img-src 'self' data:${images === undefined ? '' : ` ${images}`}`,
    `font-src 'self'${font === undefined ? '' : ` ${font}`}`,
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
