/** The Content-Security-Policy of pages that this server gives to browsers: nothing from elsewhere, no inline script, in no frame. */

/** What a page needs beside its own files. */
type More = { readonly style: string; readonly font?: string };

export const pagePolicy = ({ style, font }: More): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${style}`,
    "img-src 'self' data:",
    `font-src 'self'${font === undefined ? '' : ` ${font}`}`,
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
