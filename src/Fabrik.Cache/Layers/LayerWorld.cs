using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers;

/// <summary>What the layers need of the process.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where they log.</param>
internal sealed record LayerWorld(TimeProvider Time, ILogger Logger);
