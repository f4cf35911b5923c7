/** Docker's commands that there are not, and what does that here. */
const build = 'Build with podman, buildah or docker, and take it over: podman save IMAGE | tctl load.';
const cluster =
  'There is no cluster: tc-runtime is the OCI runtime for engines that have one, see docs/oci.md.';

export const elsewhere: Readonly<Record<string, string>> = {
  build,
  buildx: build,
  builder: build,
  compose: 'There is no compose: a script with @tc/core starts several, see docs/core.md.',
  login:
    'tctl reads the passwords of ~/.docker/config.json: docker login or podman login --compat-auth-file writes them.',
  logout: 'tctl reads the passwords of ~/.docker/config.json: docker logout removes them.',
  search: 'Search on the web page of the registry; tctl pull gets the image.',
  network: 'There are three networks: none, host, and that of another container; see tctl run --help.',
  port: 'There is no port mapping: --network host shares the ports of this machine.',
  plugin: 'There are no plugins.',
  manifest: 'tctl image inspect tells of an image; skopeo makes manifests.',
  trust: 'Images are checked against their digests; name one by it: NAME@sha256:...',
  checkpoint: 'There are no checkpoints; tctl pause stops a container where it is.',
  context: 'tctl acts on this machine alone: call it through ssh for another.',
  swarm: cluster,
  node: cluster,
  service: cluster,
  stack: cluster,
  secret: 'There are no secrets: mount a file read-only, -v FILE:/run/secrets/NAME:ro.',
  config: 'There are no configs: mount a file read-only, -v FILE:/etc/NAME:ro.',
};
