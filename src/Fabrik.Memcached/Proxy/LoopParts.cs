using Fabrik.Memcached.Loop;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>What a loop makes its destinations of.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Connect">Makes its servers.</param>
/// <param name="BackendLog">Where failures of backends that are no memcached are told.</param>
internal sealed record LoopParts(EventLoop Loop, ServerFactory Connect, ILogger BackendLog);
