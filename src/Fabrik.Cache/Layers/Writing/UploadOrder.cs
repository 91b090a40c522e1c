using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>What is to happen at an upstream.</summary>
internal enum UploadOperation : byte
{
    /// <summary>Store it, unless something is there already under its id.</summary>
    Put = 1,

    /// <summary>Store it in the place of whatever is there.</summary>
    Replace = 2,

    /// <summary>Remove it. Not sent to permanent upstreams.</summary>
    Delete = 3,
}

/// <summary>A change of the local tier that upstreams are to follow. It names an artifact and holds no bytes.</summary>
/// <param name="Tenant">Whose artifact it is (<see cref="ICacheTier.For"/>); empty where there are none.</param>
/// <param name="Id">The artifact.</param>
/// <param name="Operation">What happened to it.</param>
internal readonly record struct UploadOrder(string Tenant, ArtifactId Id, UploadOperation Operation)
{
    /// <summary>Bytes of the artifact, for statistics and for the limit of what is kept back; 0 if unknown.</summary>
    public long Size { get; init; }
}
