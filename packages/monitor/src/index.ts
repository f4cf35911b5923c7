export { type CgroupDirectories, type CgroupSample, sampleCgroup } from './sample-cgroup.ts';
