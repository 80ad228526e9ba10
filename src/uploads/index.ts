/** The door of the room: files that chargers are asked for (diagnostics, logs), and how they come. */
export { uploads } from './participant.ts';
export { createUploads, type UploadsOptions } from './uploads.ts';
