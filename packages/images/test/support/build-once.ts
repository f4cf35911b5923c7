// One call of hostRootfs in a process of its own: node build-once.ts DATA_DIR [PATH TOOL,TOOL]
import { hostRootfs } from '../../src/host/host-rootfs.ts';

const [dataDir, path, tools] = process.argv.slice(2);
const image = await hostRootfs({ dataDir, path, tools: tools?.split(',') });
process.stdout.write(JSON.stringify(image));
