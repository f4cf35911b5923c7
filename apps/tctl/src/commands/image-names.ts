import { familiarName } from '@tc/images';
import { imageStore } from './image-users.ts';

/** As a user writes them: `alpine:latest`. */
export async function imageNames(): Promise<string[]> {
  return (await imageStore().list()).flatMap(({ names }) => names.map(familiarName));
}
