// The server of another maker (@grpc/grpc-js) that our client is tested against. Messages are bytes; what a call does is
// told by its metadata "x-do". Prints its two ports: of messages as they are, and of compressed ones.
const grpc = require('@grpc/grpc-js');

const bytes = {
  requestSerialize: (value) => value,
  requestDeserialize: (value) => value,
  responseSerialize: (value) => value,
  responseDeserialize: (value) => value,
};
const method = (name, requestStream, responseStream) =>
  ({ path: `/test.Service/${name}`, requestStream, responseStream, ...bytes });
const service = {
  Unary: method('Unary', false, false),
  ClientStreaming: method('ClientStreaming', true, false),
  ServerStreaming: method('ServerStreaming', false, true),
  DuplexStreaming: method('DuplexStreaming', true, true),
};

let cancelled = 0;
const wish = (call) => String(call.metadata.get('x-do')[0] ?? '');

function echoMetadata(call) {
  const copy = new grpc.Metadata();
  for (const [key, value] of Object.entries(call.metadata.getMap())) {
    if (key.startsWith('x-')) copy.set(key, value);
  }
  return copy;
}

const failure = (call) => ({ code: 9, details: 'not “now”, 100 % sure', metadata: echoMetadata(call) });

const methods = {
  Unary(call, answer) {
    call.on('cancelled', () => cancelled++);
    if (wish(call) === 'fail') return answer(failure(call));
    if (wish(call) === 'hang') return;
    if (wish(call) === 'deadline') return answer(null, Buffer.from(String(call.getDeadline() - Date.now())));
    if (wish(call) === 'cancelled') return answer(null, Buffer.from([cancelled]));
    if (wish(call) === 'peer') return answer(null, Buffer.from(call.getPeer()));
    call.sendMetadata(echoMetadata(call));
    answer(null, call.request, echoMetadata(call));
  },
  ClientStreaming(call, answer) {
    let count = 0;
    let size = 0;
    call.on('data', (message) => {
      count++;
      size += message.length;
      if (wish(call) === 'refuse') answer(failure(call));
    });
    call.on('end', () => answer(null, Buffer.from(JSON.stringify({ count, size }))));
  },
  async ServerStreaming(call) {
    const { count, size } = JSON.parse(call.request.toString());
    call.on('cancelled', () => cancelled++);
    for (let i = 0; i < count && !call.cancelled; i++) {
      if (!call.write(Buffer.alloc(size, i % 256))) await new Promise((go) => call.once('drain', go));
    }
    if (wish(call) === 'fail') call.emit('error', failure(call));
    else call.end(echoMetadata(call));
  },
  DuplexStreaming(call) {
    call.on('data', (message) => call.write(message));
    call.on('end', () => call.end());
  },
};

function start(options) {
  return new Promise((started, failed) => {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, ...options });
    server.addService(service, methods);
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(),
      (error, port) => (error ? failed(error) : started(port)));
  });
}

Promise.all([start({}), start({ 'grpc.default_compression_algorithm': 2 })])
  .then((ports) => console.log(ports.join(' ')));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
