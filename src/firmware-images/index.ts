/** The door of the room: images of firmware, their metadata and their files. */
export { createFirmwareImages, type FirmwareImages, type FirmwareImagesOptions } from './firmware-images.ts';
export { type FirmwareImage, isReady } from './types.ts';
