import { TcError } from '@tc/linux';

/**
 * - `ELF_MALFORMED`: it begins as an ELF file and contradicts elf(5) or its own size.
 * - `ELF_UNSUPPORTED`: not 64-bit little-endian x86-64 or aarch64.
 * - `ELF_NOT_ELF`: something else altogether.
 * - `ELF_UNREADABLE`: the system did not let it be read; the reason is the `cause`.
 */
export type ElfErrorCode = 'ELF_MALFORMED' | 'ELF_UNSUPPORTED' | 'ELF_NOT_ELF' | 'ELF_UNREADABLE';

/** A file that should have been a program or a library and can't be used as one. */
export class ElfError extends TcError {
  override readonly name = 'ElfError';

  constructor(code: ElfErrorCode, path: string, problem: string, cause?: unknown) {
    super(problem, { code, operation: `read the ELF headers of ${path}`, path, cause });
  }
}
