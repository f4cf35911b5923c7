import { accountsOfLayers, findUser, type ResolvedUser } from '@tc/linux';

/** Which ids a user of an image has. @param layers the topmost first @throws TcError USER_NOT_FOUND */
export function resolveUser(user: string, layers: readonly string[]): ResolvedUser {
  return findUser(user, accountsOfLayers(layers));
}
