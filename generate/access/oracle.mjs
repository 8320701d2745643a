// Compares what taglint says of who gets access with an IAM simulator: see generate/access.sh.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const [taglint, fixtures, work, report, versions] = process.argv.slice(2)
const OWN = '111122223333'
const OTHER = '444455556666'
const STRANGER = '999988887777'
const key = `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const root = (account) => `arn:aws:iam::${account}:root`
const role = (account, name) => `arn:aws:iam::${account}:role/${name}`
const statement = (effect, principal, action, condition) =>
  ({ Effect: effect, Principal: principal, Action: action, Resource: '*', ...(condition ? { Condition: condition } : {}) })

/** Every document by name: those that AWS documents, and each combination of a few parts. */
function documents() {
  const found = new Map()
  const folder = join(fixtures, 'documented')
  for (const file of readdirSync(folder).sort().filter((name) => name.endsWith('.key-policy.json'))) {
    found.set(`documented-${file.replace('.key-policy.json', '')}`, JSON.parse(readFileSync(join(folder, file), 'utf8')))
  }
  const principals = {
    account: { AWS: root(OWN) }, role: { AWS: role(OWN, 'Admin') }, other: { AWS: root(OTHER) }, everybody: { AWS: '*' }, bare: '*',
    service: { Service: 'sns.amazonaws.com' },
  }
  const actions = { all: 'kms:*', put: 'kms:Put*', exact: 'kms:PutKeyPolicy', use: ['kms:Decrypt', 'kms:GenerateDataKey'] }
  const conditions = {
    none: undefined,
    caller: { StringEquals: { 'kms:CallerAccount': OWN } },
    organization: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
    ifexists: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
    tls: { Bool: { 'aws:SecureTransport': 'true' } },
    via: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
    arn: { ArnLike: { 'aws:PrincipalArn': role(OWN, '*') } },
    anyarn: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
    address: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    source: { StringEquals: { 'aws:SourceAccount': OWN } },
    notother: { StringNotEquals: { 'aws:PrincipalAccount': OTHER } },
    present: { Null: { 'aws:PrincipalArn': 'false' } },
    context: { StringEquals: { 'kms:EncryptionContext:app': 'orders' } },
    contexts: { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': ['app'] } },
    starlike: { ArnLike: { 'aws:PrincipalArn': '*' } },
    starstring: { StringLike: { 'aws:PrincipalOrgID': '*' } },
    staraccount: { StringLike: { 'kms:CallerAccount': '*' } },
    halves: { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } },
  }
  const denies = {
    nothing: [],
    everything: [statement('Deny', '*', 'kms:*')],
    outside: [statement('Deny', '*', 'kms:*', { StringNotEquals: { 'aws:PrincipalAccount': OWN } })],
    use: [statement('Deny', '*', 'kms:Decrypt')],
    role: [statement('Deny', { AWS: role(OWN, 'Admin') }, 'kms:PutKeyPolicy')],
  }
  for (const [p, principal] of Object.entries(principals)) {
    for (const [a, action] of Object.entries(actions)) {
      for (const [c, condition] of Object.entries(conditions)) {
        for (const [d, deny] of Object.entries(denies)) {
          found.set(`${p}-${a}-${c}-${d}`, { Version: '2012-10-17', Statement: [statement('Allow', principal, action, condition), ...deny] })
        }
      }
    }
  }
  return found
}

/**
 * The same policy for the simulator, which leaves encryption contexts out of every request: a key that it keeps stands for each of them. Both
 * are for the caller to choose, and only calls that use the key carry them.
 */
const STAND_IN = 'aws:RequestTag/'
function translated(policy) {
  const renamed = (tests) => Object.fromEntries(Object.entries(tests).map(([name, value]) =>
    [name.replace(/^kms:EncryptionContext:/, `${STAND_IN}context-`).replace(/^kms:EncryptionContextKeys$/, 'aws:TagKeys'), value]))
  const statements = policy.Statement.map(({ Condition, ...rest }) => Condition === undefined ? rest
    : { ...rest, Condition: Object.fromEntries(Object.entries(Condition).map(([operator, tests]) => [operator, renamed(tests)])) })
  return { ...policy, Statement: statements }
}

/**
 * What any direct call carries, and what its author may choose: the values that conditions ask for, if it is up to him. Services do not set
 * policies for their users, and that call has no encryption context.
 */
function contexts(policy, account, principal, action, outside) {
  const base = {
    'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'kms:CallerAccount': account, 'aws:SecureTransport': 'true',
    'aws:SourceIp': outside ? '198.51.100.7' : '203.0.113.7', ...(outside ? {} : { 'aws:PrincipalOrgID': 'o-abcdef1234' }),
  }
  const chosen = { ...base }
  const members = { ...base, 'aws:PrincipalOrgID': 'o-zzzzzz9999' }
  for (const { Condition } of policy.Statement) {
    for (const tests of Object.values(Condition ?? {})) {
      for (const [name, value] of Object.entries(tests)) {
        const first = [value].flat()[0]
        const isOfUse = /^kms:ViaService$/i.test(name) || name.startsWith(STAND_IN) || name === 'aws:TagKeys'
        if (isOfUse) {
          if (!/PutKeyPolicy|ScheduleKeyDeletion/.test(action)) chosen[name] = name === 'aws:TagKeys' ? [String(first)] : String(first)
        }
        else if (!outside && !(name in base) && !/^aws:Source(Arn|Account|Org)/i.test(name)) chosen[name] = String(first)
      }
    }
  }
  return outside ? [base, chosen, members] : [base, chosen]
}

async function isAllowed(policy, principal, account, action, outside) {
  const everything = { name: 'everything', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }
  for (const contextVariables of contexts(policy, account, principal, action, outside)) {
    const result = await runSimulation({
      request: { principal, action, resource: { resource: key, accountId: OWN }, contextVariables },
      identityPolicies: [everything], serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy: policy,
    }, {})
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors).slice(0, 300))
    if (result.overallResult === 'Allowed') return true
  }
  return false
}

/** Whether somebody of the account can set the policy again, and whether a stranger can use or administer the key. */
async function simulate(written) {
  const policy = translated(written)
  const admins = [root(OWN), role(OWN, 'Admin'), role(OWN, 'Deployer'), `arn:aws:iam::${OWN}:user/Alice`]
  for (const { Principal } of policy.Statement) {
    const named = [Principal?.AWS ?? []].flat().filter((arn) => arn.startsWith(`arn:aws:iam::${OWN}:`))
    admins.push(...named)
  }
  let managed = false
  for (const admin of new Set(admins)) managed ||= await isAllowed(policy, admin, OWN, 'kms:PutKeyPolicy', false)
  let open = false
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion']) {
    open ||= await isAllowed(policy, role(STRANGER, 'Anybody'), STRANGER, action, true)
  }
  return { locked: !managed, open }
}

const all = documents()
mkdirSync(join(work, 'documents'), { recursive: true })
for (const [name, policy] of all) writeFileSync(join(work, 'documents', `${name}.key-policy.json`), JSON.stringify(policy, null, 2))
writeFileSync(join(work, 'taglint.toml'), `[aws]\naccount = "${OWN}"\nregion = "us-east-1"\n`)
const output = execFileSync(taglint, ['check', join(work, 'documents'), '--root', work, '--config', join(work, 'taglint.toml'), '--select',
  'policy-lockout,policy-lockout-deny,policy-public', '--fail-on', 'never', '--min-severity', 'info', '--format', 'json'],
{ maxBuffer: 1 << 30, encoding: 'utf8' })
const said = new Map([...all.keys()].map((name) => [name, { locked: false, open: false }]))
for (const finding of JSON.parse(output).findings) {
  const name = finding.path.split('/').pop().replace('.key-policy.json', '')
  if (finding.rule.startsWith('policy-lockout')) said.get(name).locked = true
  else said.get(name).open = true
}
const counts = { locked: [0, 0], open: [0, 0] }
const differences = []
for (const [name, policy] of all) {
  const truth = await simulate(policy)
  for (const question of ['locked', 'open']) {
    const own = said.get(name)[question]
    counts[question][own ? 1 : 0] += 1
    if (own !== truth[question]) differences.push({ name, question, taglint: own, simulator: truth[question] })
  }
}
const classes = new Map()
for (const { name, question, taglint: own, simulator } of differences) {
  const [principal, , condition, deny] = name.split('-')
  const label = `${question}: taglint ${own}, simulator ${simulator}; principal ${principal}, condition ${condition}, deny ${deny}`
  classes.set(label, (classes.get(label) ?? 0) + 1)
}
const lines = [`${all.size} documents (${versions})`, `locked out: taglint says yes for ${counts.locked[1]}, no for ${counts.locked[0]}`,
  `open to strangers: taglint says yes for ${counts.open[1]}, no for ${counts.open[0]}`, `differences: ${differences.length}`]
for (const [label, count] of [...classes].sort()) lines.push(`  ${count} × ${label}`)
writeFileSync(report, `${lines.join('\n')}\n`)
console.log(lines.join('\n'))
