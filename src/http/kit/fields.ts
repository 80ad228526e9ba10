/** The shared schemas, for routes. (Files that are not routes take them from the platform, where they are.) */
export * from '../../platform/fields.ts';
