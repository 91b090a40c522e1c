// The package "memcached", by the text protocol: memcached.cjs PORT
const assert = require("node:assert");
const { promisify } = require("node:util");
const Memcached = require("memcached");

const client = new Memcached(`127.0.0.1:${process.argv[2]}`, { timeout: 10000, retries: 0 });
const ask = name => promisify(client[name].bind(client));

async function main() {
    assert(await ask("set")("one", { a: [1, 2] }, 100));
    assert.deepStrictEqual(await ask("get")("one"), { a: [1, 2] });
    assert.strictEqual(await ask("get")("none"), undefined);
    await assert.rejects(ask("add")("one", "2", 100));
    assert(await ask("replace")("one", "2", 100));
    assert(await ask("append")("one", "3"));
    assert(await ask("prepend")("one", "1"));
    assert.strictEqual(await ask("get")("one"), "123");
    const { cas } = await ask("gets")("one");
    assert(await ask("cas")("one", "new", cas, 100));
    assert(!(await ask("cas")("one", "newer", cas, 100)));
    await ask("set")("count", 10, 100);
    assert.strictEqual(await ask("incr")("count", 5), 15);
    assert.strictEqual(await ask("decr")("count", 1), 14);
    assert(await ask("touch")("one", 50));
    const keys = [...Array(300).keys()].map(i => `key${i}`);
    await Promise.all(keys.map(key => ask("set")(key, `value of ${key}`, 100)));
    const found = await ask("getMulti")([...keys, "none"]);
    assert.strictEqual(Object.keys(found).length, keys.length);
    assert(keys.every(key => found[key] === `value of ${key}`));
    assert(await ask("del")("one"));
    assert((await ask("version")())[0].version.length > 0);
    client.end();
}

main().then(() => console.log("all is well"), error => { console.error(error); process.exit(1); });
