import { cleanUpAbandoned } from '@tc/core';
import { printError } from './print-error.ts';

/** What every command begins with: what others have left behind, killed, is gone. That it fails stops nothing. */
export async function cleanUp(): Promise<void> {
  try {
    await cleanUpAbandoned();
  } catch (error) {
    printError(error);
  }
}
