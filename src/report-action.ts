import { report } from './action/report/main.js'

process.exitCode = await report({ env: process.env, write: (text) => process.stdout.write(text) })
