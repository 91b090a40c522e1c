using Fabrik.Cache;
using Fabrik.Cache.Layers;

namespace Fabrik.Composition.Layers;

/// <summary>An upstream that exists, before anything guards it.</summary>
/// <param name="Tier">The tier; its set disposes of it.</param>
/// <param name="Options">What settings say of it.</param>
/// <param name="Token">The token that it is shown.</param>
internal sealed record ComposedUpstream(ICacheTier Tier, UpstreamOptions Options, UpstreamToken Token);
