// node worker.mjs: prints the path of the cache's process as a script that Node can start.
import { bundleTypeScript } from '../../script/load-typescript.mjs'

console.log(await bundleTypeScript('src/github/cache/worker.ts'))
