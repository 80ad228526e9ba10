/** The door of the room: files that chargers are asked for (diagnostics, logs), and how they come. */
export { createFolder, type Folder, TooLong, type Written } from './folder.ts';
export { uploads } from './participant.ts';
export { readRaw } from './read-body.ts';
export { forgetUploads } from './retention-store.ts';
export { defaultPace, type Pace, TooSlow, watchPace } from './slow-watch.ts';
export { createUploads, type UploadsOptions } from './uploads.ts';
