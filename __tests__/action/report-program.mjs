// node report-program.mjs: prints the path of the report action's program as a script that Node can start.
import { bundleTypeScript } from '../../script/load-typescript.mjs'

console.log(await bundleTypeScript('src/report-action.ts'))
