import { describe, expect, it } from '@jest/globals'
import type { ExecutedLayer, ExecutedPrecision } from '../../src/runtime/index.js'
import { judgeExecuted, type ExecutedInput } from '../../src/verdict/index.js'

const kernel = (name: string, op: string, executed: ExecutedPrecision, outputs: string[] = []): ExecutedLayer => ({
  name,
  op,
  provider: 'CPUExecutionProvider',
  executed,
  outputs
})
const LAYERS = [
  { name: '/a', op: 'Conv', output: 'a' },
  { name: '/b', op: 'Conv', output: 'b' },
  { name: '/c', op: 'Gemm', output: 'c' }
]

function judge(executed: ExecutedInput['executed'], more: Partial<ExecutedInput> & { layers?: typeof LAYERS } = {}) {
  const { layers = LAYERS, ...rest } = more
  const required = { precision: 'int8' as const, layers, position: { line: 3, column: 5 } }
  return judgeExecuted({ variant: 'v', required, executed, provider: 'cpu', ...rest })
}

const RAN = [
  kernel('/a_token_7', 'QLinearConv', 'int8'),
  kernel('fused', 'QLinearConv', 'int8', ['b']),
  kernel('/c', 'QGemm', 'int8')
]

describe('whether layers ran in the precision that is required', () => {
  it('finds the kernel of a layer by its name, changed by fusion, or by its output', () => {
    expect(judge(RAN)).toMatchObject({
      status: 'pass',
      observed: 3,
      limit: 3,
      message: 'all 3 layers that must run in int8 did, on cpu'
    })
  })

  it('counts what the profile does not show among the layers that did not', () => {
    const verdict = judge(RAN.slice(0, 2))
    expect(verdict).toMatchObject({ status: 'fail', observed: 2, layers: { broken: 1, worst: { name: '/c' } } })
    expect(verdict.message).toMatch(/^1 of 3 layers did not run in int8 on cpu: 1 not in the profile \(\/c \(Gemm\)\)/)
  })

  it('says how many of which layers ran as what, and why on a provider without INT8 kernels', () => {
    const simulated = [
      kernel('/a', 'Conv', 'simulated'),
      kernel('/b', 'Conv', 'simulated'),
      kernel('/c', 'Gemm', 'fp32')
    ]
    expect(judge(simulated, { provider: 'webgpu' }).message).toBe(
      '3 of 3 layers did not run in int8 on webgpu: 2 simulated (/a (Conv), /b (Conv)); 1 fp32 (/c (Gemm)). The webgpu ' +
        'provider has no INT8 kernels for Q/DQ models and computes them in float: require it on cpu or drop the requirement'
    )
  })

  it('counts kernels of nodes without a name off against layers without one', () => {
    const layers = LAYERS.map((layer) => ({ ...layer, name: '', output: `float_${layer.output}` }))
    const kernels = ['Conv_1', 'Conv_4', 'Gemm_9'].map((name) => kernel(name, `Q${name.slice(0, 4)}`, 'int8', ['q']))
    expect(judge(kernels, { layers }).status).toBe('pass')
    expect(judge(kernels.slice(1), { layers })).toMatchObject({ status: 'fail', observed: 2 })
  })

  it('fails where nothing can be observed, and where there is nothing to observe', () => {
    expect(judge('an engine is one kernel')).toMatchObject({ status: 'fail', observed: null })
    expect(judge(RAN, { layers: [] })).toMatchObject({ status: 'fail', observed: 0, limit: 0 })
  })
})
