// Calls the tests' service with gRPC's own Node client: node interop.js <scenario> <host:port> <folder of .proto> [CA]
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http2 = require('node:http2');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , scenario, address, protos, authority] = process.argv;
const { status } = grpc;
const SERVICE = 'test.v1.Echo';

function describe(name, requestStream, responseStream, service = SERVICE) {
  const same = (bytes) => bytes;
  return {
    path: `/${service}/${name}`,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

const Echo = grpc.makeGenericClientConstructor({
  echo: describe('Echo', false, false),
  context: describe('Context', false, false),
  fail: describe('Fail', false, false),
  crash: describe('Crash', false, false),
  wait: describe('Wait', false, false),
  large: describe('Large', false, false),
  sum: describe('Sum', true, false),
  repeat: describe('Repeat', false, true),
  failLater: describe('FailLater', false, true),
  chat: describe('Chat', true, true),
  noMethod: describe('Nothing', false, false),
  noService: describe('Echo', false, false, 'test.v1.Nothing'),
});

function credentials() {
  return authority ? grpc.credentials.createSsl(fs.readFileSync(authority)) : grpc.credentials.createInsecure();
}

function connect(options = {}) {
  return new Echo(address, credentials(), options);
}

// One message for one, with all that comes beside it.
function unary(client, name, message, metadata = new grpc.Metadata(), options = {}) {
  return new Promise((resolve) => {
    const answer = {};
    const call = client[name](message, metadata, options, (error, response) => {
      answer.error = error;
      answer.response = response;
    });
    call.on('metadata', (headers) => { answer.headers = headers; });
    call.on('status', (end) => { answer.status = end; setImmediate(() => resolve(answer)); });
  });
}

// Reads a stream to its end. The status may come while messages are still waiting for a reader that rests.
async function drain(call, onMessage = () => {}) {
  const status = new Promise((resolve) => { call.on('status', resolve); });
  const messages = new Promise((resolve) => { call.on('end', resolve); call.on('error', resolve); });
  call.on('data', onMessage);
  await messages;
  return status;
}

function write(call, message) {
  return new Promise((resolve) => { if (call.write(message)) { resolve(); } else { call.once('drain', resolve); } });
}

function repeat(count, size) {
  const request = Buffer.alloc(8);
  request.writeInt32BE(count, 0);
  request.writeInt32BE(size, 4);
  return request;
}

function load(file, name) {
  const definition = loader.loadSync(file, { includeDirs: [protos], keepCase: true, enums: String, oneofs: true });
  return name.split('.').reduce((node, part) => node[part], grpc.loadPackageDefinition(definition));
}

const scenarios = {
  async unary() {
    const client = connect();
    for (const size of [0, 1, 1000, 1024 * 1024]) {
      const message = Buffer.alloc(size, 7);
      const { error, response, status: end } = await unary(client, 'echo', message);
      assert.ifError(error);
      assert.deepEqual(response, message);
      assert.equal(end.code, status.OK);
    }

    const { response } = await unary(client, 'context', Buffer.alloc(0));
    assert.match(response.toString(), /^\/test\.v1\.Echo\/Context\n.+\nipv4:127\.0\.0\.1:\d+\n/);
  },

  async clientStream() {
    const client = connect();
    let answer;
    const done = new Promise((resolve, reject) => {
      answer = client.sum((error, response) => (error ? reject(error) : resolve(response)));
    });
    for (let i = 0; i < 100; i++) {
      await write(answer, Buffer.alloc(i));
    }

    answer.end();
    const response = await done;
    assert.equal(response.readBigInt64BE(0), 100n);
    assert.equal(response.readBigInt64BE(8), 4950n);
  },

  async serverStream() {
    let count = 0;
    const end = await drain(connect().repeat(repeat(500, 2000)), (message) => {
      assert.equal(message.length, 2000);
      count++;
    });
    assert.equal(count, 500);
    assert.equal(end.code, status.OK);
  },

  async duplex() {
    const call = connect().chat();
    let next = 0;
    const end = drain(call, (message) => {
      assert.equal(message.readInt32BE(0), next);
      next++;
      if (next === 100) { call.end(); } else { send(); }
    });
    const send = () => {
      const message = Buffer.alloc(4);
      message.writeInt32BE(next);
      call.write(message);
    };
    send();
    assert.equal((await end).code, status.OK);
    assert.equal(next, 100);
  },

  async deadline() {
    const { error } = await unary(
      connect(), 'wait', Buffer.alloc(0), new grpc.Metadata(), { deadline: Date.now() + 300 });
    assert.equal(error.code, status.DEADLINE_EXCEEDED);
  },

  async cancel() {
    const client = connect();
    const code = await new Promise((resolve) => {
      const call = client.wait(Buffer.alloc(0), (error) => resolve(error.code));
      setTimeout(() => call.cancel(), 100);
    });
    assert.equal(code, status.CANCELLED);

    const stream = client.repeat(repeat(1000000, 1000));
    const end = await drain(stream, () => stream.cancel());
    assert.equal(end.code, status.CANCELLED);
  },

  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-text', 'some text');
    metadata.add('x-many', 'one');
    metadata.add('x-many', 'two');
    metadata.set('x-data-bin', Buffer.from([0, 1, 254, 255]));
    const { error, headers, status: end } = await unary(connect(), 'echo', Buffer.from('a'), metadata);
    assert.ifError(error);
    assert.deepEqual(headers.get('x-text'), ['some text']);
    assert.equal(headers.get('x-many').join(',').replaceAll(' ', ''), 'one,two');
    assert.deepEqual(headers.get('x-data-bin'), [Buffer.from([0, 1, 254, 255])]);
    assert.deepEqual(end.metadata.get('t-x-data-bin'), [Buffer.from([0, 1, 254, 255])]);
  },

  async gzip() {
    const client = connect({ 'grpc.default_compression_algorithm': 2 });
    const message = Buffer.alloc(100000, 'compressible');
    const { error, response } = await unary(client, 'echo', message);
    assert.ifError(error);
    assert.deepEqual(response, message);

    const bomb = await unary(client, 'echo', Buffer.alloc(5 * 1024 * 1024));
    assert.equal(bomb.error.code, status.RESOURCE_EXHAUSTED);
  },

  async oversize() {
    const client = connect();
    const sent = await unary(client, 'echo', Buffer.alloc(4 * 1024 * 1024 + 1));
    assert.equal(sent.error.code, status.RESOURCE_EXHAUSTED);

    const size = Buffer.alloc(4);
    size.writeInt32BE(4 * 1024 * 1024 + 1);
    const received = await unary(client, 'large', size);
    assert.equal(received.error.code, status.RESOURCE_EXHAUSTED);

    const whole = await unary(client, 'echo', Buffer.alloc(4 * 1024 * 1024, 3));
    assert.ifError(whole.error);
    assert.equal(whole.response.length, 4 * 1024 * 1024);
  },

  async statuses() {
    const client = connect();
    for (let code = 1; code <= 16; code++) {
      const request = Buffer.concat([Buffer.from([code]), Buffer.from('100% ☃\n')]);
      const { error } = await unary(client, 'fail', request);
      assert.equal(error.code, code);
      assert.equal(error.details, '100% ☃\n');
      assert.deepEqual(error.metadata.get('x-reason'), ['asked for']);
      assert.deepEqual(error.metadata.get('x-data-bin'), [Buffer.from([1, 2, 3])]);
    }

    const crash = await unary(client, 'crash', Buffer.alloc(0));
    assert.equal(crash.error.code, status.UNKNOWN);
    assert.doesNotMatch(crash.error.details, /secret/);

    let messages = 0;
    const later = await drain(client.failLater(Buffer.from('a')), () => { messages++; });
    assert.equal(messages, 1);
    assert.equal(later.code, status.DATA_LOSS);
    assert.equal(later.details, 'later');
  },

  async unknown() {
    const client = connect();
    assert.equal((await unary(client, 'noMethod', Buffer.alloc(0))).error.code, status.UNIMPLEMENTED);
    assert.equal((await unary(client, 'noService', Buffer.alloc(0))).error.code, status.UNIMPLEMENTED);
  },

  async health() {
    const Health = load('grpc/health/v1/health.proto', 'grpc.health.v1.Health');
    const client = new Health(address, credentials());
    const check = (service) => new Promise((resolve) => {
      client.Check({ service }, (error, response) => resolve({ error, response }));
    });
    assert.equal((await check('')).response.status, 'SERVING');
    assert.equal((await check(SERVICE)).response.status, 'SERVING');
    assert.equal((await check('other')).error.code, status.NOT_FOUND);

    const watch = client.Watch({ service: SERVICE });
    const first = await new Promise((resolve) => { watch.on('error', () => {}); watch.on('data', resolve); });
    assert.equal(first.status, 'SERVING');
    watch.cancel();
  },

  async reflection() {
    for (const version of ['v1', 'v1alpha']) {
      const name = `grpc.reflection.${version}.ServerReflection`;
      const Reflection = load(`grpc/reflection/${version}/reflection.proto`, name);
      const call = new Reflection(address, credentials()).ServerReflectionInfo();
      const answers = [];
      const end = drain(call, (answer) => answers.push(answer));
      call.write({ list_services: '' });
      call.write({ file_containing_symbol: 'grpc.health.v1.Health' });
      call.end();
      assert.equal((await end).code, status.OK);
      const services = answers[0].list_services_response.service.map((service) => service.name);
      assert.ok(services.includes('grpc.health.v1.Health') && services.includes(name), services.join());

      // What reflection says is enough to make a client of.
      const files = answers[1].file_descriptor_response.file_descriptor_proto;
      const set = Buffer.concat(files.map((file) => Buffer.concat([Buffer.from([10]), varint(file.length), file])));
      const found = grpc.loadPackageDefinition(loader.loadFileDescriptorSetFromBuffer(set));
      const client = new found.grpc.health.v1.Health(address, credentials());
      const answer = await new Promise((resolve, reject) => {
        client.Check({ service: '' }, (error, response) => (error ? reject(error) : resolve(response)));
      });
      assert.equal(answer.status, 1);
    }
  },

  async bigStreams() {
    const size = 128 * 1024;
    const count = 512;
    const client = connect();
    let received = 0;
    const down = drain(client.repeat(repeat(count, size)), (message) => { received += message.length; });
    const call = client.chat();
    let echoed = 0;
    const both = drain(call, (message) => { echoed += message.length; });
    const message = Buffer.alloc(size, 5);
    for (let i = 0; i < count; i++) {
      await write(call, message);
    }

    call.end();
    assert.equal((await both).code, status.OK);
    assert.equal((await down).code, status.OK);
    assert.equal(echoed, count * size);
    assert.equal(received, count * size);
  },

  // A slow reader of the answer: what it does not take waits at the server, not in memory.
  async slowReader() {
    const call = connect().repeat(repeat(200, 128 * 1024));
    let count = 0;
    const end = drain(call, () => {
      count++;
      call.pause();
      setTimeout(() => call.resume(), 2);
    });
    assert.equal((await end).code, status.OK);
    assert.equal(count, 200);
  },

  async concurrent() {
    const client = connect();
    const waves = 20;
    for (let wave = 0; wave < waves; wave++) {
      await Promise.all(Array.from({ length: 50 }, async (_, i) => {
        const message = Buffer.alloc(1000 + i, i);
        const { error, response } = await unary(client, 'echo', message);
        assert.ifError(error);
        assert.deepEqual(response, message);
      }));
    }

    const streams = Array.from({ length: 50 }, () => client.chat());
    const ends = streams.map((stream) => drain(stream));
    streams.forEach((stream) => { stream.write(Buffer.from('a')); stream.end(); });
    (await Promise.all(ends)).forEach((end) => assert.equal(end.code, status.OK));
  },

  // Peers that break off, lie about lengths, or reset; the server goes on for everybody else.
  async misbehaving() {
    const session = http2.connect(`http://${address}`);
    session.on('error', () => {});
    const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
    const bodies = [
      Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), Buffer.from([9, 9, 9]), Buffer.from([0, 0, 0, 0, 9, 1]),
      Buffer.alloc(0), Buffer.from([1, 0, 0, 0, 1, 0]),
    ];
    for (const path of [`/${SERVICE}/Echo`, `/${SERVICE}/Chat`, `/${SERVICE}/Sum`, '/nothing']) {
      for (const body of bodies) {
        const ended = session.request({ ...headers, ':path': path });
        ended.on('error', () => {});
        ended.end(body);
        await new Promise((resolve) => { ended.resume(); ended.on('close', resolve); });

        const reset = session.request({ ...headers, ':path': path });
        reset.on('error', () => {});
        reset.write(body);
        reset.close(http2.constants.NGHTTP2_CANCEL);
      }
    }

    const open = Array.from({ length: 20 }, () => session.request({ ...headers, ':path': `/${SERVICE}/Chat` }));
    open.forEach((stream) => { stream.on('error', () => {}); stream.write(Buffer.from([0, 0, 0, 0, 100, 1])); });
    await new Promise((resolve) => setTimeout(resolve, 50));
    session.destroy();

    const { error } = await unary(connect(), 'echo', Buffer.from('still there'));
    assert.ifError(error);
  },
};

function varint(value) {
  const bytes = [];
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  }

  bytes.push(value);
  return Buffer.from(bytes);
}

scenarios[scenario]().then(
  () => process.exit(0),
  (failure) => { console.error(failure); process.exit(1); });
