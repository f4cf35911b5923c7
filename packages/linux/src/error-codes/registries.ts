import type { ErrorEntry } from './entry.ts';

export const registryErrors = {
  REGISTRY_UNREACHABLE: {
    cause: 'no connection, or it breaks off again and again',
    cure: 'look at the network, and at the name of the registry; `NODE_EXTRA_CA_CERTS` adds a certificate',
  },
  REGISTRY_DENIED: {
    cause: 'it answers 401 or 403',
    cure: 'log in (`docker login`, `podman login --authfile ~/.docker/config.json`); private and missing look the same',
  },
  REGISTRY_NOT_FOUND: {
    cause: 'it answers 404: there is no such image or tag',
    cure: 'look at the spelling',
  },
  REGISTRY_ERROR: {
    cause: 'anything else that it answers, or a redirect that is not safe',
    cure: 'the message has the answer',
  },
  DOCKER_CONFIG: {
    cause: "~/.docker/config.json can't be read, or is no such file",
    cure: 'mend it, or set `DOCKER_CONFIG` to another directory',
  },
  CREDENTIAL_HELPER: {
    cause: 'the program that ~/.docker/config.json names for passwords does not work',
    cure: 'call `docker-credential-NAME list` by hand',
  },
} as const satisfies Record<string, ErrorEntry>;
