import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { readLink } from './names.ts';

/** Of a container of `run()` the name is the id. */
export function nameTaken(runtimeDirectory: string, name: string): TcError {
  const holder = readLink(join(runtimeDirectory, name)) ?? name;
  return new TcError(`the name is in use by container ${holder}`, {
    code: 'CONTAINER_EXISTS',
    operation: `name the container ${name}`,
    hint: 'Choose another name, or remove or rename that container first.',
  });
}
