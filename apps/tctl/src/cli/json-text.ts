/** JSON in which nothing does anything to a terminal: JSON.stringify leaves C1 and what turns the direction of writing. */
export function jsonText(value: unknown): string {
  return `${escaped(JSON.stringify(value, undefined, 2))}\n`;
}

/** In one line, without its end. */
export function compactJson(value: unknown): string {
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
