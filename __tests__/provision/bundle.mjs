// node bundle.mjs: prints the path of installer.ts as a module that any number of processes can import.
import { bundleTypeScript } from '../../script/load-typescript.mjs'

console.log(await bundleTypeScript('__tests__/provision/installer.ts'))
