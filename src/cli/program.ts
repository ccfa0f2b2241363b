import { Command, Option } from 'commander'
import { setSources } from '../provision/index.js'
import { SOURCE_FORMATS, TABLE_FORMATS } from '../quantization/formats/index.js'
import { TOOL } from '../version.js'
import { cacheKey } from './cache-key.js'
import { check } from './check.js'
import { compare } from './compare.js'
import type { CommandContext } from './context.js'
import { doctor } from './doctor.js'
import { init } from './init.js'
import { layers } from './layers.js'
import { DEFAULT_CONFIG, option, positiveInteger } from './options.js'
import { merge } from './merge.js'
import { quantize } from './quantize.js'
import { precisionOption } from './precision.js'
import { report } from './report.js'
import { parseReporter } from './reporter-option.js'
import { run } from './run.js'
import { type NativeOptions, provideNativeParts, setupRuntime } from './setup-runtime.js'
import { convertTable } from './table.js'

/**
 * The command line as commander sees it. Options are typed by their commands; commander's own values are `unknown` to them.
 * @param done gets the exit code of the command that ran.
 */
export function createProgram(context: CommandContext, done: (exitCode: number) => void): Command {
  const { out, err } = context.terminal
  const program = new Command('precision-gate')
    .description('May this network run in reduced precision? Compares an ONNX vision model in FP32 with FP16 and INT8')
    .version(TOOL.version, '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
    .configureOutput({
      writeOut: (text) => void out.stream.write(text),
      writeErr: (text) => void err.stream.write(text),
      getOutHelpWidth: () => out.width,
      getErrHelpWidth: () => err.width,
      getOutHasColors: () => out.color,
      getErrHasColors: () => err.color
    })
    .addHelpText('after', EXIT_CODES)

  const action =
    <Options, Arguments extends unknown[] = []>(
      command: (...args: [...Arguments, Options, CommandContext]) => Promise<number>
    ) =>
    async (...args: [...Arguments, Options, Command]): Promise<void> => {
      const given = args.slice(0, -1) as [...Arguments, Options]
      done(await command(...given, context))
    }
  /** A command that opens models: it may want native parts fetched first, and looks for them where the user says. */
  const native = <Options extends NativeOptions, Arguments extends unknown[] = []>(
    command: (...args: [...Arguments, Options, CommandContext]) => Promise<number>
  ) =>
    action<Options, Arguments>(async (...args) => {
      const options = args.at(-2) as Options
      setSources({ runtimePath: options.runtimePath, toolCache: options.toolCache })
      await provideNativeParts(options, context.terminal)
      return command(...args)
    })

  program
    .command('run')
    .description('judge every variant; the exit code says whether the limits hold')
    .addOption(option.config())
    .addOption(option.output())
    .addOption(option.provider())
    .addOption(precisionOption())
    .addOption(option.limit())
    .option('--latency', 'also measure how long each variant takes, as with latency: true')
    .addOption(option.shard())
    .addOption(option.device())
    .addOption(option.baseline())
    .addOption(reporterOption())
    .addOption(option.noCache())
    .addOption(option.cacheDir())
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.workspace())
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText('after', examples('run', RUN_EXAMPLES))
    .action(native(run))

  program
    .command('check')
    .description('validate the config and its files; run nothing')
    .addOption(option.config())
    .addOption(option.provider())
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.workspace())
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText('after', examples('check', ['', '-c models/resnet/precision-gate.yml']))
    .action(native(check))

  program
    .command('init')
    .description('write a commented starter config for a model')
    .argument('<model>', 'the FP32 model in ONNX format')
    .option('-o, --output <file>', 'the config to write', DEFAULT_CONFIG)
    .option(
      '--data <path>',
      'the test set: a folder per class, a .csv manifest, or a .npy file; images without labels are compared with FP32'
    )
    .option('-f, --force', 'overwrite an existing config')
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.debug())
    .addHelpText('after', examples('init', ['model.onnx', 'models/net.onnx --data data -o .github/precision-gate.yml']))
    .action(native<Parameters<typeof init>[1], [string]>(init))

  program
    .command('quantize')
    .description('write the FP16 and INT8 models and the calibration tables; judge nothing')
    .addOption(option.config())
    .addOption(option.output())
    .option('--variant <name>', 'only this variant of the config')
    .addOption(option.provider())
    .addOption(option.noCache())
    .addOption(option.cacheDir())
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.workspace())
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText('after', examples('quantize', ['', '--variant int8 -o build/models']))
    .action(native(quantize))

  program
    .command('layers')
    .description('compare every layer with FP32 and name the suspects; judge nothing')
    .addOption(option.config())
    .addOption(option.output())
    .option('--variant <name>', 'only this variant of the config')
    .addOption(new Option('--samples <n>', "compare on this many, in place of the config's").argParser(positiveInteger))
    .addOption(new Option('--worst <n>', 'only the n most suspicious layers').argParser(positiveInteger))
    .option('--json', 'print the figures as JSON')
    .option(
      '--dump <folder>',
      'write the outputs of layers for one image as .npy, in both precisions, and compare nothing'
    )
    .option('--layer <glob>', 'with --dump: only these, by name or operator type', '*')
    .addOption(option.provider())
    .addOption(option.noCache())
    .addOption(option.cacheDir())
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.workspace())
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText(
      'after',
      examples('layers', ['', '--variant int8 --worst 10', '--samples 128 --json', "--dump tensors --layer '/head/**'"])
    )
    .action(native(layers))

  program
    .command('merge')
    .description('judge a test set whose parts ran apart (run --shard); runs no model')
    .argument('<folders...>', 'the report folder of every shard')
    .addOption(option.output())
    .addOption(option.baseline())
    .addOption(reporterOption())
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText('after', examples('merge', ['shards/*', 'shard-1 shard-2 -o report -r terminal -r markdown']))
    .action(action<Parameters<typeof merge>[1], [string[]]>(merge))

  program
    .command('compare')
    .description('what changed from one finished run to another')
    .argument('<before>', 'the earlier run: its report folder, or its result.json')
    .argument('<after>', 'the later run')
    .option('--json', 'print the comparison as JSON')
    .addOption(option.debug())
    .addHelpText('after', examples('compare', ['main/result.json precision-gate-report', 'a b --json']))
    .action(action<Parameters<typeof compare>[2], [string, string]>(compare))

  program
    .command('report')
    .description('write the reports of a finished run; runs no model')
    .argument('<result>', 'a result.json, or the report folder that holds one')
    .addOption(reporterOption())
    .option('-o, --output <folder>', 'where files go (default: beside the result)')
    .addOption(option.baseline())
    .option('--report-id <id>', 'name in the title and the marker of a comment')
    .option('--run-url <url>', 'web page of the run, for links')
    .option('--sha <commit>', 'the commit that was judged, for links')
    .addOption(option.debug())
    .addHelpText('after', examples('report', ['precision-gate-report -r comment=-', 'result.json -r junit -r github']))
    .action(action<Parameters<typeof report>[1], [string]>(report))

  program
    .command('doctor')
    .description('what works on this machine, and in which precision: runs small models on every provider')
    .option('--device <n>', 'index of the GPU', Number, 0)
    .option('--json', 'print it as JSON, such as for an issue')
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.download())
    .addOption(option.debug())
    .addHelpText('after', examples('doctor', ['', '--json', '--runtime-path /opt/onnxruntime']))
    .action(native(doctor))

  const table = program.command('table').description("ranges of activations in other tools' files")
  table
    .command('convert')
    .description('from one format into another; the input tells its own')
    .argument(
      '<input>',
      "TensorRT's cache, ONNX Runtime's tables, a CSV file, a calibration table of this program, or a Q/DQ model (.onnx)"
    )
    .argument('<output>', 'the file to write')
    .addOption(new Option('--from <format>', 'of the input, where its content does not tell').choices(SOURCE_FORMATS))
    .addOption(
      new Option(
        '--to <format>',
        'of the output (default: by its extension: .cache, .flatbuffers, .csv, .json)'
      ).choices(TABLE_FORMATS)
    )
    .option('--trt-header <line>', "first line of TensorRT's cache: version and algorithm")
    .addOption(option.debug())
    .addHelpText(
      'after',
      examples('table convert', [
        'calibration.int8.json trt.cache',
        'trt.cache ranges.csv',
        'model.qat.onnx trt.cache',
        'calib.cache out.cache --to onnxruntime-text'
      ])
    )
    .action(action<Parameters<typeof convertTable>[2], [string, string]>(convertTable))

  program
    .command('cache-key')
    .description('print a key for the calibration tables of a config, to keep them in a cache of the CI system')
    .addOption(option.config())
    .addOption(precisionOption())
    .addOption(option.runtimePath())
    .addOption(option.toolCache())
    .addOption(option.workspace())
    .addOption(option.debug())
    .addHelpText('after', examples('cache-key', ['', '-c models/resnet/precision-gate.yml']))
    .action(native(cacheKey))

  program
    .command('setup-runtime')
    .description('install ONNX Runtime and the image decoder into the tool cache, without npm')
    .addOption(option.toolCache())
    .option('--registry <url>', "the npm registry or mirror (default: npm_config_registry, then npm's public one)")
    .option('--runtime-version <version>', 'of onnxruntime-node; 1.26.0 for TensorRT')
    .option('--cuda-libraries <folder>', "ONNX Runtime's CUDA and TensorRT provider libraries, to copy beside it")
    .option('--offline <folder>', 'take the packages from a folder that npm pack has filled; download nothing')
    .addOption(option.quiet())
    .addOption(option.debug())
    .addHelpText('after', examples('setup-runtime', ['', '--tool-cache /opt/tools', '--offline packages']))
    .action(action(setupRuntime))

  return program
}

function reporterOption(): Option {
  return new Option(
    '-r, --reporter <name[=file]>',
    'terminal, json, markdown, comment, github or junit; repeatable; "=-" prints it (default: terminal)'
  ).argParser(parseReporter)
}

const RUN_EXAMPLES = [
  '',
  '-c models/resnet/precision-gate.yml -o report',
  '--limit 500 --provider cpu',
  '--shard 1/4 -o shard-1',
  '-r terminal -r markdown -r junit=build/precision.xml'
]

function examples(command: string, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ precision-gate ${command} ${line}`.trimEnd()).join('\n')}`
}

const EXIT_CODES = `
Exit codes:
  0  passed
  1  a limit is broken
  2  the config or the usage is wrong
  3  the runtime or a file failed
  4  inconclusive, and the config says on_inconclusive: fail
  130, 143  interrupted

Examples:
  $ precision-gate init model.onnx --data data/test
  $ precision-gate run`
