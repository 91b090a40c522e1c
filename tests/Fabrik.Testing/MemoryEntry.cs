using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>What a <see cref="MemoryTier"/> holds under one id.</summary>
/// <param name="Bytes">The artifact.</param>
/// <param name="Info">Its description.</param>
public sealed record MemoryEntry(byte[] Bytes, ArtifactInfo Info);
