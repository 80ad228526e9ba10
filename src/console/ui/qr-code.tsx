/** A text to be read by a camera: black on white, whatever the theme, since cameras expect it so. */
import { Box } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';

export default function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <Box bg="white" p="sm" w={184} style={{ borderRadius: 'var(--mantine-radius-md)' }} data-qr={text}>
      <QRCodeSVG value={text} size={160} level="M" bgColor="#ffffff" fgColor="#000000" role="img" aria-label={label} />
    </Box>
  );
}
