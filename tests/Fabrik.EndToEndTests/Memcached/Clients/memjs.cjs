// memjs, by the binary protocol: memjs.cjs PORT [USER PASSWORD]
const assert = require("node:assert");
const { Client } = require("memjs");

const [port, username, password] = process.argv.slice(2);
const client = Client.create(`127.0.0.1:${port}`, { username, password, retries: 0, timeout: 10 });

async function main() {
    assert(await client.set("one", "1", { expires: 100 }));
    assert.strictEqual((await client.get("one")).value.toString(), "1");
    assert.strictEqual((await client.get("none")).value, null);
    assert(!(await client.add("one", "2", {})));
    assert(await client.replace("one", "2", {}));
    assert(await client.append("one", "3"));
    assert(await client.prepend("one", "1"));
    // Which of the two puts it in front is another matter with some versions of memjs.
    assert.strictEqual((await client.get("one")).value.length, 3);
    assert.strictEqual((await client.increment("count", 5, { initial: 10, expires: 100 })).value, 10);
    assert.strictEqual((await client.increment("count", 5, {})).value, 15);
    assert.strictEqual((await client.decrement("count", 1, {})).value, 14);
    assert(await client.touch("one", 50));
    assert(await client.delete("one"));
    assert(!(await client.delete("one")));
    const large = Buffer.alloc(700000, "x");
    assert(await client.set("large", large, {}));
    assert((await client.get("large")).value.equals(large));
    const all = await Promise.all([...Array(500).keys()].map(async i => {
        await client.set(`key${i}`, `value${i}`, {});
        return (await client.get(`key${i}`)).value.toString() === `value${i}`;
    }));
    assert(all.every(right => right));
    client.close();
}

main().then(() => console.log("all is well"), error => { console.error(error); process.exit(1); });
