using Fabrik.Cache.Resilience;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Proxies.Origins;

/// <summary>What all origins share.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Keys">Derived signing keys.</param>
/// <param name="Jitter">Chance for pauses.</param>
/// <param name="Log">Where the operator is told.</param>
internal sealed record OriginServices(TimeProvider Time, SigningKeyCache Keys, Jitter Jitter, OriginLog Log);
