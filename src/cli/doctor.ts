import { ExitCode, explain, GateError, messageOf } from '../errors.js'
import { findOnnxRuntime, findSharp, type Found } from '../provision/index.js'
import type { PrecisionProbe, ProbeResult, Provider, Runtime } from '../runtime/index.js'
import { TOOL } from '../version.js'
import type { CommandContext } from './context.js'
import { printable } from './printable.js'

export interface DoctorOptions {
  readonly runtimePath?: string
  readonly device?: number
  readonly json?: boolean
}

/** Half a step, and what float32 sums are off by. */
const ROUNDED_ONCE = 0.6

const PROVIDERS: readonly Provider[] = ['cpu', 'webgpu', 'cuda', 'tensorrt']

interface ProviderReport {
  readonly provider: Provider
  readonly works: boolean
  readonly reason?: string
  readonly remedy?: string
  /** What low precision is there. */
  readonly precision?: PrecisionProbe
  readonly error?: string
}

interface DoctorReport {
  readonly tool: typeof TOOL
  readonly environment: Record<string, unknown>
  readonly sharp: Found | { readonly missing: string }
  readonly gpus: readonly { readonly gpu: string; readonly driver: string; readonly gpuMemoryMiB: number }[]
  readonly providers: readonly ProviderReport[]
}

/**
 * `precision-gate doctor`: what works on this machine and in which precision, found by running it.
 * @returns the exit code: 0 where the CPU provider works, whatever the others do.
 * @throws RuntimeError where ONNX Runtime is missing or does not load
 */
export async function doctor(options: DoctorOptions, { terminal, loadRuntimeModule }: CommandContext): Promise<number> {
  const { loadRuntime, probePrecision, readGpus } = await loadRuntimeModule()
  const { path: runtimePath } = findOnnxRuntime(options)
  const runtime = await loadRuntime(options)
  const providers: ProviderReport[] = []
  for (const provider of PROVIDERS) {
    if (terminal.signal.aborted) break
    const { device = 0 } = options
    providers.push(
      await examine(provider, await runtime.probe(provider, device), () => probePrecision(runtime, provider, device))
    )
  }
  const report: DoctorReport = {
    tool: TOOL,
    environment: { ...environmentOf(runtime), runtimePath },
    sharp: findDecoder(),
    gpus: await readGpus(),
    providers
  }
  const text = options.json === true ? JSON.stringify(report, null, 2) : describe(report).map(printable).join('\n')
  terminal.out.stream.write(`${text}\n`)
  return providers[0]?.works === true ? ExitCode.pass : ExitCode.runtime
}

async function examine(
  provider: Provider,
  result: ProbeResult,
  probe: () => Promise<PrecisionProbe>
): Promise<ProviderReport> {
  if (!result.works) return { provider, ...result }
  try {
    return { provider, works: true, precision: await probe() }
  } catch (error) {
    return { provider, works: true, error: error instanceof GateError ? explain(error) : messageOf(error) }
  }
}

function environmentOf(runtime: Runtime): Record<string, unknown> {
  const { onnxruntime, node, os, cpu, cpuCores, cpuFlags, vnni, x64QuantPrecision } = runtime.environment({
    provider: 'cpu',
    threads: 0
  })
  return { onnxruntime, node, os, cpu, cpuCores, cpuFlags, vnni, x64QuantPrecision }
}

function findDecoder(): DoctorReport['sharp'] {
  try {
    return findSharp()
  } catch (error) {
    return { missing: error instanceof GateError ? explain(error) : messageOf(error) }
  }
}

function describe({ tool, environment, sharp, gpus, providers }: DoctorReport): string[] {
  const { onnxruntime, runtimePath, node, os, cpu, cpuCores, cpuFlags, x64QuantPrecision } = environment
  return [
    `${tool.name} ${tool.version}, Node ${String(node)}, ${String(os)}`,
    `ONNX Runtime  ${String(onnxruntime)} in ${String(runtimePath)}`,
    `decoder       ${'missing' in sharp ? sharp.missing : `sharp ${sharp.version} in ${sharp.path}`}`,
    `processor     ${String(cpu)}, ${String(cpuCores)} cores, ${(cpuFlags as string[]).join(' ') || 'flags unknown'}`,
    `              ${x64QuantPrecision === true ? 'INT8 sums saturate: exact kernels are switched on' : 'INT8 sums are exact'}`,
    ...(gpus.length === 0
      ? ['GPU           none that nvidia-smi lists']
      : gpus.map(
          ({ gpu, driver, gpuMemoryMiB }, i) => `GPU ${i}         ${gpu}, ${gpuMemoryMiB} MiB, driver ${driver}`
        )),
    '',
    ...providers.flatMap(describeProvider)
  ]
}

function describeProvider({ provider, works, reason, remedy, precision, error }: ProviderReport): string[] {
  const name = provider.padEnd(14)
  if (!works) return [`${name}does not work: ${reason}`, `              ${remedy}`]
  if (precision === undefined) return [`${name}works; its precision could not be found out: ${error}`]
  const { fp16, fp16SumErrorSteps, int8, int8ErrorSteps } = precision
  const half =
    fp16 === 'half' ? 'float16 overflows at 65504, as it should' : 'float16 is computed in float32: no overflow shows'
  const integer =
    int8 === undefined
      ? 'not told by the profile'
      : int8 === 'int8'
        ? 'integer kernels'
        : `${int8}: float kernels between Q and DQ`
  return [
    `${name}works`,
    `  FP16        ${half}`,
    `              sums are ${fp16SumErrorSteps > ROUNDED_ONCE ? 'float16' : 'float32'}: one of 256 products is off by ${fp16SumErrorSteps.toFixed(1)} steps of float16`,
    `  INT8        ${integer}; a convolution is off by at most ${int8ErrorSteps.toFixed(0)} steps of its output`
  ]
}
