import { basename } from 'node:path';
import { TcError } from '@tc/linux';

/** @param container its name, its id or its state directory */
export function noSuchContainer(container: string): TcError {
  return new TcError('there is no such container', {
    code: 'CONTAINER_NOT_FOUND',
    operation: `find the container ${basename(container)}`,
    hint: 'Container.list() tells which there are.',
  });
}

export function notRunning(name: string, operation: string): TcError {
  return new TcError('it does not run', {
    code: 'CONTAINER_NOT_RUNNING',
    operation: `${operation} the container ${name}`,
    hint: 'Start it first.',
  });
}

export function alreadyRunning(name: string, operation: string): TcError {
  return new TcError('it runs', {
    code: 'CONTAINER_RUNNING',
    operation: `${operation} the container ${name}`,
    hint: 'Stop it first.',
  });
}
