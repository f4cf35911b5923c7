/** Trees are read while containers go on: what is removed or replaced between two looks is as good as never there. */
export function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}
