/** How the console looks: colours that keep their contrast in light and dark, and components that are the same everywhere. */
import { Badge, Button, createTheme, type MantineColorsTuple, Table } from '@mantine/core';

/** 7 carries white text at 6.3:1; 3 stands on the dark background at 7:1. */
const volt: MantineColorsTuple = [
  '#eef2ff',
  '#dde5fd',
  '#bac9f8',
  '#94abf3',
  '#7490ee',
  '#5f7eeb',
  '#4466e0',
  '#2f54c9',
  '#2648b0',
  '#1b3a94',
];

export const theme = createTheme({
  primaryColor: 'volt',
  primaryShade: { light: 7, dark: 7 },
  colors: { volt },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.1rem' }, h3: { fontSize: '1rem' } },
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'default', tt: 'none', fw: 500, radius: 'sm' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md', highlightOnHover: true } }),
  },
});
