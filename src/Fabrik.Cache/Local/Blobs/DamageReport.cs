using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>
/// Drops a content that failed its check, and the entry by which that was found; done when it is dropped.
/// </summary>
/// <param name="id">The entry.</param>
/// <param name="place">The content.</param>
/// <param name="reason">What was wrong, for the log.</param>
internal delegate ValueTask DamageReport(ArtifactId id, BlobPlace place, string reason);
