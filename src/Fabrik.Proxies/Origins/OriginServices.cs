using Fabrik.Cache.Resilience;
using Fabrik.Wire.S3.Signing;
using Microsoft.Extensions.Logging;

namespace Fabrik.Proxies.Origins;

/// <summary>What all origins share.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Keys">Derived signing keys.</param>
/// <param name="Jitter">Chance for pauses.</param>
/// <param name="Log">Where the operator is told.</param>
internal sealed record OriginServices(TimeProvider Time, SigningKeyCache Keys, Jitter Jitter, OriginLog Log)
{
    /// <summary>Services of their own.</summary>
    public static OriginServices Of(TimeProvider time, Random random, ILogger logger) =>
        new(time, new SigningKeyCache(), new Jitter(random), new OriginLog(logger));
}
