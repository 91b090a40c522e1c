// Judges what a run of the suite for HTTP caches found, by the suite's own lists of tests:
//   node eng/cache-tests/judge.mjs SUITE RESULTS.json
// The first lines are "count KIND PASSED ALL", the others "failed KIND ID WHY", for all that a cache must do (required)
// and should do (optimal). Tests whose preparation failed have not passed.
import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [suite, file] = process.argv.slice(2)
const load = async name => (await import(pathToFileURL(`${suite}/tests/${name}`))).default

const groups = await load('index.mjs')
// The older edition has this group beside the index, and its runner adds it.
if (existsSync(`${suite}/tests/surrogate-control.mjs`) && !groups.some(group => group.id === 'surrogate-control')) {
  groups.push(await load('surrogate-control.mjs'))
}
const results = JSON.parse(readFileSync(file, 'utf8'))
const tests = groups.flatMap(group => group.tests).filter(test => test.browser_only !== true)

for (const kind of ['required', 'optimal', 'check']) {
  const all = tests.filter(test => (test.kind ?? 'required') === kind)
  console.log(`count ${kind} ${all.filter(test => results[test.id] === true).length} ${all.length}`)
}
for (const kind of ['required', 'optimal']) {
  for (const test of tests.filter(test => (test.kind ?? 'required') === kind && results[test.id] !== true)) {
    const [stage, why] = results[test.id] ?? ['Missing', 'it did not run']
    console.log(`failed ${kind} ${test.id} ${stage}: ${String(why).replace(/\s+/g, ' ')}`)
  }
}
