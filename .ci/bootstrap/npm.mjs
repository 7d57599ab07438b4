/** Runs npm as a child process with the Node that outlives node_modules, and says in a sentence why it failed. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { SetupError } from './setup-error.mjs'

const causes = [
  [/ENOSPC|EDQUOT/, 'the disk is full', 'Free about 1.5 GB and try again.'],
  [/EROFS/, 'the folder is read-only', 'Clone the project into a folder you may write to.'],
  [/EACCES|EPERM/, 'permission was denied', 'Check who owns the project folder and ~/.npm, then try again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/,
    'the package registry cannot be reached',
    'Connect to the network (or set the proxy or registry in ~/.npmrc) and try again.',
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_/,
    'the certificate of the package registry is not trusted here',
    'Set "cafile" in ~/.npmrc to the certificate of your network.',
  ],
  [/EINTEGRITY/, 'a downloaded package is damaged', 'Run "npm cache clean --force" and try again.'],
  [
    /EUSAGE/,
    'package.json and package-lock.json do not belong together',
    'Run "npm install" once and commit package-lock.json.',
  ],
]

/**
 * @param {string} root the project folder
 * @param {string[]} args
 * @param {(line: string) => void} onLine called with each line npm says
 * @throws {SetupError} naming the cause and what to do
 */
export async function npm(root, args, onLine) {
  const bin = join(root, 'node_modules', '.bin')
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin)
  const script = process.env.npm_execpath
  const [command, prefix] = script?.endsWith('.js') ? [nodeOutside(root, path), [script]] : ['npm', []]
  const output = []
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, [...prefix, ...args], {
      cwd: root,
      env: { ...process.env, PATH: path.join(delimiter), NODE: undefined, npm_node_execpath: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command === 'npm' && process.platform === 'win32',
    })
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          output.push(line)
          onLine(line)
        }
      })
    }
    child.on('error', reject).on('close', resolve)
  }).catch((error) => {
    throw new SetupError(`npm could not be started: ${error.message}.`, 'Install npm 11 and try again.')
  })
  // npm goes on and reports success when a package could not be unpacked completely.
  const truncated = output.some((line) => /^npm warn tar .*(ENOSPC|EDQUOT)/i.test(line))
  if (code !== 0 || truncated) throw failure(args, output)
}

/** @param {string[]} args @param {string[]} output everything npm said */
function failure(args, output) {
  const said = output.filter((line) => !line.startsWith('npm http'))
  const cause = causes.find(([pattern]) => said.some((line) => pattern.test(line)))
  if (cause === undefined) process.stderr.write(`${said.slice(-20).join('\n')}\n`)
  const [, why, hint] = cause ?? [null, 'its last lines are above', 'Try again.']
  return new SetupError(`"npm ${args[0]}" failed: ${why}.`, hint)
}

/** The Node to run npm with: never the one inside node_modules, which "npm ci" deletes. */
function nodeOutside(root, path) {
  const inside = join(root, 'node_modules') + sep
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const candidates = [
    process.env.npm_node_execpath,
    process.execPath,
    ...path.map((folder) => join(folder, name)),
  ]
  const outside = candidates.find((file) => file && !file.startsWith(inside) && existsSync(file))
  return outside ?? process.execPath
}
