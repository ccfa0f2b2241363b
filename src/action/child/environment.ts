/**
 * What the process that loads the model may see of the step's environment. A list of what is let through: whatever is
 * new in a runner, or set by a workflow for another step, stays out unless it is named here.
 */
const NAMES: ReadonlySet<string> = new Set([
  // Programs, home, temporary files, language
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LANGUAGE',
  'TZ',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  // What the runner says of the machine
  'GITHUB_ACTIONS',
  'GITHUB_WORKSPACE',
  'RUNNER_TEMP',
  'RUNNER_TOOL_CACHE',
  'RUNNER_OS',
  'RUNNER_ARCH',
  'RUNNER_DEBUG',
  // The network, should anything need it
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NPM_CONFIG_REGISTRY',
  // Libraries and devices
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'DISPLAY',
  // Windows does not start a program without these
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PROGRAMW6432',
  'COMMONPROGRAMFILES',
  'HOMEDRIVE',
  'HOMEPATH',
  'NUMBER_OF_PROCESSORS',
  'OS'
])

/** Families of settings: locale, GPU, ONNX Runtime, threads, Vulkan; and what is meant for the gate. */
const FAMILIES =
  /^(?:LC_|XDG_|CUDA_|CUDNN_|NVIDIA_|NV_|TENSORRT_|TRT_|ORT_|OMP_|KMP_|MKL_|VK_|MESA_|PROCESSOR_|PRECISION_GATE_)/

/** A member of a family can be a secret all the same: NVIDIA_API_KEY is one. */
const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|SIGNATURE|(?:^|_)(?:KEY|AUTH|PAT|PWD)(?:_|$)|APIKEY/

/** A proxy or a registry with a user and a password in its address. */
const ADDRESS_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*@/i

/**
 * The environment of a child that runs what a pull request brought: no token, no input, no file of commands, nothing that
 * looks like a secret. Names are compared without regard to case, since Windows has none and npm and curl have lower case.
 * @param added settings of ours, which win
 */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string | undefined>> = {}
): Record<string, string> {
  const passed = Object.entries(env).filter(([name, value]) => value !== undefined && passes(name, value))
  const settings = Object.entries(added).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...passed, ...settings]) as Record<string, string>
}

function passes(name: string, value: string): boolean {
  const upper = name.toUpperCase()
  if (!NAMES.has(upper) && !FAMILIES.test(upper)) return false
  return !SECRET.test(upper) && !ADDRESS_WITH_PASSWORD.test(value)
}
