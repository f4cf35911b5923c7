/** Equal to package.json's; a test checks that. */
export const version = '0.1.0';
