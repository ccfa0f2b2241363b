// The action on a warm tool cache: from the start of its process to the end of a step over one image a class. The step
// ends after the first inference, so its time bounds that of the first inference.
//
//     node bench/run.mjs cold-start [--rounds 7]
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const node = process.env.PRECISION_GATE_NODE24 || process.execPath
const CONFIG = `version: 1
model: model.onnx
dataset: { path: data/test }
preprocess: [pad: 2, color: gray-to-rgb, normalize: { scale: 1/255, mean: 0.2860, std: 0.3530 }]
calibration: { dataset: { path: data/calibration } }
variants: { fp16: { precision: fp16 }, int8: { precision: int8 } }
thresholds: [{ metric: top1, max_drop_points: 100 }]
`
const example = 'examples/01_fashion_mnist'
const root = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-cold-start-')))
const [workspace, tools, temp] = ['workspace', 'tools', 'temp'].map((name) => {
  mkdirSync(join(root, name))
  return join(root, name)
})

try {
  cpSync('dist', join(root, 'dist'), { recursive: true })
  cpSync(join(example, 'model.onnx'), join(workspace, 'model.onnx'))
  for (const set of ['test', 'calibration']) {
    for (const label of readdirSync(join(example, 'data', set))) {
      const [image] = readdirSync(join(example, 'data', set, label)).sort()
      cpSync(join(example, 'data', set, label, image), join(workspace, 'data', set, label, image))
    }
  }
  writeFileSync(join(workspace, 'precision-gate.yml'), CONFIG)
  run('dist/cli.js', ['setup-runtime', '--quiet'])
  const action = Array.from({ length: Number(values.rounds) + 1 }, () => run('dist/index.js')).slice(1)
  const gate = Array.from({ length: Number(values.rounds) }, () =>
    run('dist/cli.js', ['run', '-r', 'json=-', '--quiet'])
  )
  console.log(`Node ${spawnSync(node, ['-v'], { encoding: 'utf8' }).stdout.trim()}, seconds, sorted`)
  for (const [name, seconds] of Object.entries({ 'the action, whole step': action, 'the gate alone': gate })) {
    console.log(
      `${name}: ${seconds
        .sort((a, b) => a - b)
        .map((s) => s.toFixed(2))
        .join(' ')}`
    )
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Seconds of one process, with what a runner would set; GitHub's services are left out. */
function run(script: string, args: readonly string[] = []): number {
  const { PATH, HTTPS_PROXY, NODE_EXTRA_CA_CERTS, npm_config_registry } = process.env
  const network = { HTTPS_PROXY, NODE_EXTRA_CA_CERTS, npm_config_registry }
  const runner = {
    ...{ GITHUB_WORKSPACE: workspace, GITHUB_REPOSITORY: 'octo/vision', GITHUB_EVENT_NAME: 'push', HOME: root },
    ...{
      RUNNER_TEMP: temp,
      RUNNER_TOOL_CACHE: tools,
      GITHUB_OUTPUT: join(temp, 'out'),
      GITHUB_STEP_SUMMARY: join(temp, 'sum')
    }
  }
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(node, [join(root, script), ...args], {
    cwd: workspace,
    env: { PATH, ...Object.fromEntries(Object.entries(network).filter(([, value]) => value !== undefined)), ...runner },
    encoding: 'utf8'
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`${script} ended with ${status}\n${stdout}${stderr}`)
  return seconds
}
