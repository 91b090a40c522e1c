using Fabrik.Settings.Schema;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition.Layers;

/// <summary>What upstreams need of the process.</summary>
/// <param name="Environment">The variables, which tell of a CI service.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes loggers.</param>
internal sealed record UpstreamWorld(SettingsEnvironment Environment, TimeProvider Time, ILoggerFactory Logs);
