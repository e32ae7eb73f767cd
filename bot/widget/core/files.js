/** Which files may be sent. The gateway checks again, by content; this spares the customer a needless upload. */

export const ACCEPT = "image/png,image/jpeg,image/webp,image/gif,application/pdf";
export const MOST_FILES = 5;
export const LARGEST_BYTES = 10 * 1024 * 1024; // LIFELINE_MAX_FILE_BYTES, unless the session names another limit

const SIGNATURES = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["application/pdf", [0x25, 0x50, 0x44, 0x46]],
];

/** True for what the widget shows as a picture. */
export function isImage(contentType) {
  return /^image\/(png|jpeg|gif|webp)$/.test(contentType);
}

/**
 * The key of the text that says why `file` cannot be sent, or null. The first bytes decide, not the name: a phone's
 * HEIC photo called .jpg would only fail later.
 */
export async function refusalOf(file, largestBytes = LARGEST_BYTES) {
  if (file.size === 0) return "file_empty";
  if (file.size > largestBytes) return "file_too_large";
  const head = new Uint8Array(
    await file
      .slice(0, 12)
      .arrayBuffer()
      .catch(() => new ArrayBuffer(0)),
  );
  return contentTypeOf(head) ? null : "file_type";
}

function contentTypeOf(head) {
  const at = (offset, bytes) => bytes.every((byte, i) => head[offset + i] === byte);
  const isWebp = at(0, [0x52, 0x49, 0x46, 0x46]) && at(8, [0x57, 0x45, 0x42, 0x50]);
  return isWebp ? "image/webp" : SIGNATURES.find(([, bytes]) => at(0, bytes))?.[0];
}
