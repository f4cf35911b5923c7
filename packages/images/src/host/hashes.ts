/** SHA-256 in hex. node:crypto takes milliseconds to load, and most calls find the image made: so at first use. */
export function sha256(data: string | Uint8Array): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', data);
}

/** FNV-1a, 32 bits, in hex: enough for a file name whose content is checked. */
export function cheapHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
