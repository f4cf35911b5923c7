import { TcError } from '@tc/linux';

export const known = new TcError('it failed', { code: 'ROOTFS_NOT_FOUND', operation: 'do it' });
export const ofTheSystem = new TcError('it failed', { code: 'ENOENT', operation: 'do it' });
// @ts-expect-error: a code that docs/troubleshooting.md says nothing of does not compile
export const unknown = new TcError('it failed', { code: 'NEVER_HEARD_OF', operation: 'do it' });
