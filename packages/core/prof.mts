import { compileRun, run } from './src/index.ts'; import { assemble } from './src/launch/image.ts'; import { resolveRun } from './src/run/resolve.ts'; import { compileLaunch } from './src/launch/compile.ts';
const o={rootfs:'/tmp/w/rootfs',limits:{memory:'64m',pids:20},cgroups:'enabled'} as any;
const time=(n:string,f:()=>void)=>{ for(let i=0;i<30;i++)f(); const t=performance.now(); for(let i=0;i<100;i++)f(); console.log(n,((performance.now()-t)/100).toFixed(3))};
let s:any,p:any; time('resolve',()=>{s=resolveRun(['true'],o).spec}); time('compile',()=>{p=compileLaunch(s)}); time('assemble',()=>{assemble(p,'x64')}); console.log('steps',p.steps.length, 'bytes', assemble(p,'x64').length);
for (let i=0;i<20;i++) await run(['true'],o);
const a:number[]=[],b:number[]=[]; for (let i=0;i<60;i++){const t=performance.now();const r=run(['true'],o); b.push(performance.now()-t); await r; a.push(performance.now()-t)} a.sort((x,y)=>x-y);b.sort((x,y)=>x-y); console.log('run',a[30],'sync part',b[30]);
